"""All that a database holds, so that one can look for what it must not."""

import asyncio

import asyncpg

from tests.support.postgres import Base, session

PATIENCE = 200
# Other databases' sessions too: their transactions hold back what whoever looks next at this one sees.
LOOKING_BACK = """
SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
AND (backend_xmin::text::bigint < $1 OR backend_xid::text::bigint < $1)
"""


async def bytes_of(base: Base) -> bytes:
    """Return all that the database holds, as files and as a dump, after a clean-up and a checkpoint."""
    async with session(base.admin) as admin:
        await _until_nobody_looks_back(admin)
        for table in ("people", "personal_keys", "identities"):
            await admin.execute(f"VACUUM FULL {table}")
        await admin.execute("VACUUM")
        await admin.execute("CHECKPOINT")
        files = await admin.fetch(
            "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c"
            " WHERE c.relkind IN ('r', 'i', 't') AND pg_relation_filepath(c.oid) IS NOT NULL"
        )
        rows: list[str] = []
        for table in await admin.fetch(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"
        ):
            rows += [str(dict(row)) for row in await admin.fetch(f"SELECT * FROM {table[0]}")]
        return b"".join(row[0] for row in files) + "\n".join(rows).encode()


async def _until_nobody_looks_back(admin: asyncpg.Connection) -> None:
    """Wait until no session sees the database as it was: a clean-up keeps what somebody still sees."""
    now = await admin.fetchval("SELECT txid_current()")
    for _ in range(PATIENCE):
        if not await admin.fetchval(LOOKING_BACK, now):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a session has held its view of the database still for ten seconds")
