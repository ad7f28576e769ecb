"""What the notices offer the roof."""

from shared.context import Context
from shared.notices.api import router

NOTICES = Context(routers=(router,))
