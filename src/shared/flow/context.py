"""What flow offers the roof."""

from shared.flow.journals import CASES, CORRECTIONS, STEPS
from shared.web.context import Context

FLOW = Context(
    views=(STEPS, CASES, CORRECTIONS),
    routes=("shared.flow.api:router", "shared.flow.analysis_api:router", "shared.flow.exports.api:router"),
    tags={"flow": "Where cases wait, on whom, for how long."},
)
