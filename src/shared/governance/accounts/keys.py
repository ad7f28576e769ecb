"""API keys at work: `rfpkey_<account>_<secret>`, checked against the account as the record has it now."""

import hashlib
import re
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from shared.governance.accounts.domain import ServiceAccount
from shared.kernel.errors import NotAuthenticated, NotFound
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.eventstore.store import EventStore
from shared.web.access.callers import KEY_PREFIX as PREFIX
from shared.web.access.claims import Scope

SECRET_BYTES = 32
USE_NOTED_SECONDS = 60.0

_FORM = re.compile(rf"{PREFIX}([0-9a-f]{{32}})_([A-Za-z0-9_-]{{43}})")

USED = """
INSERT INTO api_key_uses (account_id, key_name, last_used_at) VALUES ($1, $2, now())
ON CONFLICT (account_id, key_name) DO UPDATE SET last_used_at = now()
"""


def new_secret() -> str:
    """Return the secret of a new key: 256 random bits, so that its plain hash can't be guessed."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of(account_id: UUID, secret: str) -> str:
    """Return a key as its program sends it."""
    return f"{PREFIX}{account_id.hex}_{secret}"


class ApiKeys:
    """Tells which service account a key opens."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore) -> None:
        """Know the accounts of this record."""
        self._pool = pool
        self._store = store
        self._noted: dict[tuple[UUID, str], float] = {}

    async def person(self, key: str) -> Person:
        """Return the account that a key opens; refuse one that opens none, or none any more."""
        form = _FORM.fullmatch(key)
        if form is None:
            raise NotAuthenticated
        account_id = UUID(form[1])
        try:
            account = (await self._store.load(account_id, ServiceAccount())).state
        except NotFound:  # the id is of something else
            raise NotAuthenticated from None
        name = _opening(account, hash_of(form[2]))
        await self._note(account_id, name)
        reads_only = Scope.DECIDE.value not in account.scopes
        return Person(str(account_id), (Role.SERVICE_ACCOUNT,), reads_only)

    async def _note(self, account_id: UUID, name: str) -> None:
        """Write down that a key was used, once a minute."""
        now = time.monotonic()
        if now - self._noted.get((account_id, name), float("-inf")) > USE_NOTED_SECONDS:
            self._noted[account_id, name] = now
            await self._pool.execute(USED, account_id, name)


def _opening(account: ServiceAccount, hashed: str) -> str:
    """Return the name of the live key with this hash."""
    for name in account.live(datetime.now(UTC)):
        if secrets.compare_digest(account.keys[name].secret_hash, hashed):
            return name
    raise NotAuthenticated
