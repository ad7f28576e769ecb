"""What the audit offers the roof."""

from shared.audit.api import router
from shared.audit.bundle.api import router as bundle_router
from shared.audit.journal import DECISIONS
from shared.audit.log.api import router as log_router
from shared.audit.log.tiles_api import router as tiles_router
from shared.audit.reads_api import router as reads_router
from shared.audit.replay.api import router as replay_router
from shared.context import Context

AUDIT = Context(
    views=(DECISIONS,),
    routers=(router, replay_router, bundle_router, log_router, reads_router, tiles_router),
)
