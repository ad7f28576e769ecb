"""The shape of the flow answer; what a figure is in, its name says last."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from shared.flow.answers import Quality, Spread


class LogCounts(BaseModel):
    """How much there is; a variant is a sequence of activities that some case took."""

    cases: int
    events: int = Field(description="Steps; a start and its completion are one.")
    activities: int
    stages: int
    variants: int


class FlowWeek(BaseModel):
    """One ISO week by London's clocks; a `partial` one is not over, and is compared with no other."""

    week: str
    begins_on: date
    partial: bool
    arrivals: int
    throughput: int
    first_steps: int = Field(description="Cases whose first step was in this week.")
    last_steps: int = Field(description="Cases whose last step so far was in this week.")
    opens_arrivals: str | None = None
    opens_throughput: str | None = None


class WorkInProgress(BaseModel):
    """How many cases are there at an instant, and how old they are."""

    wip: int
    age_p50_days: float | None
    age_p85_days: float | None


class OpenCases(WorkInProgress):
    """What was there, and where it is listed."""

    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class MonthWip(OpenCases):
    """What was there at the beginning of a month: cases open, and those between first and last step."""

    on: date
    between_steps: WorkInProgress


class WipSeries(BaseModel):
    """What is there now, and was there at the beginning of each month."""

    now: OpenCases
    months: list[MonthWip]


class CumulativeFlow(BaseModel):
    """How often each stage had been entered by the end of each day in London, day by day."""

    days: list[date]
    stages: dict[str, list[int]]
    came: int = Field(description="Cases that opened on these days, as far as they are in the period.")
    went: int = Field(description="Cases that closed on these days, as far as they are in the period.")
    opens: dict[str, str | None] = Field(
        default_factory=dict, description="The list of cases that entered each stage by the last day."
    )


class LongSpread(Spread):
    """A spread with one more percentile, in seconds."""

    p70: float | None


class CycleTime(BaseModel):
    """From the first step of a case to its last, without the time between an end and a reopening."""

    elapsed: LongSpread
    working: LongSpread


class ClosedCase(BaseModel):
    """When a case closed, and how long it took: not the time between an end and a reopening."""

    case: str | None = Field(description="Null where you may not see it: it counts all the same.")
    closed_at: datetime
    days: float
    working_days: float
    opens: str | None = Field(None, description="The case itself.")


class WeeklyLoad(BaseModel):
    """What came and went in the last full weeks; `load` is one by the other, null where nothing went."""

    weeks: int
    arrivals: int
    departures: int
    load: float | None
    wip: int
    drain_weeks: float | None
    opens_arrivals: str | None = None
    opens_departures: str | None = None
    opens_wip: str | None = None


class LittlesLaw(BaseModel):
    """L = λW over the last full weeks; where `unstable`, it says little."""

    begins_on: date
    ends_before: date
    wip_mean: float
    arrivals_per_day: float
    time_mean_days: float | None
    unstable: bool


class Loops(BaseModel):
    """Time in stages that a case had been in before."""

    cases: int
    loops: int
    elapsed_hours: float
    working_hours: float
    share_working: float
    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class HandOvers(BaseModel):
    """Working waits where the person changes, and where it does not."""

    changed: Spread
    same: Spread
    unknown: int = Field(description="Waits of which the log does not say both persons.")
    opens_changed: str | None = None
    opens_same: str | None = None


class Expectation(BaseModel):
    """The working days within which 85% of cases close, open ones counted too, and who kept it."""

    working_days: float | None
    kept: int | None
    broken: int | None
    open_beyond: int | None
    kept_share: float | None
    opens_kept: str | None = None
    opens_broken: str | None = None
    opens_open_beyond: str | None = None


class Flow(BaseModel):
    """How cases come, move and go, as of an instant."""

    as_of: datetime
    position: int
    source: str
    counts: LogCounts
    weeks: list[FlowWeek]
    wip: WipSeries
    cumulative_flow: CumulativeFlow
    cycle_time: CycleTime
    scatter: list[ClosedCase]
    load: WeeklyLoad
    littles_law: LittlesLaw | None
    rework: Loops
    hand_overs: HandOvers
    expectation: Expectation
    quality: Quality
    sentences: list[str]
