"""A tier that does not answer: due soon, overdue, escalated, each once, whoever was away and how long."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.rfps.domain.events import RfpHoldEnded, RfpHoldStarted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rooms import DEADLINES, REACTIONS
from shared.governance.notifications.approval_turns import (
    ApprovalEscalated,
    ApprovalTurnBegan,
    EscalatedTo,
    turn_id,
)
from shared.kernel.messages import Event, Known
from shared.kernel.person import Person
from shared.kernel.rules import ApprovalClocks
from shared.record.deadlines.firing import Firing
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.contracts import examples as contracts
from tests.rfps import way
from tests.rfps.examples import IN_APPROVAL
from tests.support.postgres import Base, session
from tests.support.specs import NOW, RULES, STREAM, TIERS, as_stored, stamp

CLOCKS = ApprovalClocks(answer_working_days=2, stand_in_working_days=4, next_tier_working_days=6)
# The turn begins on Monday, 2 March 2026.
SOON = datetime(2026, 3, 4, 9, tzinfo=UTC)
DUE = datetime(2026, 3, 5, tzinfo=UTC)
TO_STAND_IN = datetime(2026, 3, 7, tzinfo=UTC)
TO_NEXT_TIER = datetime(2026, 3, 11, tzinfo=UTC)
ALL = ["approval.due-soon", "approval.overdue", "approval.escalated", "approval.escalated"]


class Clockwork:
    """The background work on instants of one's choosing, by a scheme with clocks or without."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore, clocks: ApprovalClocks | None = CLOCKS) -> None:
        self.pool, self.store = pool, store
        self.rules = RULES.model_copy(update={"approval_clocks": clocks})

    async def known(self, _: Person) -> Known:
        return Known(position=7, scheme_version=3, rules=self.rules, tiers=TIERS)

    async def work(self, now: datetime) -> None:
        reactor = Reactor(self.pool, self.store.reader, REACTIONS)
        firing = Firing(self.pool, self.store, self.known, DEADLINES)
        while await reactor.catch_up() or await firing.fire(now):
            pass

    async def happened(self, history: way.History, at: datetime = NOW) -> None:
        version = (await self.store.load(STREAM, Rfp())).version
        mapper = self.store.mapper
        await self.store.append(
            [
                mapper.stored(STREAM, n, as_stored(event), stamp("ann", at=at))
                for n, event in enumerate(history, start=version + 1)
            ]
        )

    async def told(self) -> list[str]:
        """Return what is to be told of a turn's clocks, in order."""
        rows = await self.pool.fetch(
            "SELECT * FROM notifications WHERE type NOT IN ('approval.requested', 'turn.began') ORDER BY id"
        )
        assert {(row["case_kind"], row["case_id"]) for row in rows} <= {("rfp", STREAM)}
        return [row["type"] for row in rows]

    async def events(self, kind: type[Event[Any]]) -> list[Any]:
        recorded = await self.store.reader.after(0)
        return [each.event for each in recorded if isinstance(each.event, kind)]


@pytest.fixture
async def clock(pool: asyncpg.Pool, store: EventStore) -> Clockwork:
    """An RFP whose first tier's turn has just begun."""
    await Reactor(pool, store.reader, REACTIONS).introduce()
    made = Clockwork(pool, store)
    await made.happened(IN_APPROVAL)
    await made.work(NOW)
    return made


async def test_each_comes_in_its_time_and_once(clock: Clockwork) -> None:
    for n, at in enumerate((SOON, DUE, TO_STAND_IN, TO_NEXT_TIER)):
        await clock.work(at - timedelta(seconds=1))
        assert await clock.told() == ALL[:n]
        await clock.work(at)
        await clock.work(at)
        assert await clock.told() == ALL[: n + 1]
    inside, above = await clock.events(ApprovalEscalated)
    assert (inside.to, inside.tier, inside.told_tier) == (EscalatedTo.STAND_IN, "head", "")
    assert (above.to, above.tier, above.told_tier) == (EscalatedTo.NEXT_TIER, "head", "director")
    assert (await clock.store.load(STREAM, Rfp())).version == len(IN_APPROVAL)  # nobody's decision is moved


async def test_after_downtime_what_is_overdue_is_said_and_no_longer_that_it_is_due_soon(
    clock: Clockwork,
) -> None:
    await clock.work(TO_NEXT_TIER + timedelta(days=3))
    assert await clock.told() == ALL[1:]
    assert [escalated.late for escalated in await clock.events(ApprovalEscalated)] == [True, True]


async def test_two_workers_say_each_once(clock: Clockwork, base: Base) -> None:
    later = TO_NEXT_TIER + timedelta(days=3)
    others = [Clockwork(clock.pool, clock.store) for _ in range(3)]
    await asyncio.gather(*(each.work(later) for each in (clock, *others)))
    async with session(base.admin) as owner:
        await owner.execute("UPDATE deadlines SET settled_at = NULL, outcome = NULL, leased_until = NULL")
    await clock.work(later)  # whoever died before settling
    assert await clock.told() == ALL[1:]


async def test_what_is_answered_is_no_longer_asked_for(clock: Clockwork) -> None:
    await clock.work(SOON)
    await clock.work(DUE)
    await clock.happened([way.READY[-1]])
    await clock.work(TO_NEXT_TIER)
    assert await clock.told() == [*ALL[:2], "approval.decided"]


async def test_on_hold_nobody_is_chased_and_afterwards_the_clocks_begin_anew(clock: Clockwork) -> None:
    hold = RfpHoldStarted(stage=Stage.APPROVAL, waiting_on=Party.REQUESTER, reason="Budget.")
    await clock.happened([hold])
    await clock.work(TO_NEXT_TIER)
    assert await clock.told() == []
    ended = RfpHoldEnded(stage=Stage.APPROVAL, waiting_on=Party.APPROVER)
    await clock.happened([ended], TO_NEXT_TIER)  # a Wednesday
    await clock.work(TO_NEXT_TIER)
    await clock.work(TO_NEXT_TIER + timedelta(days=2, hours=9))
    assert await clock.told() == ALL[:1]
    await clock.work(TO_NEXT_TIER + timedelta(days=3))
    assert await clock.told() == ALL[:2]


async def test_the_days_are_londons_also_when_its_clocks_change(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    clock = Clockwork(pool, store)
    thursday = datetime(2026, 3, 26, 23, 30, tzinfo=UTC)  # clocks change on Sunday, 29 March
    await clock.happened(IN_APPROVAL, thursday)
    await clock.work(thursday)
    [began] = await clock.events(ApprovalTurnBegan)
    assert began.due_soon_at == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert began.due_at == datetime(2026, 3, 30, 23, tzinfo=UTC)  # midnight, by summer time
    assert began.stand_in_at == datetime(2026, 4, 1, 23, tzinfo=UTC)
    assert began.next_tier_at == datetime(2026, 4, 7, 23, tzinfo=UTC)  # Easter is left out


async def test_a_scheme_without_clocks_chases_nobody(pool: asyncpg.Pool, store: EventStore) -> None:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    clock = Clockwork(pool, store, None)
    await clock.happened(IN_APPROVAL)
    await clock.work(TO_NEXT_TIER)
    assert await clock.told() == []
    assert [row["outcome"] for row in await pool.fetch("SELECT outcome FROM deadlines")] == ["moot"]


async def test_the_last_tier_has_none_above_it(pool: asyncpg.Pool, store: EventStore) -> None:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    clock = Clockwork(pool, store)
    history = [*IN_APPROVAL[:-1], IN_APPROVAL[-1].model_copy(update={"tiers": ("director",)})]
    await clock.happened(history)
    await clock.work(TO_NEXT_TIER)
    assert await clock.told() == ALL[1:3]


async def test_a_renewal_is_chased_like_an_rfp_until_its_last_tier_has_answered(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    clock = Clockwork(pool, store)
    history = [*contracts.REGISTERED, contracts.REVIEWED, contracts.recommended(RenewalOutcome.EXTEND)]
    mapper = store.mapper
    stored = [mapper.stored(STREAM, n, as_stored(e), stamp("cora")) for n, e in enumerate(history, start=1)]
    await store.append(stored)
    await clock.work(NOW)
    await clock.work(SOON)
    await clock.work(DUE)
    answered = mapper.stored(STREAM, len(history) + 1, as_stored(contracts.APPROVED), stamp("hana", at=DUE))
    await store.append([answered])
    await clock.work(TO_NEXT_TIER)
    rows = await pool.fetch("SELECT case_kind, type, tier FROM notifications ORDER BY id")
    assert [tuple(row) for row in rows if row["type"].startswith("approval")] == [
        ("contract", "approval.requested", "head"),
        ("contract", "approval.due-soon", "head"),
        ("contract", "approval.overdue", "head"),
        ("contract", "approval.decided", "head"),
    ]


def test_a_turn_is_named_by_its_case_and_version() -> None:
    assert turn_id(STREAM, 3) != turn_id(STREAM, 4)
    assert turn_id(STREAM, 3) != turn_id(UUID(int=1), 3)
