"""What the joining of dependencies offers the roof."""

from rfp_service.dependencies.api import router
from shared.web.context import Context

DEPENDENCIES = Context(routers=(router,))
