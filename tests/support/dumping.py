"""All that a database holds, so that one can look for what it must not."""

import asyncpg

from tests.support.postgres import Base


async def bytes_of(base: Base) -> bytes:
    """Return all that the database holds, as files and as a dump, after a clean-up and a checkpoint."""
    admin = await asyncpg.connect(base.admin)
    try:
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
    finally:
        await admin.close()
