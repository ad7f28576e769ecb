"""What can be seen of service accounts; hashes are in no view."""

from sqlalchemy import Column, Integer, Text

from shared.governance.accounts.domain import ServiceAccount
from shared.kernel.messages import Stream
from shared.record.projecting.views import Row, StateView, state_table

service_accounts = state_table(
    "service_accounts",
    Column("status", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("keys", Integer, nullable=False),
)


def account_row(stream: Stream[ServiceAccount]) -> Row:
    """Return an account's row; its scopes as one text, a space between."""
    account = stream.state
    return {
        "status": account.status,
        "name": account.name,
        "owner": account.owner,
        "scopes": " ".join(account.scopes),
        "keys": len(account.keys),
    }


SERVICE_ACCOUNTS = StateView(service_accounts, account_row, ServiceAccount())
