"""Running the service in one process: the database it stands on, the HTTP door, the worker beside it."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from socket import socket

import structlog
import uvicorn

from rfp_service.app import create_app
from rfp_service.concurrent_requests import ConcurrentRequests
from rfp_service.connections import BoundedConnection, allow_many_files
from rfp_service.databases import Database
from rfp_service.memory import give_memory_back
from rfp_service.service import Service, opened
from rfp_service.worker import work
from shared.kernel.calendar import WorkingDays, find_bank_holidays
from shared.ledger.log_keys import log_keys
from shared.record.database import stop
from shared.settings import NotConfigured, Profile, Settings

BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 30
GRACE_SECONDS = 10

COLLECT_AFTER = (50_000, 20, 50)

log = structlog.get_logger(__name__)


def collect_seldom() -> None:
    """Let the garbage collector look less often, and never again at what the program itself consists of.

    What requests leave behind is freed by counting; circles are few, and looking for them every 700
    objects took a tenth of the time.
    """
    give_memory_back()
    gc.set_threshold(*COLLECT_AFTER)


@asynccontextmanager
async def with_worker(
    settings: Settings, base: Database, *, worker: bool, held: bool = False
) -> AsyncIterator[Service]:
    """Open the service, and work in the background beside it where that is wanted."""
    if worker:
        log_keys(settings)  # without them there is no point in beginning
    async with opened(settings, base.service, held=held) as service:
        if held:  # it serves for a while
            asyncio.get_running_loop().run_in_executor(None, find_bank_holidays)
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
    """A worker that gave up is a fault: say so, and end with it, so that whoever supervises begins again."""
    if not working.cancelled() and (error := working.exception()):
        log.critical("worker ended", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


class _Opening:
    """Opens the service as its server begins, and keeps what went wrong for whoever called the command."""

    def __init__(self, service: Callable[[], AbstractAsyncContextManager[Service]]) -> None:
        self._service = service
        self.fault: Exception | None = None

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Service]:
        async with AsyncExitStack() as stack:
            try:
                service = await stack.enter_async_context(self._service())
            except Exception as fault:
                self.fault = fault
                raise
            yield service

    def is_worth_a_line(self, record: logging.LogRecord) -> bool:
        """Leave the traceback of a fault out of the log: the command ends with its sentence."""
        return self.fault is None or record.levelno < logging.ERROR


class _Server(uvicorn.Server):
    """A server that says when it can be talked to, or why not."""

    def __init__(self, config: uvicorn.Config, opening: _Opening, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._opening, self._announce = opening, announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            if self._opening.fault is not None:
                raise self._opening.fault from None
            where = f"port {self.config.port} of {self.config.host}"
            raise NotConfigured(f"Nothing can listen at {where}: is it taken? Set PORT, or HOST.") from None
        if self.started:
            self._announce()
            collect_seldom()  # it takes a while, for which nobody need wait to be told


def serve(
    settings: Settings, base: Database, *, worker: bool, announce: Callable[[], None] = lambda: None
) -> None:
    """Serve until asked to stop."""
    opening = _Opening(lambda: with_worker(settings, base, worker=worker, held=True))
    logging.getLogger("uvicorn.error").addFilter(opening.is_worth_a_line)
    tls = settings.profile is Profile.PRODUCTION
    app = create_app(opening, origins=settings.origins, tls=tls)
    config = uvicorn.Config(
        ConcurrentRequests(app, tls=tls),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedConnection,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whose word counts is for TRUSTED_PROXIES to say
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    WorkingDays()  # reads the bank holidays, so that no request waits for them
    allow_many_files()
    _Server(config, opening, announce).run()
