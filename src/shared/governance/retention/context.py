"""What retention offers the roof."""

from shared.governance.retention.views import DISPOSED
from shared.web.context import Context

RETENTION = Context(views=(DISPOSED,), routes=("shared.governance.retention.api:router",))
