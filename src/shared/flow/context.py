"""What flow offers the roof."""

from shared.flow.analysis_api import router as analysis
from shared.flow.api import router
from shared.flow.exports.api import router as exports
from shared.flow.journals import CASES, CORRECTIONS, STEPS
from shared.web.context import Context

FLOW = Context(views=(STEPS, CASES, CORRECTIONS), routers=(router, analysis, exports))
