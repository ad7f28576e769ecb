"""`rewrap`: every key that is kept under an old `PERSONAL_SECRET` comes under the new one.

The service answers meanwhile, as its processes know both. Each block is a transaction: whoever is killed
leaves every key under one of the two, and the next `rewrap` goes on.
"""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
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

BLOCK = 1_000
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
        done = await _table(connection, "endpoint_secrets", endpoint_wrapping(known), lambda key: key.bytes)
        done += await _table(connection, "personal_keys", Wrapping(known), key_name)
        [counted] = await connection.fetch(COUNTED)
    except UnderAnotherSecret:
        raise NotConfigured(
            "A key is wrapped under none of the secrets in PERSONAL_SECRET: name the old one after the new."
        ) from None
    finally:
        await connection.close()
    command = RecordRewrapping(secret_name=_name(known[0]), **dict(counted))
    async with opened(settings, base.service) as service:
        with suppress(RewrappedAlready):  # by an earlier run: some keys came after it
            await service.store.handle(HISTORY_ID, command, operator_stamp(), blank=LogHistory(), absent=True)
    say(
        f"{done} keys were wrapped anew. All {counted['personal_keys']} keys of personal texts and"
        f" {counted['endpoint_secrets']} of endpoints are under the first secret in PERSONAL_SECRET."
    )


async def _table(
    connection: asyncpg.Connection, table: str, wrapping: Wrapping, name: Callable[[UUID], bytes]
) -> int:
    """Go through a table until nothing in it is under another secret; return how much was."""
    done = 0
    while found := await _pass(connection, table, wrapping, name):
        done += found
    return done


async def _pass(
    connection: asyncpg.Connection, table: str, wrapping: Wrapping, name: Callable[[UUID], bytes]
) -> int:
    found, last = 0, UUID(int=0)
    while True:
        async with connection.transaction():
            rows = await connection.fetch(NEXT.format(table=table), last, BLOCK)
            if not rows:
                return found
            last = rows[-1]["id"]
            anew = {row["id"]: wrapping.anew(name(row["id"]), row["wrapped"]) for row in rows}
            changed = {key: wrapped for key, wrapped in anew.items() if wrapped is not None}
            await connection.execute(REPLACE.format(table=table), [*changed], [*changed.values()])
            found += len(changed)


def _name(secret: bytes) -> str:
    """Return what tells a secret from others, and says nothing of it."""
    return hmac.digest(secret, b"name", hashlib.sha256).hex()[:16]
