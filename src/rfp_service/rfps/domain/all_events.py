"""Everything that can happen to an RFP, in one list."""

from typing import Any

from rfp_service.rfps.domain.advice_events import ADVICE_EVENTS
from rfp_service.rfps.domain.approval_events import APPROVAL_EVENTS
from rfp_service.rfps.domain.award_events import AWARD_EVENTS
from rfp_service.rfps.domain.correction_events import CORRECTION_EVENTS
from rfp_service.rfps.domain.events import EVENTS as CASE_EVENTS
from rfp_service.rfps.domain.hold_events import HOLD_EVENTS
from rfp_service.rfps.domain.key_decision_events import KEY_DECISION_EVENTS
from rfp_service.rfps.domain.people_events import PEOPLE_EVENTS
from rfp_service.rfps.domain.restatement import RESTATEMENT_EVENTS
from rfp_service.rfps.domain.takeover_events import TAKEOVER_EVENTS
from rfp_service.rfps.domain.tender_events import TENDER_EVENTS
from rfp_service.rfps.domain.unreachable_events import UNREACHABLE_EVENTS
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (
    *CASE_EVENTS,
    *APPROVAL_EVENTS,
    *KEY_DECISION_EVENTS,
    *TENDER_EVENTS,
    *AWARD_EVENTS,
    *PEOPLE_EVENTS,
    *HOLD_EVENTS,
    *ADVICE_EVENTS,
    *CORRECTION_EVENTS,
    *UNREACHABLE_EVENTS,
    *TAKEOVER_EVENTS,
    *RESTATEMENT_EVENTS,
)
