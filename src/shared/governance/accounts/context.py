"""What service accounts offer the roof."""

from shared.governance.accounts.views import SERVICE_ACCOUNTS
from shared.web.context import Context

ACCOUNTS = Context(views=(SERVICE_ACCOUNTS,), routes=("shared.governance.accounts.api:router",))
