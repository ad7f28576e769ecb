"""What the scheme offers the roof."""

from shared.context import Context
from shared.scheme.api import router
from shared.scheme.delegation import DELEGATION_EVENTS
from shared.scheme.delegations import DELEGATIONS
from shared.scheme.delegations_api import router as delegations
from shared.scheme.domain import EVENTS

SCHEME = Context(
    events=(*EVENTS, *DELEGATION_EVENTS), views=(DELEGATIONS,), routers=(router, delegations)
)
