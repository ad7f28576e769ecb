"""`rewrap`: every key that is kept under an old `PERSONAL_SECRET` comes under the new one.

The service answers meanwhile, as its processes know both. Each block is a transaction: whoever is killed
leaves every key under one of the two, and the next `rewrap` goes on.
"""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import uvloop

from rfp_service.access import personal_secrets
from rfp_service.databases import Database, database, must_have_owner
from rfp_service.operator.configuration import configured
from rfp_service.operator.restores import operator_stamp
from rfp_service.service import opened
from rfp_service.terminal import say
from shared.governance.audit.log_history.domain import (
    HISTORY_ID,
    LogHistory,
    RecordRewrapping,
    RewrappedAlready,
)
from shared.governance.notifications.endpoint_secrets import endpoint_wrapping
from shared.record.eventstore.personal_texts import key_name
from shared.record.eventstore.wrapping import UnderAnotherSecret, Wrapping
from shared.settings import NotConfigured, Settings

Anew = Callable[[bytes, bytes], bytes | None]
BLOCK, FIRST = 1_000, UUID(int=0)
# Whoever destroys a key meanwhile waits for its block, so that no key comes back that was destroyed.
NEXT = """
SELECT id, wrapped FROM {table} WHERE id > $1 AND wrapped IS NOT NULL ORDER BY id LIMIT $2 FOR UPDATE
"""
REPLACE = """
UPDATE {table} kept SET wrapped = new.wrapped FROM unnest($1::uuid[], $2::bytea[]) AS new (id, wrapped)
WHERE kept.id = new.id
"""
COUNTED = """
SELECT (SELECT count(*) FROM personal_keys WHERE wrapped IS NOT NULL) AS personal_keys,
       (SELECT count(*) FROM endpoint_secrets) AS endpoint_secrets
"""


class Lost:
    """Counts endpoints' secrets that nothing opens any more: they were kept under a secret that was lost."""

    def __init__(self) -> None:
        """Begin with none."""
        self.ids: set[bytes] = set()

    def or_anew(self, wrapping: Wrapping) -> Anew:
        """Return what wraps with the new secret, and leaves a lost one as it is."""

        def anew(name: bytes, wrapped: bytes) -> bytes | None:
            try:
                return wrapping.anew(name, wrapped)
            except UnderAnotherSecret:
                self.ids.add(name)
                return None

        return anew


@dataclass(frozen=True)
class Rewrapping:
    """A table of wrapped keys, what wraps one with the new secret, and what it is bound to."""

    table: str
    anew: Anew
    name: Callable[[UUID], bytes]

    async def to_its_end(self, connection: asyncpg.Connection) -> int:
        """Go through the table until nothing in it is to be wrapped anew; return how much was."""
        done = 0
        while found := await self._pass(connection):
            done += found
        return done

    async def _pass(self, connection: asyncpg.Connection) -> int:
        found, last = 0, FIRST
        while True:
            async with connection.transaction():
                rows = await connection.fetch(NEXT.format(table=self.table), last, BLOCK)
                if not rows:
                    return found
                last = rows[-1]["id"]
                anew = {row["id"]: self.anew(self.name(row["id"]), row["wrapped"]) for row in rows}
                changed = {key: wrapped for key, wrapped in anew.items() if wrapped is not None}
                await connection.execute(REPLACE.format(table=self.table), [*changed], [*changed.values()])
                found += len(changed)


def rewrap() -> None:
    settings = configured()
    with database(settings) as base:
        uvloop.run(_rewrap(settings, base))


async def _rewrap(settings: Settings, base: Database) -> None:
    """Wrap what is under another secret than the first, until there is nothing more; put it on the record."""
    known = personal_secrets(settings)
    connection = await asyncpg.connect(must_have_owner(base))
    try:
        # Personal keys last: a start with the new secret alone looks whether their last one opens.
        lost = Lost()
        endpoints = Rewrapping(
            "endpoint_secrets", lost.or_anew(endpoint_wrapping(known)), lambda key: key.bytes
        )
        done = await endpoints.to_its_end(connection)
        done += await Rewrapping("personal_keys", Wrapping(known).anew, key_name).to_its_end(connection)
        [counted] = await connection.fetch(COUNTED)
    except UnderAnotherSecret:
        raise NotConfigured(
            "A key is wrapped under none of the secrets in PERSONAL_SECRET: name the old one after the new."
        ) from None
    finally:
        await connection.close()
    kept, endpoint_keys = counted["personal_keys"], counted["endpoint_secrets"] - len(lost.ids)
    command = RecordRewrapping(
        secret_name=_name(known[0]), personal_keys=kept, endpoint_secrets=endpoint_keys
    )
    async with opened(settings, base.service) as service:
        with suppress(RewrappedAlready):  # by an earlier run: some keys came after it
            await service.store.handle(HISTORY_ID, command, operator_stamp(), blank=LogHistory(), absent=True)
    say(
        f"{done} keys were wrapped anew. All {kept} keys of personal texts and {endpoint_keys} of endpoints"
        " are under the first secret in PERSONAL_SECRET."
    )
    if lost.ids:
        say(f"{len(lost.ids)} secrets of endpoints open under none: `rotate-secret` makes new ones.")


def _name(secret: bytes) -> str:
    """Return what tells a secret from others, and says nothing of it."""
    return hmac.digest(secret, b"name", hashlib.sha256).hex()[:16]
