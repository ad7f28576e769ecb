"""Deadlines move cases by themselves: exactly once, by whoever is there, also after everybody was away."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.rfps.context import RFPS
from rfp_service.rfps.deadlines import DEADLINES, STANDSTILL
from rfp_service.rfps.domain.award_events import StandstillExpired
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.kernel.system_actors import CLOCK
from shared.record.deadlines import firing as firing_module
from shared.record.deadlines.deadline import LATE_AFTER
from shared.record.deadlines.firing import Firing
from shared.record.deadlines.table import ATTEMPTS_LIMIT
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.rfps import way
from tests.rfps.examples import IN_APPROVAL
from tests.rfps.way import STANDSTILL_ENDS
from tests.support.postgres import by_owner, session
from tests.support.specs import NOW, RULES, TIERS, as_stored, stamp

SET_SOON = """
INSERT INTO deadlines (case_id, kind, version, due_at)
VALUES ($1, $2, $3, clock_timestamp() + interval '1 minute')
"""


async def known(person: Person) -> Known:
    assert person == Person(CLOCK, ())
    return Known(position=7, scheme_version=3, rules=RULES)


def firing(pool: asyncpg.Pool, store: EventStore) -> Firing:
    return Firing(pool, store, known, DEADLINES)


async def react(pool: asyncpg.Pool, store: EventStore) -> None:
    reactor = Reactor(pool, store.reader, RFPS.reactions)
    while await reactor.catch_up():
        pass


async def happened(store: EventStore, history: way.History) -> UUID:
    rfp = uuid4()
    await store.append(
        [
            store.mapper.stored(rfp, n, as_stored(event), stamp("ann"))
            for n, event in enumerate(history, start=1)
        ]
    )
    return rfp


@pytest.fixture
async def rfp(pool: asyncpg.Pool, store: EventStore) -> UUID:
    """An RFP in standstill, whose deadline has been set."""
    await Reactor(pool, store.reader, RFPS.reactions).introduce()
    identity = await happened(store, way.IN_STANDSTILL)
    await react(pool, store)
    return identity


async def rows(pool: asyncpg.Pool) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch("SELECT * FROM deadlines ORDER BY id")]


async def test_each_clock_that_starts_sets_its_deadline(pool: asyncpg.Pool, rfp: UUID) -> None:
    found = await rows(pool)
    assert [(row["kind"], row["version"]) for row in found] == [("responses", 1), (STANDSTILL, 2)]
    assert found[1]["due_at"] == STANDSTILL_ENDS
    assert {row["case_id"] for row in found} == {rfp}


async def test_nothing_happens_before_its_time(pool: asyncpg.Pool, store: EventStore, rfp: UUID) -> None:
    early = STANDSTILL_ENDS - timedelta(microseconds=1)
    assert await firing(pool, store).fire(early) == 0
    assert (await store.load(rfp, Rfp())).state.stage is Stage.STANDSTILL


async def test_when_its_time_has_come_the_case_moves_once_knowing_what_others_would(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID
) -> None:
    clock = firing(pool, store)
    assert await clock.fire(STANDSTILL_ENDS) == 1
    assert await clock.fire(STANDSTILL_ENDS) == 0
    *_, last = await store.reader.stream(rfp)
    assert isinstance(last.event, StandstillExpired)
    assert (last.event.due_at, last.event.late) == (STANDSTILL_ENDS, False)
    assert (last.by, last.stamp.authority, last.stamp.known.scheme_version) == (CLOCK, "deadline", 3)
    assert (await rows(pool))[1]["outcome"] == "moved"


async def test_after_downtime_what_was_due_happens_late_and_says_so(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID
) -> None:
    assert await firing(pool, store).fire(datetime.now(UTC)) == 2  # the responses' too, now moot
    *_, last = await store.reader.stream(rfp)
    assert isinstance(last.event, StandstillExpired)
    assert last.event.late
    assert last.happened_at > STANDSTILL_ENDS + LATE_AFTER
    assert [row["outcome"] for row in await rows(pool)] == ["moot", "moved"]


def clock_of_the_process(patch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the process's clock differ from the database's."""

    class Differs(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + by

    patch.setattr(firing_module, "datetime", Differs)


async def test_what_has_not_come_by_the_databases_clock_waits_though_the_process_is_ahead(
    pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        await pool.execute(SET_SOON, uuid4(), STANDSTILL, number)
    clock_of_the_process(monkeypatch, timedelta(hours=1))
    assert await firing(pool, store).fire() == 0
    assert [(row["attempts"], row["leased_until"]) for row in await rows(pool)] == [(0, None)] * 2


async def test_what_has_come_by_the_databases_clock_fires_at_its_time_though_the_process_is_behind(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_of_the_process(monkeypatch, STANDSTILL_ENDS - datetime.now(UTC) - timedelta(days=1))
    before = await pool.fetchval("SELECT clock_timestamp()")
    assert await firing(pool, store).fire() == 2
    *_, last = await store.reader.stream(rfp)
    assert isinstance(last.event, StandstillExpired)
    assert before <= last.happened_at <= await pool.fetchval("SELECT clock_timestamp()")


async def test_where_the_databases_clock_was_set_back_since_the_claim_it_is_asked_again_after_its_lease(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    case = await happened(store, way.IN_STANDSTILL)
    for of_no_clock in (7, 8):
        await pool.execute(SET_SOON, case, STANDSTILL, of_no_clock)
    assert await firing(pool, store).fire(datetime.now(UTC) + timedelta(hours=1)) == 2
    assert [(row["settled_at"], row["attempts"]) for row in await rows(pool)] == [(None, 1)] * 2


async def test_a_deadline_that_died_between_appending_and_settling_happens_once(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID, base: Any
) -> None:
    clock = firing(pool, store)
    await clock.fire(STANDSTILL_ENDS)
    async with session(base.owner) as owner:
        await owner.execute("UPDATE deadlines SET settled_at = NULL, outcome = NULL, leased_until = NULL")
    version = (await store.load(rfp, Rfp())).version
    assert await clock.fire(STANDSTILL_ENDS) == 1
    assert (await store.load(rfp, Rfp())).version == version


async def test_a_claim_that_died_with_its_process_goes_to_the_next_after_its_lease(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID
) -> None:
    await pool.execute("UPDATE deadlines SET leased_until = clock_timestamp() + interval '1 minute'")
    assert await firing(pool, store).fire(STANDSTILL_ENDS) == 0
    await pool.execute("UPDATE deadlines SET leased_until = clock_timestamp() - interval '1 second'")
    assert await firing(pool, store).fire(STANDSTILL_ENDS) == 1
    assert (await store.load(rfp, Rfp())).state.stage is Stage.CONTRACTING


async def test_eight_at_once_move_each_case_once(pool: asyncpg.Pool, store: EventStore) -> None:
    await Reactor(pool, store.reader, RFPS.reactions).introduce()
    cases = [await happened(store, way.IN_STANDSTILL) for _ in range(20)]
    await react(pool, store)
    counts = await asyncio.gather(*(firing(pool, store).fire(STANDSTILL_ENDS) for _ in range(8)))
    assert sum(counts) == len(cases)
    for case in cases:
        stream = await store.load(case, Rfp())
        assert (stream.version, stream.state.stage) == (len(way.IN_STANDSTILL) + 1, Stage.CONTRACTING)


async def test_what_somebody_decided_first_makes_the_deadline_moot(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID
) -> None:
    challenge = way.RecordChallenge(grounds="Unequal treatment.")
    await store.handle(rfp, challenge, stamp("lars"), blank=Rfp())
    await firing(pool, store).fire(STANDSTILL_ENDS)
    assert (await rows(pool))[1]["outcome"] == "moot"
    assert (await store.load(rfp, Rfp())).state.stage is Stage.CHALLENGED


async def test_a_fault_in_one_kind_holds_up_no_other_and_is_tried_again_after_its_lease(
    pool: asyncpg.Pool, store: EventStore, rfp: UUID
) -> None:
    def faulty(**_: object) -> Any:
        raise ZeroDivisionError

    another = await happened(store, way.IN_STANDSTILL)
    await pool.execute(
        "INSERT INTO deadlines (case_id, kind, version, due_at) VALUES ($1, 'faulty', 1, $2)",
        another,
        STANDSTILL_ENDS - timedelta(hours=1),
    )
    kinds = [*DEADLINES, replace(DEADLINES[0], kind="faulty", command=faulty)]
    both = Firing(pool, store, known, kinds)
    assert await both.fire(STANDSTILL_ENDS + timedelta(minutes=1)) == 2
    assert (await store.load(rfp, Rfp())).state.stage is Stage.CONTRACTING
    [left] = [row for row in await rows(pool) if row["kind"] == "faulty"]
    assert (left["settled_at"], left["attempts"]) == (None, 1)
    await by_owner(
        pool,
        "UPDATE deadlines SET attempts = $1, leased_until = NULL WHERE kind = 'faulty'",
        ATTEMPTS_LIMIT - 1,
    )
    assert await both.fire(STANDSTILL_ENDS + timedelta(minutes=2)) == 1
    [left] = [row for row in await rows(pool) if row["kind"] == "faulty"]
    assert left["outcome"] == "failed: ZeroDivisionError"


async def test_what_was_there_before_the_reaction_sets_no_deadline(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await happened(store, way.IN_STANDSTILL)
    await Reactor(pool, store.reader, RFPS.reactions).introduce()
    await react(pool, store)
    assert await rows(pool) == []


async def test_one_that_is_to_be_asked_again_keeps_its_number_and_comes_anew(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await Reactor(pool, store.reader, RFPS.reactions).introduce()
    at_once = RULES.model_copy(update={"unreachable_after_working_days": 0})
    rfp = uuid4()
    asked = stamp("ann", at=NOW, rules=at_once)
    await store.append(
        [store.mapper.stored(rfp, n, as_stored(event), asked) for n, event in enumerate(IN_APPROVAL, 1)]
    )
    await react(pool, store)
    there = True

    async def found(_: Any, __: UUID, number: int) -> dict[str, Any]:
        return {"step": number, "can_act": there, "has_last_resort": False}

    async def known_then(_: Person) -> Known:
        return Known(rules=at_once, tiers=TIERS)

    clock = Firing(pool, store, known_then, [replace(d, find=found) for d in DEADLINES])
    assert await clock.fire(NOW) == 1
    [row] = await rows(pool)
    assert (row["version"], row["settled_at"], row["due_at"]) == (len(IN_APPROVAL), None, NOW + timedelta(1))
    there = False
    assert await clock.fire(NOW) == 0
    assert await clock.fire(NOW + timedelta(days=1)) == 1
    assert (await store.load(rfp, Rfp())).state.approval.waiting_for == "director"
    assert (await rows(pool))[0]["outcome"] == "moved"
