"""What open contracting data offer the roof."""

from shared.web.context import Context

OPEN_CONTRACTING = Context(routes=("rfp_service.open_contracting.api:router",))
