"""All that a database holds, so that one can look for what it must not."""

import asyncio
import os
import subprocess

import asyncpg

from shared.embedded.account import Account
from shared.embedded.binaries import binaries_for
from tests.support.postgres import Base, session

PATIENCE = 200
# Other databases' sessions too: their transactions hold back what whoever looks next at this one sees.
LOOKING_BACK = """
SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
AND (backend_xmin::text::bigint < $1 OR backend_xid::text::bigint < $1)
"""
FILES = """
SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c
WHERE c.relkind IN ('r', 'i', 't', 'm') AND pg_relation_filepath(c.oid) IS NOT NULL
"""
PAGE_BYTES, FIRST_HEAD_BYTES, HEAD_BYTES = 8_192, 40, 24  # of PostgreSQL's log of writes: xlog_internal.h
LOGGED = """
SELECT coalesce(pg_read_binary_file('pg_wal/' || name, 0, size, true), ''::bytea)
FROM pg_ls_waldir() ORDER BY name
"""
DUMP_SECONDS = 120


async def bytes_of(base: Base) -> bytes:
    """Return all that the database holds, as files and as rows, after a clean-up and a checkpoint."""
    async with session(base.admin) as admin:
        await _until_nobody_looks_back(admin)
        for table in ("people", "personal_keys", "identities"):
            await admin.execute(f"VACUUM FULL {table}")
        await admin.execute("VACUUM")
        return await _held(admin)


async def files_of(base: Base) -> bytes:
    """Return all that the database holds, as files and as rows, as they are after a checkpoint."""
    async with session(base.admin) as admin:
        return await _held(admin)


async def _held(admin: asyncpg.Connection) -> bytes:
    await admin.execute("CHECKPOINT")
    files = await admin.fetch(FILES)
    rows: list[str] = []
    for table in await admin.fetch(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"
    ):
        rows += [str(dict(row)) for row in await admin.fetch(f"SELECT * FROM {table[0]}")]
    return b"".join(row[0] for row in files) + "\n".join(rows).encode()


async def logged_writes_of(base: Base) -> bytes:
    """Return the server's log of writes, of all its databases, as it lies on its disk.

    Without the heads of its pages: what goes on over the end of a page would be found nowhere.
    """
    async with session(base.admin) as admin:
        return b"".join(_without_heads(row[0]) for row in await admin.fetch(LOGGED))


def _without_heads(segment: bytes) -> bytes:
    pages = [segment[at : at + PAGE_BYTES] for at in range(0, len(segment), PAGE_BYTES)]
    return b"".join(page[FIRST_HEAD_BYTES if not n else HEAD_BYTES :] for n, page in enumerate(pages))


async def dump_of(base: Base) -> bytes:
    """Return what `pg_dump` writes of the database."""
    account = Account.of_the_server()
    done = await asyncio.to_thread(
        subprocess.run,
        [binaries_for(account) / "pg_dump", base.admin],
        capture_output=True,
        check=True,
        timeout=DUMP_SECONDS,
        env={"PATH": os.defpath},
    )
    return bytes(done.stdout)


async def until_nobody_looks_back(base: Base) -> None:
    """Wait until no session sees the database as it was: a clean-up keeps what somebody still sees."""
    async with session(base.admin) as admin:
        await _until_nobody_looks_back(admin)


async def _until_nobody_looks_back(admin: asyncpg.Connection) -> None:
    now = await admin.fetchval("SELECT txid_current()")
    for _ in range(PATIENCE):
        if not await admin.fetchval(LOOKING_BACK, now):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a session has held its view of the database still for ten seconds")
