"""What jobs offer the roof."""

from shared.web.context import Context

JOBS = Context(routes=("shared.web.jobs.api:router",))
