"""What the joining of readiness offers the roof."""

from shared.web.context import Context

READINESS = Context(
    routes=("rfp_service.readiness.api:router",),
    tags={"readiness": "How ready the council is for the transition."},
)
