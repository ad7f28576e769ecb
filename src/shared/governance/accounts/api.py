"""Service accounts over HTTP: opened, given keys, seen with when each was last used, closed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from shared.governance.accounts.commands import AccountDecision, OpenServiceAccount
from shared.governance.accounts.domain import ServiceAccount
from shared.governance.accounts.keys import hash_of, key_of, new_secret
from shared.governance.accounts.views import AccountRow, account_row, service_accounts
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

AccountId = Annotated[UUID, Path(description="The service account's id.")]
USES = "SELECT key_name, last_used_at FROM api_key_uses WHERE account_id = $1"

router = APIRouter(
    prefix="/v1/service-accounts",
    tags=["service-accounts"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)


DECISIONS = tuple(commands_in(AccountDecision))

ACCOUNT_LIST = ListOf(name="service-accounts", row=AccountRow, table=service_accounts)


class ApiKeySeen(BaseModel):
    """One key, without its secret, which nobody has but its program."""

    key_name: str
    expires_at: datetime
    revoked: bool
    live: bool
    proposed_by: TextOrNull = Field(
        description="Who made it, while it waits for a second person to confirm it; null where it does not."
    )
    last_used_at: datetime | None


class AccountSeen(AccountRow):
    """One service account with its keys."""

    key_list: list[ApiKeySeen]
    next: Next = None


class KeyReceipt(Receipt):
    """A decision on an account; `key` is a new key, shown this once and kept nowhere."""

    key: str | None = None


@router.post("", status_code=201, summary="Open a service account", responses=CREATES)
async def open_account(
    command: Annotated[OpenServiceAccount, strict(OpenServiceAccount), Body()], handler: OpeningCommands
) -> Receipt:
    """Propose that a program may use the service; once that is confirmed, it needs its own key or token."""
    return await handler.create(command, blank=ServiceAccount())


@router.post("/{account_id}/decisions", summary="Decide on a service account", responses=DECIDES)
async def decide_on_account(
    account_id: AccountId,
    command: Annotated[AccountDecision, strict(AccountDecision), Body()],
    handler: Commands,
) -> KeyReceipt:
    """Confirm an account or a key, issue, rotate or revoke a key, or close the account.

    A key opens nothing before it is confirmed. A repeat shows no secret again: it is gone.
    """
    secret = new_secret()
    receipt = await handler.handle(account_id, command, blank=ServiceAccount(), secret_hash=hash_of(secret))
    stream = await handler.store.load(account_id, ServiceAccount())
    made = any(key.secret_hash == hash_of(secret) for key in stream.state.keys.values())
    return KeyReceipt(**receipt.model_dump(), key=key_of(account_id, secret) if made else None)


@router.get(
    "",
    summary="List service accounts",
    dependencies=[may("read-service-accounts")],
    responses=ACCOUNT_LIST.responses,
)
async def list_accounts(query: Annotated[ListQuery, ACCOUNT_LIST.asked]) -> Response:
    """List the programs that may use the service or are proposed to, newest first."""
    return await ACCOUNT_LIST.answer(query)


@router.get(
    "/{account_id}",
    summary="See a service account",
    dependencies=[may("read-service-accounts")],
    responses=one(AccountSeen, lasting=False),
)
async def see_account(request: Request, account_id: AccountId, reading: Read) -> Response:
    """Show one service account, its keys, and when each was last used."""
    stream = await thing_as_of(request, reading, account_id, ServiceAccount())
    uses = {row[0]: row[1] for row in await reading.pool.fetch(USES, account_id)}
    live = stream.state.live(reading.as_of)
    shown = AccountSeen(
        id=stream.id,
        version=stream.version,
        first_position=stream.first_position,
        opened_at=stream.opened_at,
        changed_at=stream.changed_at,
        **account_row(stream),
        key_list=[
            ApiKeySeen(
                key_name=name,
                expires_at=key.expires_at,
                revoked=key.revoked,
                live=name in live,
                proposed_by=key.proposed_by,
                last_used_at=uses.get(name),
            )
            for name, key in stream.state.keys.items()
        ],
    )
    shown = await with_next(request, reading, stream, shown, DECISIONS)
    return answer_now(shown, stream.version)
