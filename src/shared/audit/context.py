"""What the audit offers the roof."""

from shared.audit.api import router
from shared.audit.journal import DECISIONS
from shared.context import Context

AUDIT = Context(views=(DECISIONS,), routers=(router,))
