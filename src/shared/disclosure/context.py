"""What exemptions offer the roof."""

from shared.context import Context
from shared.disclosure.api import router
from shared.disclosure.domain import EVENTS
from shared.disclosure.views import EXEMPTIONS

DISCLOSURE = Context(events=EVENTS, views=(EXEMPTIONS,), routers=(router,))
