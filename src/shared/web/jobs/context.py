"""What jobs offer the roof."""

from shared.web.context import Context

JOBS = Context(routes=("shared.web.jobs.api:router",), tags={"jobs": "Long work, and how far it has come."})
