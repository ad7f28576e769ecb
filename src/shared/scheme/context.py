"""What the scheme offers the roof."""

from shared.context import Context
from shared.scheme.api import router
from shared.scheme.domain import EVENTS

SCHEME = Context(events=EVENTS, routers=(router,))
