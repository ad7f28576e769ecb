"""The shapes of what explains long cases, of the ways they go, and of two periods side by side."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

TwoEnds = Annotated[list[float], Field(min_length=2, max_length=2)]


class ExcessGroup(BaseModel):
    """What some cases have in common, and how much longer they took than all others of which it is known."""

    factor: str = Field(description="service_area, route, value_band or supplier.")
    group: str
    n: int
    n_others: int
    median_working_days: float
    median_others_working_days: float
    difference_working_days: float
    excess_working_days: float = Field(description="All together, above the mean of the others.")
    p: float = Field(description="By Mann and Whitney's test, two-sided.")
    false_discovery_rate: float = Field(description="Benjamini and Hochberg, over all groups told here.")
    counts: bool = Field(description="Whether that rate is at most 5%.")
    sentence: str
    opens: str = Field(description="Where these wait.")
    opens_cases: str | None = Field(description="The list of these cases.")


class Excess(BaseModel):
    """What completed RFPs that took long have in common; groups of under ten are not looked at."""

    as_of: datetime
    position: int
    cases: int
    groups: list[ExcessGroup]


class Variant(BaseModel):
    """One way that cases went; without stages, all rarer ways together."""

    stages: list[str]
    n: int
    share: float
    median_working_days: float
    mean_working_days: float
    sentence: str
    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class SkippedStage(BaseModel):
    """How many cases were never in a stage of the path, and how much longer they took by the median."""

    stage: str
    cases: int
    difference_working_days: float | None = Field(description="Null where either side is under ten.")
    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class RepeatedStage(SkippedStage):
    """How many cases came back to a stage of the path; `again` is what they spent there then."""

    again_working_days: float


class Conformance(BaseModel):
    """Whether cases kept to the path that was asked for, or that of the scheme: its stages with targets."""

    path: list[str]
    cases: int
    kept: int | None = Field(description="Null where there is no path: neither asked, nor of these stages.")
    skipped: list[SkippedStage]
    repeated: list[RepeatedStage]
    opens_kept: str | None = None


class VariantReport(BaseModel):
    """The ways that completed cases went, the commonest first."""

    as_of: datetime
    position: int
    source: str
    cases: int
    variants: list[Variant]
    conformance: Conformance
    sentences: list[str]


class PeriodTimes(BaseModel):
    """How long cases took that closed in a period."""

    n: int
    median_working_days: float | None
    too_few: bool
    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class ComparedTimes(BaseModel):
    """By how much the median changed; null where either period has under ten."""

    before: PeriodTimes
    after: PeriodTimes
    difference_working_days: float | None
    interval: TwoEnds | None = Field(description="95%, by drawing cases of both again.")


class PeriodRate(BaseModel):
    """How many came in a period."""

    n: int
    per_day: float
    opens: str | None = Field(None, description="The list of these cases; null of an imported log.")


class RateRatio(BaseModel):
    """How much more or less came: 1 is no change."""

    before: PeriodRate
    after: PeriodRate
    ratio: float | None
    interval: TwoEnds | None = Field(description="95%, as wide as weeks differ.")
    dispersion: float | None = Field(description="How much more weeks differ than by chance.")


class PeriodDays(BaseModel):
    """A period, from the first day to before the last."""

    begins_on: date
    ends_before: date


class PeriodComparison(BaseModel):
    """Two periods side by side; `compared` is false where one of them is not over, and nothing is told."""

    as_of: datetime
    position: int
    source: str
    before: PeriodDays
    after: PeriodDays
    compared: bool
    cycle_time: ComparedTimes | None
    raised: RateRatio | None = Field(description="Cases opened, which of live RFPs are those raised.")
    reached_procurement: RateRatio | None = Field(
        description="RFPs that came to procurement, which is what the catalogue spares it."
    )
    sentences: list[str]
