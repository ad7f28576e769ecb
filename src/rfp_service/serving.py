"""Running the service in one process: the database it stands on, the HTTP door, the worker beside it."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from socket import socket
from types import FrameType

import structlog
import uvicorn

from rfp_service.app import create_app
from rfp_service.service import Service, opened
from rfp_service.worker import HealDatabase, work
from shared.audit.log.keys import log_keys
from shared.database import stop
from shared.embedded.errors import EmbeddedPostgresFailed
from shared.embedded.places import has_database
from shared.embedded.server import embedded_postgres, ensure_running
from shared.settings import NotConfigured, Profile, Settings

BACKLOG = 2_048
CONCURRENCY_LIMIT = 1_000
KEEP_ALIVE_SECONDS = 30
GRACE_SECONDS = 10

COLLECT_AFTER = (50_000, 20, 50)

log = structlog.get_logger(__name__)


def collect_seldom() -> None:
    """Let the garbage collector look less often, and never again at what the program itself consists of.

    What requests leave behind is freed by counting; circles are few, and looking for them every 700
    objects took a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


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
        yield Database(
            settings.database_url, settings.database_owner_url or _demonstration(settings)
        )
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


@asynccontextmanager
async def with_worker(
    settings: Settings, base: Database, *, worker: bool
) -> AsyncIterator[Service]:
    """Open the service, and work in the background beside it where that is wanted."""
    if worker:
        log_keys(settings)  # without them there is no point in beginning
    async with opened(settings, base.service) as service:
        working = None
        if worker:
            working = asyncio.create_task(work(service, *([base.heal] if base.heal else [])))
            working.add_done_callback(_loudly)
        try:
            yield service
        finally:
            if working is not None:
                await stop(working)


def _loudly(working: "asyncio.Task[None]") -> None:
    """A worker that gave up is a fault: say so, and end with it, so that whoever supervises begins anew."""
    if not working.cancelled() and (error := working.exception()):
        log.critical("worker ended", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


class _Server(uvicorn.Server):
    """A server that says when it can be talked to."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def serve(
    settings: Settings, base: Database, *, worker: bool, announce: Callable[[], None] = lambda: None
) -> None:
    """Serve until asked to stop."""
    app = create_app(
        lambda: with_worker(settings, base, worker=worker),
        origins=settings.origins,
        tls=settings.profile is Profile.PRODUCTION,
    )
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=CONCURRENCY_LIMIT,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    collect_seldom()
    _Server(config, announce).run()


def stop_cleanly() -> None:
    """Let a request to stop unwind everything that was opened, the embedded database last."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


def must_have_owner(base: Database) -> str:
    """Return the owner's address, or say that it is needed."""
    if base.owner is None:
        raise NotConfigured(
            "Set DATABASE_OWNER_URL, or give `rfp-service migrate --sql` to the owner."
        )
    return base.owner


def must_be_set_up(settings: Settings) -> None:
    """Refuse a data folder in which nothing was ever run, instead of making a database to read."""
    if settings.database_url is None and not has_database(settings.data_dir):
        raise NotConfigured(nothing_in(settings))


def nothing_in(settings: Settings) -> str:
    """Return what to do where the data folder holds nothing."""
    return (
        f"Nothing was ever run on the data folder {settings.data_dir}: set DATA_DIR as it was for"
        " `make demo`, or run that first."
    )


def say(text: str) -> None:
    """Say something to whoever runs the command."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
