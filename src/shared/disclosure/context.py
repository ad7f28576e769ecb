"""What exemptions offer the roof."""

from shared.context import Context
from shared.disclosure.api import router
from shared.disclosure.views import EXEMPTIONS

DISCLOSURE = Context(views=(EXEMPTIONS,), routers=(router,))
