"""What jobs offer the roof."""

from shared.web.context import Context
from shared.web.jobs.api import router

JOBS = Context(routers=(router,))
