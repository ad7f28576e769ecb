"""The shape of the list to act on; times in working days."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from shared.kernel.fields import TextOrNull


class StuckCase(BaseModel):
    """An open case: whom to chase, how long it has been where it is, when it will likely be over.

    Likely dates are those by which 50, 85 and 95% of others were over that had been in the stage for as
    long; null where too few were seen.
    """

    id: str
    reference: str
    title: str
    service_area: str
    stage: str
    waiting_on: str
    whom: TextOrNull = Field(description="The id of whom to chase, or the tier; null where nobody is named.")
    in_stage_since: datetime
    working_days_in_stage: float
    stage_n: int = Field(description="Visits of this stage that are over; what is usual is null below ten.")
    stage_p50_working_days: float | None
    stage_p85_working_days: float | None
    working_days_waited_on: float = Field(description="For how long this party has been waited on.")
    needed_by: date | None
    clock_ends_at: datetime | None
    likely_finish_p50: date | None
    likely_finish_p85: date | None
    likely_finish_p95: date | None
    misses_needed_by: bool | None = Field(description="At the likely finish of 50%.")
    why: list[str]
    opens: str = Field(description="The case itself.")


class CostOfWaiting(BaseModel):
    """What waits on a party now; a list to act on, no score."""

    party: str
    cases: int
    working_days: float
    miss_needed_by: int
    sentence: str
    opens: str = Field(description="The list of these cases.")


class Stuck(BaseModel):
    """Open cases, first those that will miss their day and are longest beyond the usual; and the cost."""

    as_of: datetime
    position: int
    total: int
    items: list[StuckCase]
    parties: list[CostOfWaiting]
