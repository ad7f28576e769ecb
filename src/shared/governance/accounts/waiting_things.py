"""Service accounts and keys that were proposed, and wait for a second person."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, or_, select

from shared.governance.accounts.commands import ConfirmApiKey, ConfirmServiceAccount
from shared.governance.accounts.domain import AccountStatus, ServiceAccount
from shared.governance.accounts.views import service_accounts
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

CONFIRMING = (Role.ADMINISTRATOR, Role.LEGAL)


def _waits(account: ServiceAccount, waiter: Waiter) -> Iterator[Wait]:
    """Yield what of an account somebody could confirm."""
    if not waiter.has(*CONFIRMING):
        return
    if waiter.may(ConfirmServiceAccount(), account):
        yield Wait("service-account", "A service account waits for a second person to confirm it.")
    for name, key in account.keys.items():
        if key.proposed_by and waiter.may(ConfirmApiKey(key_name=name), account):
            yield Wait("api-key", f"Its key {name} waits for a second person to confirm it.", turn=name)


def _candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    if not waiter.has(*CONFIRMING):
        return None
    t = service_accounts.c
    open_with_keys = (t.status == AccountStatus.OPEN) & (t["keys"] > 0)
    standing = or_(t.status == AccountStatus.PROPOSED, open_with_keys)
    return select(t.id).where(reading.valid(service_accounts), standing)


def _shown(standing: ThingStanding) -> ThingShown:
    account: ServiceAccount = standing.state
    return ThingShown("", account.name, "", account.status)


ACCOUNTS_WAITING = WaitingThings(
    "service-account",
    "ConfirmServiceAccount",
    ServiceAccount(),
    _candidates,
    _waits,
    _shown,
    told=frozenset({"service-account", "api-key"}),
)
