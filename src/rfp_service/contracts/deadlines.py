"""The clocks of a contract: which event starts each, and what is decided when it ends."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rfp_service.contracts.commands.duties import EndKpiYear, MissDuty
from rfp_service.contracts.commands.passed_dates import EndContract, PassNoticeDay
from rfp_service.contracts.commands.pipeline import BeginPipelineYear, MissPipelineNotice
from rfp_service.contracts.commands.reviews import AlertReview
from rfp_service.contracts.commands.unreachable_tiers import (
    PassRenewalUp,
    kept_from_deciding,
    renewal_step_of,
)
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.duty_events import NoticeDue
from rfp_service.contracts.domain.events import ClockedEvent, ClockSet
from rfp_service.contracts.domain.pipeline import PipelineYear
from shared.governance.delegations.reach import find_who_can_act
from shared.kernel.calendar import end_of, start_of
from shared.kernel.messages import Event
from shared.record.deadlines.deadline import Deadline
from shared.record.eventstore.store import EventStore

REVIEW, NOTICE, END = "contract-review", "contract-notice", "contract-end"
KPI_YEAR, DUTY = "contract-kpi-year", "contract-duty"
PIPELINE, PIPELINE_NOTICE = "pipeline-year", "pipeline-notice"
RENEWAL_TIER = "unreachable-renewal-tier"


async def find_renewal_step(store: EventStore, contract_id: UUID, _: int) -> dict[str, JsonValue]:
    """Find out which step a renewal waits for, since which version, and whether anybody can take it."""
    contract, began = Contract(), 0
    for recorded in await store.reader.stream(contract_id):
        before, contract = renewal_step_of(contract), recorded.event.apply(contract)
        if renewal_step_of(contract) != before:
            began = recorded.version
    tier, _granted = renewal_step_of(contract)
    value = contract.renewal.value_pence
    found = await find_who_can_act(store, tier, value, kept_from_deciding(contract))
    return {"step": began if tier else 0, **found}


DEADLINES = (
    Deadline(REVIEW, AlertReview, Contract()),
    Deadline(NOTICE, PassNoticeDay, Contract()),
    Deadline(END, EndContract, Contract()),
    Deadline(KPI_YEAR, EndKpiYear, Contract()),
    Deadline(DUTY, MissDuty, Contract()),
    Deadline(RENEWAL_TIER, PassRenewalUp, Contract(), find=find_renewal_step),
    Deadline(PIPELINE, BeginPipelineYear, PipelineYear(), begins=True),
    Deadline(PIPELINE_NOTICE, MissPipelineNotice, PipelineYear()),
)


def clocks_set(event: Event[Contract]) -> Iterator[tuple[str, int, datetime]]:
    """Yield the deadlines that an event sets: kind, number, and when it is due.

    A clock set again leaves those before it without effect, for they have another number.
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
