"""What the projects room offers the roof."""

from projects.api import at_risk, capacity, planning, projects, registers
from projects.api.bulk import MANY_PROJECTS
from projects.api.prerequisites import AWAITED
from projects.views.register import REGISTER
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.context import Context

PROJECTS = Context(
    views=(REGISTER,),
    prerequisites=AWAITED,
    operations=MANY_PROJECTS.operations(),
    # Paths with a name of their own come before those with an id.
    routers=(
        at_risk.router,
        bulk_routes(MANY_PROJECTS),
        batch_routes(MANY_PROJECTS),
        registers.router,
        planning.router,
        capacity.router,
        projects.router,
    ),
)
