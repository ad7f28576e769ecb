"""What retention offers the roof."""

from shared.context import Context
from shared.retention.api import router
from shared.retention.views import DISPOSED

RETENTION = Context(views=(DISPOSED,), routers=(router,))
