"""What service accounts offer the roof."""

from shared.accounts.api import router
from shared.accounts.views import SERVICE_ACCOUNTS
from shared.context import Context

ACCOUNTS = Context(views=(SERVICE_ACCOUNTS,), routers=(router,))
