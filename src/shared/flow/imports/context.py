"""What imports offer the roof."""

from shared.flow.imports.api import router
from shared.web.context import Context

IMPORTS = Context(routers=(router,))
