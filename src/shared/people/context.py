"""What the people directory offers the roof."""

from shared.context import Context
from shared.people.api import router

PEOPLE = Context(routers=(router,))
