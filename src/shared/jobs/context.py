"""What jobs offer the roof."""

from shared.context import Context
from shared.jobs.api import router

JOBS = Context(routers=(router,))
