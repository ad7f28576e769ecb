"""What imports offer the roof."""

from shared.context import Context
from shared.imports import domain, historic
from shared.imports.api import router

IMPORTS = Context(events=(*domain.EVENTS, *historic.EVENTS), routers=(router,))
