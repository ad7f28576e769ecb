"""What documents offer the roof."""

from shared.governance.documents.api import files_router, router
from shared.governance.documents.views import DOCUMENTS_VIEW
from shared.web.context import Context

DOCUMENTS = Context(views=(DOCUMENTS_VIEW,), routers=(files_router, router))
