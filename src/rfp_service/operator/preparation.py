"""`migrate` and `rebuild`: the database as this program needs it."""

from typing import Annotated

import asyncpg
import typer
import uvloop

from rfp_service import migrating
from rfp_service.databases import Database, database, must_have_owner
from rfp_service.operator.configuration import configured
from rfp_service.terminal import say
from shared.settings import NotConfigured


def migrate(*, sql: Annotated[bool, typer.Option("--sql", help="Print the SQL instead.")] = False) -> None:
    settings = configured()
    if sql:
        if settings.database_url is None:
            raise NotConfigured("Set DATABASE_URL: the SQL grants its user what the service needs.")
        say(migrating.migration_sql(settings.database_url))
        return
    with database(settings) as base:
        owner = must_have_owner(base)
        rebuilt = uvloop.run(migrating.migrate(owner, base.service, settings.database_reader_url))
        _say_what_stands(owner)
    say(f"Up to date; rebuilt: {', '.join(rebuilt) or 'nothing'}.")


def rebuild() -> None:
    settings = configured()
    with database(settings) as base:
        owner = must_have_owner(base)
        position = uvloop.run(migrating.rebuild_views(owner, base.service, settings.database_reader_url))
        stopped = _say_what_stands(owner)
    which = "Every other view" if stopped else "Every view"
    say(f"{which} is rebuilt as of position {position}.")


def _say_what_stands(owner: str) -> bool:
    """Say which views could not be brought up to the record, and what to do; say whether there are any."""
    lines = uvloop.run(migrating.stopped_views(owner))
    for line in lines:
        say(line)
    return bool(lines)


async def prepare(base: Database) -> None:
    """Bring the database up to date where we may."""
    connection = await asyncpg.connect(base.service, statement_cache_size=0)
    try:
        async with connection.transaction():  # whole, even through a pooler, which is refused later
            current = await migrating.is_current(connection)
    finally:
        await connection.close()
    if not current:
        await migrating.migrate(must_have_owner(base), base.service)
