"""The background door: one process at a time keeps views current, lets reactions react, fires deadlines.

It also goes on with the jobs whose process has died.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rfp_service.abandoned_imports import AbandonedImports
from rfp_service.bookkeeping.watch import BookkeepingWatch
from rfp_service.copying import keep_copying
from rfp_service.databases import HealDatabase
from rfp_service.rooms import DEADLINES, REACTIONS, VIEWS
from rfp_service.sending import keep_sending
from rfp_service.service import Service
from rfp_service.waiting_turns import WaitingTurns
from shared.governance.audit.record_index.indexer import Indexer
from shared.governance.notifications.courier_channel import way_out
from shared.governance.notifications.outside import Outside
from shared.ledger.log_keys import LogKeys, log_keys
from shared.ledger.signing import keep_log
from shared.record.backoff import Backoff, keep_at, leave_it
from shared.record.database import being_cancelled, hang_up, has_ended, is_away
from shared.record.deadlines.firing import Firing
from shared.record.heartbeats import WORKED, keep_beating
from shared.record.projecting.projector import NotificationListener, Projector
from shared.record.projecting.reactions import Reactor
from shared.record.projecting.view_watch import ViewWatch

APPENDED, TO_BE_TOLD = "stored_events", "notifications"
POLL_SECONDS = 5.0
WORKER_LOCK = 4_210_502


@dataclass
class Work:
    """One kind of work: a fault in it holds up no other, and it is tried again, more and more slowly."""

    name: str
    work: Callable[[], Awaitable[int]]
    begin: Callable[[], Awaitable[None]] | None = None
    not_before: float = 0.0

    def __post_init__(self) -> None:
        """Begin without faults."""
        self._backoff = Backoff(self.name)

    @property
    def failing(self) -> bool:
        """Say whether it failed when it was last tried."""
        return self._backoff.faults > 0

    @property
    def rests_seconds(self) -> float:
        """Return for how long it still rests after a fault."""
        return max(0.0, self.not_before - time.monotonic())

    async def start(self) -> bool:
        """Do what comes before the first work, once; say whether it is done."""
        if self.begin is not None and await self._tried(self.begin):
            self.begin = None
        return self.begin is None

    async def go_on(self) -> None:
        """Do this work until there is none left."""
        if await self.start() and await self._tried(self.work):
            self._backoff.went_well()

    async def _tried(self, work: Callable[[], Awaitable[int | None]]) -> bool:
        """Say whether work went well until there was none left; not where it rests after a fault."""
        if time.monotonic() < self.not_before:
            return False
        try:
            while await work():
                pass
        except Exception as error:  # it is logged, and must not end the others' work
            if is_away(error) or being_cancelled():
                raise
            self.not_before = time.monotonic() + self._backoff.after(error)
            return False
        return True


async def work(service: Service, heal: HealDatabase = leave_it) -> None:
    """Work until cancelled: wait for a database that is away, however long, and begin again after a fault.

    Faults in a row make it begin again more and more slowly, and at last give up.
    """
    keys = log_keys(service.settings)
    backoff = Backoff("worker")
    async with way_out(service.settings) as outside:

        async def once() -> None:
            await _work_on_one_connection(service, outside, keys, backoff.went_well)

        await keep_at(once, backoff, heal)


def _kinds(service: Service, firing: Firing) -> list[Work]:
    """Return each kind of work, in the order in which they are done."""
    projector = Projector(service.pool, service.record, VIEWS)
    reactor = Reactor(service.pool, service.record, REACTIONS)
    return [
        Work("views", projector.catch_up, projector.resume),
        Work("reactions", reactor.catch_up, reactor.introduce),
        Work("deadlines", firing.fire),
        Work("jobs", service.batches.jobs.resume),
        Work("imports", AbandonedImports(service.pool, service.importer).look_when_due),
        Work("forecasts", service.forecasts.keep_when_due),
        Work("index", Indexer(service.pool, service.store).work_when_due),
        Work("slow-cases", service.slow_cases.look_when_due),
        Work("turns", WaitingTurns(service).look_when_due),
    ]


async def _work_on_one_connection(
    service: Service, outside: Outside, keys: LogKeys, went_well: Callable[[], None]
) -> None:
    """Hold the worker's lock on one connection, and keep up with the record while it lives."""
    firing = Firing(service.pool, service.store, service.known, DEADLINES)
    kinds = _kinds(service, firing)
    listener, log_listener, told_listener = listeners = [
        NotificationListener(channel, POLL_SECONDS) for channel in (APPENDED, APPENDED, TO_BE_TOLD)
    ]
    besides: list[asyncio.Task[None]] = []
    async with service.pool.acquire() as connection:
        locked = True  # also where the question is broken off: it may have been answered
        try:
            locked = await connection.fetchval("SELECT pg_try_advisory_lock($1)", WORKER_LOCK)
            if not locked:
                went_well()
                await asyncio.sleep(POLL_SECONDS)  # another process does this work
                return
            for each in listeners:
                await each.attach(connection)
            besides += [
                asyncio.create_task(keep_log(service.pool, keys, log_listener)),
                asyncio.create_task(keep_sending(service, outside, told_listener)),
                asyncio.create_task(keep_copying(service, outside)),
                asyncio.create_task(ViewWatch(service.pool, service.record, VIEWS).follow()),
                asyncio.create_task(BookkeepingWatch(service.pool, service.record).follow()),
                asyncio.create_task(keep_beating(service.pool, WORKED)),
            ]
            while not has_ended(connection):
                await _all_of_it(kinds, went_well)
                await listener.wait(await _seconds_to_wait(firing, kinds))
                for beside in besides:
                    if beside.done():
                        beside.result()  # it goes on for ever, has nothing to do, or failed
        finally:
            if locked:
                hang_up(connection)  # its lock and its listening go with it
            for beside in besides:
                beside.cancel()
            await asyncio.gather(*besides, return_exceptions=True)


async def _all_of_it(kinds: Sequence[Work], went_well: Callable[[], None]) -> None:
    """Do each kind of work until there is none left, one kind after the other."""
    for kind in kinds:
        await kind.start()
    for kind in kinds:
        await kind.go_on()
    if not any(kind.failing for kind in kinds):
        went_well()


async def _seconds_to_wait(firing: Firing, kinds: Sequence[Work]) -> float | None:
    """Return when to look again by itself: at the next deadline, or when something failed before."""
    seconds = [await firing.seconds_to_next(), *(kind.rests_seconds for kind in kinds if kind.failing)]
    known = [each for each in seconds if each is not None]
    return min(known) if known else None
