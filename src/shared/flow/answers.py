"""The shape of the bottlenecks answer; seconds unless a name says days."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Bounds = Annotated[list[float | None], Field(min_length=2, max_length=2)]


class Spread(BaseModel):
    """Mean, percentiles and sum of `n` closed waits, in seconds; null where there are none.

    An interval holds its percentile with 95% confidence; an end is null where n is too small to say.
    Of too few waits, the values themselves are given.
    """

    n: int
    mean: float | None
    p50: float | None
    p85: float | None
    p95: float | None
    sum: float
    p50_interval: Bounds | None
    p85_interval: Bounds | None
    p95_interval: Bounds | None
    too_few: bool
    values: list[float] | None


class OpenWait(BaseModel):
    """Sum and 85th percentile of the working ages of waits that still last, in seconds."""

    sum: float
    p85: float | None


class Survival(BaseModel):
    """Days by which shares of visits end, open ones counted too; null is 'not estimable'."""

    p50_days: float | None
    p85_days: float | None
    p95_days: float | None


class CaseCounts(BaseModel):
    """How many cases there are."""

    all: int
    open: int
    closed: int


class StageRow(BaseModel):
    """One stage: `entries` are visits begun, `n` visits left, which the spreads are over."""

    stage: str
    entries: int
    n: int
    open: int
    open_working: OpenWait
    elapsed: Spread
    working: Spread
    survival: Survival
    opens: str | None = Field(None, description="The list of cases that are there, or null.")
    opens_left: str | None = Field(None, description="The list of those that left it in the period, or null.")


class ActivityRow(BaseModel):
    """One activity; the wait is from this step to the case's next.

    Where a log says when an activity began and when it was completed, `service` is the working time
    between the two, and `waiting` that from the end of the step before to its beginning.
    """

    activity: str
    entries: int
    n: int
    open: int
    open_working: OpenWait
    elapsed: Spread
    working: Spread
    survival: Survival
    service: Spread | None
    waiting: Spread | None
    opens: None = None
    opens_left: str | None = Field(None, description="The list of cases that went on from it, or null.")


class Edge(BaseModel):
    """One step from a stage or activity to the next, and its share of all closed waiting.

    To `(open)` leads a wait that still lasts where no case has ever left.
    """

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from")
    to: str
    n: int
    rank: int | None = Field(
        description="By share of working wait; 1 is the worst. Null where none ended in the period."
    )
    rank_with_open: int = Field(description="With the working age of cases still waiting there.")
    share_elapsed: float
    share_working: float
    elapsed: Spread
    working: Spread
    opens: str | None = Field(None, description="The list of cases that wait where it begins, or null.")
    opens_taken: str | None = Field(
        None, description="The list of cases that took it in the period, or null."
    )
    sentence: str


class PartyRow(BaseModel):
    """One party, and the waiting charged to it: waits that are over, and beside them those that still last.

    A wait on one party that still lasts is open from its beginning, also where steps happened inside it.
    """

    party: str
    elapsed_seconds: float
    working_seconds: float
    share_working: float
    open_elapsed_seconds: float
    open_working: OpenWait
    opens: str | None = Field(
        None, description="The list of cases that wait on it; null where there is none."
    )
    opens_waited: str | None = Field(
        None, description="The list of cases that waited on it in the period, or null."
    )
    sentence: str


class Rework(BaseModel):
    """Repeats within a case, over each case's whole history as of the reading."""

    cases: int
    extra_executions: int
    stage_reentry_cases: int


class Completion(BaseModel):
    """Days by which shares of all cases complete, other ends competing; null is 'not estimable'."""

    closed: int
    p50_days: float | None
    p70_days: float | None
    p85_days: float | None
    p95_days: float | None


class CasesSurvival(BaseModel):
    """Days by which shares of cases end in any way, open ones counted too; null is 'not estimable'."""

    cases: int
    closed: int
    p50_days: float | None
    p70_days: float | None
    p85_days: float | None
    p95_days: float | None
    completed: Completion
    outcomes: dict[str, int]


class Quality(BaseModel):
    """How good the log is that the figures come from; all nought for live RFPs."""

    rows_refused: int = 0
    bridged_share: float = Field(0.0, description="Of working wait, what lies across a refused row.")
    ties: int = Field(0, description="Steps at the same instant as the one before them.")
    duplicates: int = 0
    date_only_stamps: int = 0
    clock_change_stamps: int = Field(0, description="In the hour that comes twice, or not at all.")
    before_open: int = Field(0, description="Steps before their case opened.")


class CountedLists(BaseModel):
    """Where the cases are listed that an answer counts as a whole; all null of an imported log."""

    all: str | None
    open: str | None
    closed: str | None
    repeating: str | None = Field(description="Those that repeat an activity.")
    reentering: str | None = Field(description="Those that came back to a stage.")


class RankStability(BaseModel):
    """In how many of so many resamplings of cases the first edge stays first."""

    resamplings: int
    stayed_first: int


class Bottlenecks(BaseModel):
    """Where cases wait, as of an instant."""

    as_of: datetime
    position: int
    source: str
    level: str
    cases: CaseCounts
    stages: list[StageRow] | list[ActivityRow]
    edges: list[Edge]
    parties: list[PartyRow]
    rework: Rework
    cases_survival: CasesSurvival
    quality: Quality
    total_working_seconds: float
    opens: CountedLists | None = None
    stability: RankStability | None = Field(None, description="Where it is asked for.")
    sentences: list[str] = Field(description="What the figures say, the worst first.")
