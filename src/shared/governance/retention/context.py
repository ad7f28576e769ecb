"""What retention offers the roof."""

from shared.governance.retention.api import router
from shared.governance.retention.views import DISPOSED
from shared.web.context import Context

RETENTION = Context(views=(DISPOSED,), routers=(router,))
