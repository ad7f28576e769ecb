"""What the audit offers the roof."""

from shared.governance.audit.journal import DECISIONS
from shared.web.context import Context

AUDIT = Context(
    views=(DECISIONS,),
    routes=(
        "shared.governance.audit.api:router",
        "shared.governance.audit.replay.api:router",
        "shared.governance.audit.bundle.api:router",
        "shared.governance.audit.log_api:router",
        "shared.governance.audit.reads_api:router",
        "shared.governance.audit.tiles_api:router",
    ),
    tags={"audit": "Every decision, for the scrutiny committee."},
    seen_with={"log-history": "read-audit"},
    never_told=("record-index",),
)
