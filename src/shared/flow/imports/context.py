"""What imports offer the roof."""

from shared.web.context import Context

IMPORTS = Context(routes=("shared.flow.imports.api:router",))
