"""What the scheme offers the roof."""

from shared.context import Context
from shared.scheme.api import router
from shared.scheme.delegations import DELEGATIONS
from shared.scheme.delegations_api import router as delegations

SCHEME = Context(views=(DELEGATIONS,), routers=(router, delegations))
