"""What the joining of dependencies offers the roof."""

from rfp_service.dependencies import api, timeline
from shared.web.context import Context

DEPENDENCIES = Context(routers=(timeline.router, api.router))
