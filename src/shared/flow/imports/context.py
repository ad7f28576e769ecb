"""What imports offer the roof."""

from shared.web.context import Context

IMPORTS = Context(
    routes=("shared.flow.imports.api:router",),
    tags={"imports": "Historic logs, taken in whole."},
    seen_with={"import": "read-imports"},
    never_told=("historic-case",),
)
