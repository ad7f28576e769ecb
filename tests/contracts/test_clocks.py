"""A contract's clocks on a real database: each decides once, late after downtime, anew after a change."""

from datetime import UTC, date, datetime
from typing import Any

import asyncpg

from rfp_service.contracts.commands.registration import CorrectTerms
from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.renewal_events import NoticeDeadlineMissed, ReviewFallsDue
from rfp_service.rooms import DEADLINES, REACTIONS, SUBJECTS, VIEWS
from shared.governance.notifications.fan_out import FanOut
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.record.deadlines.firing import Firing
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.record.projecting.reactions import Reactor
from tests.contracts.examples import TACIT, register
from tests.support.specs import RULES, stamp

ID = contract_id("C-1")


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=UTC)


async def known(_: Person) -> Known:
    return Known(position=7, scheme_version=3, rules=RULES)


class Worker:
    """The background work, begun anew with each instance, on days of one's choosing."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore) -> None:
        self.pool, self.store = pool, store

    async def work(self, now: datetime) -> None:
        reactor = Reactor(self.pool, self.store.reader, REACTIONS)
        firing = Firing(self.pool, self.store, known, DEADLINES)
        while await reactor.catch_up() or await firing.fire(now):
            pass

    async def events(self, kind: type[Any]) -> list[Any]:
        recorded = await self.store.reader.stream(ID)
        return [r.event for r in recorded if isinstance(r.event, kind)]


async def begun(pool: asyncpg.Pool, store: EventStore) -> Worker:
    worker = Worker(pool, store)
    await Reactor(pool, store.reader, REACTIONS).introduce()
    decided_at = stamp("cora", rules=RULES, at=at(2025, 7, 1))
    command = register(TACIT, review_on=None)
    await store.handle(ID, command, decided_at, blank=Contract(), absent=True)
    return worker


async def test_a_notice_is_missed_once_over_restarts_and_after_downtime(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    worker = await begun(pool, store)
    await worker.work(at(2025, 7, 2))
    assert await worker.events(ReviewFallsDue) == []
    await worker.work(at(2025, 10, 1))  # 180 days before 30 March
    [due] = await worker.events(ReviewFallsDue)
    assert (due.last_safe, due.exposure_pence) == (date(2026, 3, 30), 1_200_000)
    for _ in range(3):  # away since; and then, begun again and again
        await Worker(pool, store).work(at(2026, 4, 20))
    [missed] = await worker.events(NoticeDeadlineMissed)
    assert missed.late
    assert (missed.rolls, missed.exposure_pence) == (True, 1_200_000)


async def test_a_changed_date_moves_the_alert_and_the_miss_with_it(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    worker = await begun(pool, store)
    await worker.work(at(2025, 10, 1))
    assert len(await worker.events(ReviewFallsDue)) == 1
    change = CorrectTerms.model_validate({"terms": {**TACIT, "start": "2023-12-01"}, "reason": "Clause 1."})
    decided_at = stamp("cora", rules=RULES, at=at(2025, 10, 2))
    await store.handle(ID, change, decided_at, blank=Contract())
    await worker.work(at(2025, 10, 3))
    assert len(await worker.events(ReviewFallsDue)) == 1
    await worker.work(at(2026, 3, 3))  # 180 days before 30 August
    assert len(await worker.events(ReviewFallsDue)) == 2
    await worker.work(at(2026, 8, 30))
    assert await worker.events(NoticeDeadlineMissed) == []
    await worker.work(at(2026, 8, 31))
    [missed] = await worker.events(NoticeDeadlineMissed)
    assert missed.last_safe.isoformat() == "2026-08-30"


async def test_whoever_answers_for_a_contract_is_told_of_its_last_safe_date_near_and_missed(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    decided_at = stamp("cora", rules=RULES, at=at(2025, 7, 1))
    command = register(TACIT, review_on=None, owner="omar")
    await store.handle(ID, command, decided_at, blank=Contract(), absent=True)
    worker = Worker(pool, store)
    await worker.work(at(2025, 10, 1))
    await worker.work(at(2026, 4, 20))
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    spreading = FanOut(pool, store, SUBJECTS, "https://rfp.example")
    while await spreading.spread():
        pass
    rows = await pool.fetch("SELECT type, people, body FROM notifications ORDER BY id")
    assert [(row["type"], row["people"]) for row in rows] == [
        ("contract.date-near", ["omar"]),  # 180 days before
        ("contract.date-near", ["omar"]),  # late, for the service was away
        ("contract.date-missed", ["omar"]),
    ]
    assert all(f"https://rfp.example/v1/contracts/{ID}".encode() in row["body"] for row in rows)
