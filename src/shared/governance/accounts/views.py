"""What can be seen of service accounts; hashes are in no view."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from shared.governance.accounts.domain import AccountStatus, ServiceAccount
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COMPUTED, COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import Row, StateView


class AccountRow(BaseModel):
    """A program that may ask, and who answers for it; scopes by a space."""

    id: UUID
    version: int
    status: AccountStatus
    name: Annotated[str, SEARCHED]
    owner: Annotated[str, SEARCHED, COUNTED]
    scopes: Annotated[str, COMPUTED, SEARCHED]
    keys: Annotated[int, COMPUTED]
    first_position: int
    opened_at: datetime
    changed_at: datetime


service_accounts = model_table("service_accounts", AccountRow)


def _computed(stream: Stream[ServiceAccount]) -> Row:
    """Return an account's scopes as one text, a space between, and how many keys it has."""
    return {"scopes": " ".join(stream.state.scopes), "keys": len(stream.state.keys)}


account_row = row_of(AccountRow, _computed)


SERVICE_ACCOUNTS = StateView(service_accounts, account_row, ServiceAccount())
