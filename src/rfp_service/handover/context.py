"""What hand-overs offer the roof."""

from shared.web.context import Context

HAND_OVERS = Context(routes=("rfp_service.handover.api:router",))
