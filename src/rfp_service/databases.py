"""The database that a command works on: the one that is configured, or the embedded one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from rfp_service.terminal import nothing_in
from shared.embedded.errors import EmbeddedPostgresFailed
from shared.embedded.places import has_database
from shared.embedded.server import embedded_postgres, ensure_running
from shared.settings import NotConfigured, Settings

HealDatabase = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Database:
    """The addresses of the database, and how it is brought back where that is in our hands."""

    service: str
    owner: str | None
    heal: HealDatabase | None = None


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """Use the database that is configured, or the embedded one of the data folder."""
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.database_owner_url or _demonstration(settings))
        return
    with embedded_postgres(settings.data_dir) as addresses:

        async def heal() -> None:
            try:
                await asyncio.to_thread(ensure_running, settings.data_dir)
            except EmbeddedPostgresFailed as error:
                log.warning("embedded database does not start", error=str(error))

        yield Database(addresses.service, addresses.owner, heal)


def _demonstration(settings: Settings) -> str | None:
    """Return the one address there is as the owner's too, which only a demonstration may do."""
    return settings.database_url if settings.profile == "demonstration" else None


def must_have_owner(base: Database) -> str:
    """Return the owner's address, or say that it is needed."""
    if base.owner is None:
        raise NotConfigured("Set DATABASE_OWNER_URL, or give `rfp-service migrate --sql` to the owner.")
    return base.owner


def must_be_set_up(settings: Settings) -> None:
    """Refuse a data folder in which nothing was ever run, instead of making a database to read."""
    if settings.database_url is None and not has_database(settings.data_dir):
        raise NotConfigured(nothing_in(settings))
