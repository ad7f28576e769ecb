"""What documents offer the roof."""

from shared.governance.documents.views import DOCUMENTS_VIEW
from shared.web.context import Context

DOCUMENTS = Context(
    views=(DOCUMENTS_VIEW,),
    routes=("shared.governance.documents.api:files_router", "shared.governance.documents.api:router"),
    tags={"documents": "What shows that something is so, about any case."},
    seen_with={"document": "read-documents"},
)
