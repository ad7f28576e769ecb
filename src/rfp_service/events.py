"""Every event that this program knows, by room; what reads a record by itself needs nothing more."""

from typing import Any

from rfp_service.handover.domain import EVENTS as HAND_OVER_EVENTS
from rfp_service.room_names import ROOMS, events_of
from shared.flow.imports.domain import EVENTS as IMPORT_EVENTS
from shared.flow.imports.historic_cases import EVENTS as HISTORIC_EVENTS
from shared.governance.accounts.domain import EVENTS as ACCOUNT_EVENTS
from shared.governance.audit.log_history.domain import EVENTS as LOG_HISTORY_EVENTS
from shared.governance.audit.record_index.domain import EVENTS as INDEX_EVENTS
from shared.governance.comments.domain import COMMENT_EVENTS
from shared.governance.delegations.domain import DELEGATION_EVENTS
from shared.governance.disclosure.domain import EVENTS as DISCLOSURE_EVENTS
from shared.governance.documents.domain import DOCUMENT_EVENTS
from shared.governance.notifications.approval_turns import TURN_EVENTS
from shared.governance.notifications.attempts_log import ATTEMPT_EVENTS
from shared.governance.notifications.choices import CHOICE_EVENTS
from shared.governance.notifications.domain import EVENTS as NOTIFICATION_EVENTS
from shared.governance.notifications.due_days import DUE_DAY_EVENTS
from shared.governance.people.domain import EVENTS as PERSON_EVENTS
from shared.governance.retention.domain import EVENTS as RETENTION_EVENTS
from shared.governance.scheme.domain import EVENTS as SCHEME_EVENTS
from shared.governance.scheme.proposals import PROPOSAL_EVENTS
from shared.kernel.messages import Event
from shared.web.bulk.batches import EVENTS as BATCH_EVENTS
from shared.web.registers.hand_ins import EVENTS as HAND_IN_EVENTS
from shared.web.registers.saved_mappings import EVENTS as MAPPING_EVENTS

EVENTS: tuple[type[Event[Any]], ...] = (
    *(event for room in ROOMS for event in events_of(room)),
    *SCHEME_EVENTS,
    *PROPOSAL_EVENTS,
    *DELEGATION_EVENTS,
    *IMPORT_EVENTS,
    *HISTORIC_EVENTS,
    *DISCLOSURE_EVENTS,
    *PERSON_EVENTS,
    *HAND_OVER_EVENTS,
    *ACCOUNT_EVENTS,
    *NOTIFICATION_EVENTS,
    *CHOICE_EVENTS,
    *ATTEMPT_EVENTS,
    *TURN_EVENTS,
    *DUE_DAY_EVENTS,
    *RETENTION_EVENTS,
    *BATCH_EVENTS,
    *HAND_IN_EVENTS,
    *MAPPING_EVENTS,
    *DOCUMENT_EVENTS,
    *COMMENT_EVENTS,
    *INDEX_EVENTS,
    *LOG_HISTORY_EVENTS,
)
