"""What hand-overs offer the roof."""

from shared.web.context import Context

HAND_OVERS = Context(
    routes=("rfp_service.handover.api:router",),
    tags={"hand-overs": "All of a leaver's work to somebody else."},
    seen_with={"hand-over": "read-hand-overs"},
)
