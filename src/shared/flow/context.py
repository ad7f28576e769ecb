"""What flow offers the roof."""

from shared.context import Context
from shared.flow.api import router
from shared.flow.journals import CASES, STEPS

FLOW = Context(views=(STEPS, CASES), routers=(router,))
