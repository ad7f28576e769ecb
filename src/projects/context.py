"""What the projects room offers the roof."""

from projects.api import at_risk, projects
from projects.domain.record import EVENTS
from projects.views.register import REGISTER
from shared.context import Context

PROJECTS = Context(events=EVENTS, views=(REGISTER,), routers=(at_risk.router, projects.router))
