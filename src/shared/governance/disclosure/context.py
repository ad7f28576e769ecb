"""What exemptions offer the roof."""

from shared.governance.disclosure.views import EXEMPTIONS
from shared.governance.disclosure.waiting import EXEMPTIONS_WAITING
from shared.web.context import Context

DISCLOSURE = Context(
    waiting=(EXEMPTIONS_WAITING,), views=(EXEMPTIONS,), routes=("shared.governance.disclosure.api:router",)
)
