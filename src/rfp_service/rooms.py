"""Every room, by what it offers: what the service, the worker and the app are made of."""

from rfp_service.approval_turns import APPROVAL_TURNS
from rfp_service.changes.context import CHANGES
from rfp_service.concluded_contracts import CONCLUDED_CONTRACTS
from rfp_service.deflected_demand import DEFLECTION
from rfp_service.dependencies.context import DEPENDENCIES
from rfp_service.due_days import DUE_DAYS
from rfp_service.failed_orders import FAILED_ORDERS
from rfp_service.handover.context import HAND_OVERS
from rfp_service.inbox.context import INBOX
from rfp_service.open_contracting.context import OPEN_CONTRACTING
from rfp_service.readiness.context import READINESS
from rfp_service.reprocurement import REPROCUREMENT
from rfp_service.room_names import ROOMS, context_of
from shared.flow.context import FLOW
from shared.flow.imports.context import IMPORTS
from shared.governance.accounts.context import ACCOUNTS
from shared.governance.audit.context import AUDIT
from shared.governance.comments.context import COMMENTS
from shared.governance.delegations.context import DELEGATIONS
from shared.governance.disclosure.context import DISCLOSURE
from shared.governance.documents.context import DOCUMENTS
from shared.governance.notices.context import NOTICES
from shared.governance.notifications.context import NOTIFICATIONS
from shared.governance.people.context import PEOPLE
from shared.governance.retention.context import RETENTION
from shared.governance.scheme.context import SCHEME
from shared.web.context import Context
from shared.web.jobs.context import JOBS

CONTEXTS: tuple[Context, ...] = (
    FLOW,
    *map(context_of, ROOMS),
    DEFLECTION,
    SCHEME,
    DELEGATIONS,
    IMPORTS,
    AUDIT,
    NOTICES,
    NOTIFICATIONS,
    DISCLOSURE,
    PEOPLE,
    HAND_OVERS,
    ACCOUNTS,
    RETENTION,
    JOBS,
    CONCLUDED_CONTRACTS,
    FAILED_ORDERS,
    REPROCUREMENT,
    APPROVAL_TURNS,
    DUE_DAYS,
    DEPENDENCIES,
    OPEN_CONTRACTING,
    READINESS,
    CHANGES,
    INBOX,
    DOCUMENTS,
    COMMENTS,
)

VIEWS = tuple(view for context in CONTEXTS for view in context.views)
REACTIONS = tuple(reaction for context in CONTEXTS for reaction in context.reactions)
OPERATIONS = {name: made for context in CONTEXTS for name, made in context.operations.items()}
SEEN_WITH = {kind: action for context in CONTEXTS for kind, action in context.seen_with.items()}
FACTS = {command: find for context in CONTEXTS for command, find in context.facts.items()}
SUBJECTS = {subject.kind: subject for context in CONTEXTS for subject in context.subjects}
DEADLINES = tuple(deadline for context in CONTEXTS for deadline in context.deadlines)
WAITING = tuple(things for context in CONTEXTS for things in context.waiting)
READY = tuple(offered for context in CONTEXTS for offered in context.readiness)
REPORT_CASES = tuple(offered for context in CONTEXTS for offered in context.report_cases)
REPORT_DECISIONS = tuple(offered for context in CONTEXTS for offered in context.report_decisions)
TAGGED = {things.kind: things for context in CONTEXTS for things in context.tagged}
PREREQUISITES = {things.kind: things for context in CONTEXTS for things in context.prerequisites}
