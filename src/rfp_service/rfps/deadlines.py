"""The clocks of an RFP: which event starts each, and what is decided when it ends."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rfp_service.rfps.commands.call_ins import ExpireCallIn, LapseCallIn
from rfp_service.rfps.commands.key_decisions import ExpireNoticePeriod
from rfp_service.rfps.commands.standstill import ExpireStandstill
from rfp_service.rfps.commands.tender import CloseResponses
from rfp_service.rfps.commands.unreachable_tiers import PassTierUp, kept_out_of, step_of
from rfp_service.rfps.domain.approval_events import ApprovalGranted
from rfp_service.rfps.domain.award_events import AwardApproved, AwardNoticePublished, ChallengeResolved
from rfp_service.rfps.domain.key_decision_events import (
    DecisionCalledIn,
    DecisionPublished,
    ForwardPlanNoticePublished,
    GeneralExceptionUsed,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.takeover_events import RfpTakenOver
from rfp_service.rfps.domain.tender_events import DeadlineExtended, InvitationIssued, TenderNoticePublished
from shared.governance.delegations.reach import find_who_can_act
from shared.kernel.messages import Event
from shared.record.deadlines.deadline import Deadline
from shared.record.eventstore.store import EventStore

CALL_IN, LAPSE, RESPONSES, STANDSTILL = "call-in", "call-in-lapse", "responses", "standstill"
NOTICE, UNREACHABLE = "key-decision-notice", "unreachable-tier"

STARTED_BY: Mapping[type[Event[Any]], str] = {
    DecisionPublished: CALL_IN,
    DecisionCalledIn: LAPSE,
    TenderNoticePublished: RESPONSES,
    InvitationIssued: RESPONSES,
    DeadlineExtended: RESPONSES,
    AwardNoticePublished: STANDSTILL,
    ChallengeResolved: STANDSTILL,
    ApprovalGranted: NOTICE,
    AwardApproved: NOTICE,
    ForwardPlanNoticePublished: NOTICE,
    GeneralExceptionUsed: NOTICE,
}

# Of an RFP in flight the stage says which clock runs.
TOLD_IN: Mapping[Stage, str] = {
    Stage.OPEN: RESPONSES,
    Stage.STANDSTILL: STANDSTILL,
    Stage.CONTRACTING: STANDSTILL,
    Stage.KEY_DECISION: NOTICE,
    Stage.CALL_IN: CALL_IN,
    Stage.CALLED_IN: LAPSE,
}


def clock_begun_by(event: Event[Any]) -> str | None:
    """Return which clock of an RFP an event starts; none if it starts none."""
    if isinstance(event, RfpTakenOver):
        return TOLD_IN.get(event.stage) if event.clock else None
    return STARTED_BY.get(type(event))


async def find_step(store: EventStore, case_id: UUID, _: int) -> dict[str, JsonValue]:
    """Find out which step an RFP waits for, by the version it began at, and whether anybody can take it."""
    rfp, began = Rfp(), 0
    for recorded in await store.reader.stream(case_id):
        before, rfp = step_of(rfp), recorded.event.apply(rfp)
        if step_of(rfp) != before:
            began = recorded.version
    approval = rfp.open_approval
    found = await find_who_can_act(store, approval.waiting_for, approval.value_pence, kept_out_of(rfp))
    return {"step": began if approval.waiting_for else 0, **found}


DEADLINES = (
    Deadline(CALL_IN, ExpireCallIn, Rfp()),
    Deadline(LAPSE, LapseCallIn, Rfp()),
    Deadline(RESPONSES, CloseResponses, Rfp()),
    Deadline(STANDSTILL, ExpireStandstill, Rfp()),
    Deadline(NOTICE, ExpireNoticePeriod, Rfp()),
    Deadline(UNREACHABLE, PassTierUp, Rfp(), find=find_step),
)
