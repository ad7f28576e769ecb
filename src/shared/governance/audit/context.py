"""What the audit offers the roof."""

from shared.governance.audit.api import router
from shared.governance.audit.bundle.api import router as bundle_router
from shared.governance.audit.journal import DECISIONS
from shared.governance.audit.log_api import router as log_router
from shared.governance.audit.reads_api import router as reads_router
from shared.governance.audit.replay.api import router as replay_router
from shared.governance.audit.tiles_api import router as tiles_router
from shared.web.context import Context

AUDIT = Context(
    views=(DECISIONS,), routers=(router, replay_router, bundle_router, log_router, reads_router, tiles_router)
)
