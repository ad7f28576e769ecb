"""Every event that a contract, a round of reviews, a calendar's address or a pipeline notice can have."""

from typing import Any

from rfp_service.contracts.domain.calendar_feeds import FEED_EVENTS
from rfp_service.contracts.domain.date_events import DATE_EVENTS
from rfp_service.contracts.domain.duty_events import DUTY_EVENTS
from rfp_service.contracts.domain.events import CONTRACT_EVENTS
from rfp_service.contracts.domain.novation_events import NOVATION_EVENTS
from rfp_service.contracts.domain.pipeline import PIPELINE_EVENTS
from rfp_service.contracts.domain.renewal_events import RENEWAL_EVENTS
from rfp_service.contracts.domain.restatement import ContractRestated
from rfp_service.contracts.domain.rounds import ROUND_EVENTS
from rfp_service.contracts.domain.saving_events import SAVING_EVENTS
from rfp_service.contracts.domain.unreachable_events import RenewalTierPassedUp
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (
    *CONTRACT_EVENTS,
    *DATE_EVENTS,
    ContractRestated,
    *RENEWAL_EVENTS,
    RenewalTierPassedUp,
    *NOVATION_EVENTS,
    *DUTY_EVENTS,
    *SAVING_EVENTS,
    *ROUND_EVENTS,
    *FEED_EVENTS,
    *PIPELINE_EVENTS,
)
