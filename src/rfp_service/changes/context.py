"""What following the record offers the roof."""

from shared.web.context import Context

CHANGES = Context(
    routes=("rfp_service.changes.api:router",),
    tags={"changes": "What has changed, for whoever follows the record."},
)
