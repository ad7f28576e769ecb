"""What the people directory offers the roof."""

from shared.governance.people.waiting import LINKS_WAITING
from shared.web.context import Context

PEOPLE = Context(waiting=(LINKS_WAITING,), routes=("shared.governance.people.api:router",))
