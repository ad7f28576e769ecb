"""What retention offers the roof."""

from shared.governance.retention.commands import DisposeOfRecord
from shared.governance.retention.facts import disposal_facts
from shared.governance.retention.views import DISPOSED
from shared.web.context import Context

RETENTION = Context(
    facts={DisposeOfRecord: disposal_facts},
    views=(DISPOSED,),
    routes=("shared.governance.retention.api:router",),
    tags={"retention": "How long records are kept whole, and their disposal."},
    seen_with={"retention-schedule": "read-retention", "disposal": "read-retention"},
)
