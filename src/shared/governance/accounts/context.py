"""What service accounts offer the roof."""

from shared.governance.accounts.domain import ServiceAccount
from shared.governance.accounts.views import SERVICE_ACCOUNTS
from shared.governance.accounts.waiting_things import ACCOUNTS_WAITING
from shared.web.context import Context, NotificationSubject

ACCOUNTS = Context(
    waiting=(ACCOUNTS_WAITING,),
    subjects=(
        NotificationSubject(
            ServiceAccount.kind,
            "/v1/service-accounts",
            ServiceAccount(),
            lambda _: "",
            page="/console/service-accounts/{id}",
        ),
    ),
    views=(SERVICE_ACCOUNTS,),
    routes=("shared.governance.accounts.api:router",),
    tags={"service-accounts": "Programs that ask by themselves, and their keys."},
    seen_with={"service-account": "read-service-accounts"},
)
