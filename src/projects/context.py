"""What the projects room offers the roof."""

from projects.api.projects import router
from projects.domain.record import EVENTS
from projects.views.register import REGISTER
from shared.context import Context

PROJECTS = Context(events=EVENTS, views=(REGISTER,), routers=(router,))
