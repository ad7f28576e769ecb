"""What the projects room offers the roof."""

from projects.api import at_risk, bulk, capacity, planning, projects, registers
from projects.api.awaited import AWAITED
from projects.api.undertaking import OPERATIONS as OPERATIONS  # noqa: PLC0414  # offered to the roof
from projects.views.register import REGISTER
from shared.context import Context

PROJECTS = Context(
    views=(REGISTER,),
    awaited=AWAITED,
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
