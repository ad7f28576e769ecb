"""What delegations offer the roof."""

from shared.governance.delegations.api import router
from shared.governance.delegations.views import DELEGATIONS as VIEW
from shared.web.context import Context

DELEGATIONS = Context(views=(VIEW,), routers=(router,))
