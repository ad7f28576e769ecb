"""What the scheme offers the roof."""

from shared.governance.scheme.api import router
from shared.web.context import Context

SCHEME = Context(routers=(router,))
