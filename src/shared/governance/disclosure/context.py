"""What exemptions offer the roof."""

from shared.governance.disclosure.views import EXEMPTIONS
from shared.web.context import Context

DISCLOSURE = Context(views=(EXEMPTIONS,), routes=("shared.governance.disclosure.api:router",))
