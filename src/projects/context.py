"""What the projects room offers the roof."""

from projects.api import at_risk, capacity, internal, planning, projects
from projects.api.bulk import MANY_PROJECTS
from projects.api.prerequisites import AWAITED
from projects.api.readiness import PROJECTS_READINESS
from projects.api.registers import PROJECT_REGISTER
from projects.api.waiting import PROJECTS_WAITING
from projects.views.register import REGISTER
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.context import Context
from shared.web.registers.routes import register_routes

PROJECTS = Context(
    views=(REGISTER,),
    prerequisites=AWAITED,
    waiting=(PROJECTS_WAITING,),
    readiness=(PROJECTS_READINESS,),
    operations=MANY_PROJECTS.operations(),
    # Paths with a name of their own come before those with an id.
    routers=(
        at_risk.router,
        internal.router,
        bulk_routes(MANY_PROJECTS),
        batch_routes(MANY_PROJECTS),
        register_routes(PROJECT_REGISTER),
        planning.router,
        capacity.router,
        projects.router,
    ),
)
