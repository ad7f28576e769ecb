"""What following the record offers the roof."""

from rfp_service.changes.api import router
from shared.web.context import Context

CHANGES = Context(routers=(router,))
