"""What the people directory offers the roof."""

from shared.governance.people.api import router
from shared.web.context import Context

PEOPLE = Context(routers=(router,))
