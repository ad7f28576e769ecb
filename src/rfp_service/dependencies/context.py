"""What the joining of dependencies offers the roof."""

from shared.web.context import Context

DEPENDENCIES = Context(
    routes=("rfp_service.dependencies.timeline:router", "rfp_service.dependencies.api:router")
)
