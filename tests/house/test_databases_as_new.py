"""A database that specifications have one after another is to each as if it were new."""

from typing import Any

import asyncpg
import pytest

from tests.support.api import running_api
from tests.support.postgres import OWNER, SERVICE, Base, Server, refused, session

CHANGES = (
    "CREATE TABLE more (number int)",
    "ALTER TABLE rfps ADD COLUMN more text",
    "DROP TABLE rfps",
    f"GRANT DELETE ON stored_events TO {SERVICE}",
    f"GRANT UPDATE (title) ON rfps TO {SERVICE}",
    "ALTER TABLE stored_events DISABLE TRIGGER append_only",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    f"ALTER SCHEMA public OWNER TO {OWNER}",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = 0', current_database()); END $$",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 9', current_database()); END $$",
)


async def contents(base: Base) -> dict[str, Any]:
    """Return all that is in the tables, in short, and where each sequence has come to."""
    async with session(base.admin) as admin:
        there = await admin.fetch(
            "SELECT oid::regclass::text AS name, relkind = 'r'::\"char\" AS is_table FROM pg_class"
            " WHERE relkind IN ('r', 'S') AND relpersistence = 'p' AND oid >= 16384"
        )
        summed = "sum(hashtextextended(each::text, 0))"
        asked = {row["name"]: summed if row["is_table"] else "last_value::text || is_called" for row in there}
        return {name: await admin.fetchval(f"SELECT {what} FROM {name} each") for name, what in asked.items()}


async def test_what_was_put_in_is_gone_for_the_next_and_nothing_else_may_be_removed(postgres: Server) -> None:
    postgres.keep_no_longer()
    with postgres.as_new() as base:
        first = await contents(base)
        async with running_api(base) as api:
            await api.in_approval()
        then = await contents(base)
        assert len([name for name in first if then[name] != first[name]]) > 20
    with postgres.as_new() as again:
        assert again == base
        assert await contents(again) == first
        async with running_api(again) as api:
            await api.in_approval()
            async with session(again.owner) as owner:
                with refused("DELETE", asyncpg.RaiseError):
                    await owner.execute("DELETE FROM stored_events")


@pytest.mark.parametrize("change", CHANGES)
async def test_where_anything_else_was_changed_the_next_has_another(postgres: Server, change: str) -> None:
    postgres.keep_no_longer()
    with postgres.as_new() as base:
        async with session(base.admin) as admin:
            await admin.execute(change)
    with postgres.as_new() as another:
        assert another != base
        assert await contents(another)


@pytest.mark.parametrize("left", ["BEGIN", "SELECT pg_advisory_lock(1)"])
async def test_where_somebody_has_not_finished_the_next_has_another(postgres: Server, left: str) -> None:
    postgres.keep_no_longer()
    with postgres.as_new() as base:
        unfinished = await asyncpg.connect(base.service)
        await unfinished.execute(left)
    with postgres.as_new() as another:
        assert another != base
    unfinished.terminate()
