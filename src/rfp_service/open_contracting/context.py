"""What open contracting data offer the roof."""

from shared.web.context import Context

OPEN_CONTRACTING = Context(
    routes=("rfp_service.open_contracting.api:router",),
    tags={"open-contracting": "RFPs and contracts by the Open Contracting Data Standard."},
)
