"""The clocks of an RFP: which event starts each, and what is decided when it ends."""

from collections.abc import Mapping
from typing import Any

from rfp_service.rfps.commands.call_ins import ExpireCallIn, LapseCallIn
from rfp_service.rfps.commands.key_decisions import ExpireNoticePeriod
from rfp_service.rfps.commands.standstill import ExpireStandstill
from rfp_service.rfps.commands.tender import CloseResponses
from rfp_service.rfps.domain.approval_events import ApprovalGranted
from rfp_service.rfps.domain.award_events import AwardApproved, AwardNoticePublished, ChallengeResolved
from rfp_service.rfps.domain.key_decision_events import (
    DecisionCalledIn,
    DecisionPublished,
    ForwardPlanNoticePublished,
    GeneralExceptionUsed,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.tender_events import DeadlineExtended, InvitationIssued, TenderNoticePublished
from shared.kernel.messages import Event
from shared.record.deadlines.deadline import Deadline

CALL_IN, LAPSE, RESPONSES, STANDSTILL = "call-in", "call-in-lapse", "responses", "standstill"
NOTICE = "key-decision-notice"

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

DEADLINES = (
    Deadline(CALL_IN, ExpireCallIn, Rfp()),
    Deadline(LAPSE, LapseCallIn, Rfp()),
    Deadline(RESPONSES, CloseResponses, Rfp()),
    Deadline(STANDSTILL, ExpireStandstill, Rfp()),
    Deadline(NOTICE, ExpireNoticePeriod, Rfp()),
)
