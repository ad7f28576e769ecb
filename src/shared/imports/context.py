"""What imports offer the roof."""

from shared.context import Context
from shared.imports.api import router

IMPORTS = Context(routers=(router,))
