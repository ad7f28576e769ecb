"""What the notices offer the roof."""

from shared.governance.notices.api import router
from shared.web.context import Context

NOTICES = Context(routers=(router,))
