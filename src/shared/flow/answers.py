"""The shape of the bottlenecks answer; seconds unless a name says days."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Spread(BaseModel):
    """Mean, percentiles and sum of closed waits, in seconds; null where there are none."""

    mean: float | None
    p50: float | None
    p85: float | None
    p95: float | None
    sum: float


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


class ActivityRow(BaseModel):
    """One activity; the wait is from this step to the case's next."""

    activity: str
    entries: int
    n: int
    open: int
    open_working: OpenWait
    elapsed: Spread
    working: Spread
    survival: Survival


class Edge(BaseModel):
    """One step from a stage or activity to the next, and its share of all closed waiting."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from")
    to: str
    n: int
    rank: int = Field(description="By share of working wait; 1 is the worst.")
    rank_with_open: int = Field(description="With the working age of cases still waiting there.")
    share_elapsed: float
    share_working: float
    elapsed: Spread
    working: Spread


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


class Rework(BaseModel):
    """Repeats within a case, over each case's whole history as of the reading."""

    cases: int
    extra_executions: int
    stage_reentry_cases: int


class CasesSurvival(BaseModel):
    """Days by which shares of cases close, open ones counted too; null is 'not estimable'."""

    cases: int
    closed: int
    p50_days: float | None
    p70_days: float | None
    p85_days: float | None
    p95_days: float | None


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
