"""What the people directory offers the roof."""

from shared.context import Context
from shared.people.api import router
from shared.people.domain import EVENTS

PEOPLE = Context(events=EVENTS, routers=(router,))
