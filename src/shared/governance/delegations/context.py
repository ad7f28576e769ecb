"""What delegations offer the roof."""

from shared.governance.delegations.views import DELEGATIONS as VIEW
from shared.governance.delegations.waiting import DELEGATIONS_WAITING
from shared.web.context import Context

DELEGATIONS = Context(
    waiting=(DELEGATIONS_WAITING,), views=(VIEW,), routes=("shared.governance.delegations.api:router",)
)
