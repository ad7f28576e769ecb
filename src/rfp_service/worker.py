"""The background door: one process at a time keeps views current, lets reactions react, fires deadlines.

It also goes on with the jobs whose process has died.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from rfp_service.databases import HealDatabase
from rfp_service.service import DEADLINES, REACTIONS, VIEWS, Service
from shared.ledger.log_keys import LogKeys, log_keys
from shared.ledger.signing import keep_log
from shared.record.database import AWAY, being_cancelled
from shared.record.deadlines.firing import Firing
from shared.record.projecting.projector import NotificationListener, Projector
from shared.record.projecting.reactions import Reactor

APPENDED = "stored_events"
POLL_SECONDS = 5.0
RETRY_SECONDS = 1.0
RETRY_SECONDS_LIMIT = 30.0
FAULTS_LIMIT = 300  # in a row: over two hours
WORKER_LOCK = 4_210_502

log = structlog.get_logger(__name__)


async def _leave_it() -> None:
    """Leave a database that is away to those who run it."""


async def work(service: Service, heal: HealDatabase = _leave_it) -> None:
    """Work until cancelled: wait for a database that is away, however long, and begin again after a fault.

    Faults in a row make it begin again more and more slowly, and at last give up.
    """
    faults = 0
    keys = log_keys(service.settings)

    def went_well() -> None:
        nonlocal faults
        faults = 0

    while True:
        try:
            await _work_on_one_connection(service, keys, went_well)
        except AWAY as error:
            if being_cancelled():
                raise
            log.warning("worker waits for the database", error=type(error).__name__)
            await heal()
            await asyncio.sleep(RETRY_SECONDS)
        except Exception:  # whatever it was, the others' work must not end with it
            faults += 1
            log.exception("worker failed, and begins again", faults=faults)
            if faults > FAULTS_LIMIT:
                raise
            await asyncio.sleep(min(RETRY_SECONDS * faults, RETRY_SECONDS_LIMIT))


async def _work_on_one_connection(service: Service, keys: LogKeys, went_well: Callable[[], None]) -> None:
    """Hold the worker's lock on one connection, and keep up with the record while it lives."""
    projector = Projector(service.pool, service.record, VIEWS)
    reactor = Reactor(service.pool, service.record, REACTIONS)
    firing = Firing(service.pool, service.store, service.known, DEADLINES)
    listener, log_listener = (
        NotificationListener(APPENDED, POLL_SECONDS),
        NotificationListener(APPENDED, POLL_SECONDS),
    )
    async with service.pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", WORKER_LOCK):
            went_well()
            await asyncio.sleep(POLL_SECONDS)  # another process does this work
            return
        await listener.attach(connection)
        await log_listener.attach(connection)
        keeping = asyncio.create_task(keep_log(service.pool, keys, log_listener))
        try:
            await reactor.introduce()
            while not connection.is_closed():
                await _all_of_it(
                    projector.catch_up, reactor.catch_up, firing.fire, service.batches.jobs.resume
                )
                went_well()
                await listener.wait(await firing.seconds_to_next())
                if keeping.done():
                    keeping.result()  # it goes on for ever, or failed
        finally:
            connection.terminate()  # its lock and its listening go with it
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _all_of_it(*kinds_of_work: Callable[[], Awaitable[int]]) -> None:
    """Do each kind of work until there is none left, one kind after the other."""
    for work_on in kinds_of_work:
        while await work_on():
            pass
