"""What the projects room offers the roof."""

from projects.api import at_risk, bulk, capacity, planning, projects, registers
from projects.api.batch_operations import OPERATIONS as OPERATIONS  # noqa: PLC0414  # offered to the roof
from projects.api.prerequisites import AWAITED
from projects.views.register import REGISTER
from shared.web.context import Context

PROJECTS = Context(
    views=(REGISTER,),
    prerequisites=AWAITED,
    # Paths with a name of their own come before those with an id.
    routers=(
        at_risk.router,
        bulk.many,
        bulk.batches,
        registers.router,
        planning.router,
        capacity.router,
        projects.router,
    ),
)
