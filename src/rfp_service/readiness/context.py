"""What the joining of readiness offers the roof."""

from rfp_service.readiness import api
from shared.web.context import Context

READINESS = Context(routers=(api.router,))
