"""The clocks of a contract: which event starts each, and what is decided when it ends."""

from collections.abc import Iterator
from datetime import datetime

from rfp_service.contracts.commands.duties import EndKpiYear, MissDuty
from rfp_service.contracts.commands.passed_dates import EndContract, PassNoticeDay
from rfp_service.contracts.commands.pipeline import BeginPipelineYear, MissPipelineNotice
from rfp_service.contracts.commands.reviews import AlertReview
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.duty_events import NoticeDue
from rfp_service.contracts.domain.events import ClockedEvent, ClockSet
from rfp_service.contracts.domain.pipeline import PipelineYear
from shared.kernel.calendar import end_of, start_of
from shared.kernel.messages import Event
from shared.record.deadlines.deadline import Deadline

REVIEW, NOTICE, END = "contract-review", "contract-notice", "contract-end"
KPI_YEAR, DUTY = "contract-kpi-year", "contract-duty"
PIPELINE, PIPELINE_NOTICE = "pipeline-year", "pipeline-notice"

DEADLINES = (
    Deadline(REVIEW, AlertReview, Contract()),
    Deadline(NOTICE, PassNoticeDay, Contract()),
    Deadline(END, EndContract, Contract()),
    Deadline(KPI_YEAR, EndKpiYear, Contract()),
    Deadline(DUTY, MissDuty, Contract()),
    Deadline(PIPELINE, BeginPipelineYear, PipelineYear(), begins=True),
    Deadline(PIPELINE_NOTICE, MissPipelineNotice, PipelineYear()),
)


def clocks_set(event: Event[Contract]) -> Iterator[tuple[str, int, datetime]]:
    """Yield the deadlines that an event sets: kind, number, and when it is due.

    A clock set anew leaves those before it without effect, for they have another number.
    """
    match event:
        case ClockedEvent(clock=clock):
            yield from _of(clock)
        case NoticeDue(number=number, due_on=due_on) if due_on is not None:
            yield DUTY, number, end_of(due_on)
        case _:
            pass


def _of(clock: ClockSet) -> Iterator[tuple[str, int, datetime]]:
    if clock.alert_on is not None:
        yield REVIEW, clock.number, start_of(clock.alert_on)
    for kind, day in ((NOTICE, clock.notice_by), (END, clock.ends_on), (KPI_YEAR, clock.kpis_on)):
        if day is not None:
            yield kind, clock.number, end_of(day)
