"""What is due by a day: its owner is told a week before, and once it is overdue; never of what is done."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from outcomes.domain.milestone_events import EvidenceReturned, MilestoneRebaselined
from projects.domain.delivery import ActionStepDone
from projects.domain.project import ProjectStage
from rfp_service.due_days import days_of_plan
from rfp_service.rooms import DEADLINES, REACTIONS, SUBJECTS
from shared.governance.notifications.due_days import (
    DueDay,
    DueDayNeared,
    DueDayPassed,
    NearDueDay,
    PassDueDay,
)
from shared.governance.notifications.fan_out import FanOut
from shared.kernel.messages import Event, Known
from shared.kernel.person import Person
from shared.record.deadlines.firing import Firing
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.outcomes import examples as outcomes
from tests.projects import examples as projects
from tests.support.specs import NOW, STREAM, as_stored, given, stamp

DUE = date(2026, 3, 20)
SOON, OVER = datetime(2026, 3, 13, 9, tzinfo=UTC), datetime(2026, 3, 21, tzinfo=UTC)
SAID: dict[str, Any] = {"thing_kind": "milestone", "thing_id": str(STREAM), "thing_version": 1, "part": ""}
STILL = {**SAID, "due": "2026-03-20"}
NEARED, PASSED = DueDayNeared(**SAID, due=DUE), DueDayPassed(**SAID, due=DUE)
SCHEDULED = outcomes.SCHEDULED.model_copy(update={"due": DUE, "owner": "olga"})


@pytest.mark.parametrize(
    ("history", "command", "at", "facts", "said"),
    [
        ((), NearDueDay, SOON, STILL, (NEARED,)),
        ((), NearDueDay, OVER, STILL, ()),  # it is overdue by now, and that is said
        ((), NearDueDay, SOON, {**SAID, "due": "2026-05-01"}, ()),  # it was moved
        ((), NearDueDay, SOON, {**SAID, "due": ""}, ()),  # it is done
        ((NEARED,), NearDueDay, SOON, STILL, ()),
        ((NEARED,), PassDueDay, OVER, STILL, (PASSED,)),
        ((PASSED,), PassDueDay, OVER, STILL, ()),
        ((), PassDueDay, OVER, {**SAID, "due": "2026-05-01"}, ()),
        ((), PassDueDay, OVER, {**SAID, "due": ""}, ()),
    ],
)
def test_each_day_is_said_once(
    history: tuple[Event[DueDay], ...],
    command: type[NearDueDay],
    at: datetime,
    facts: dict[str, Any],
    said: tuple[Event[DueDay], ...],
) -> None:
    asked = command(number=1, due_at=at)
    given(DueDay(), *history).when(asked, at=at, **facts).then(*said)


def test_one_that_comes_after_the_service_was_away_says_so() -> None:
    given(DueDay()).when(PassDueDay(number=1, due_at=OVER), at=OVER + timedelta(days=2), **STILL).then(
        PASSED.model_copy(update={"late": True})
    )


class Calendar:
    """The background work on instants of one's choosing."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore) -> None:
        self.pool, self.store = pool, store

    async def known(self, _: Person) -> Known:
        return Known(position=1)

    async def work(self, now: datetime) -> None:
        reactor = Reactor(self.pool, self.store.reader, REACTIONS)
        firing = Firing(self.pool, self.store, self.known, DEADLINES)
        while await reactor.catch_up() or await firing.fire(now):
            pass

    async def happened(self, *events: Event[Any], at: datetime = NOW) -> None:
        version = len(await self.store.reader.stream(STREAM))
        mapper = self.store.mapper
        await self.store.append(
            [
                mapper.stored(STREAM, n, as_stored(event), stamp("ann", at=at))
                for n, event in enumerate(events, start=version + 1)
            ]
        )

    async def told(self) -> list[tuple[str, str, UUID, list[str]]]:
        """Return what is to be told of what, and whom."""
        await self.pool.execute(
            "UPDATE views SET position = 1000 WHERE name IN ('webhook_endpoints', 'exemptions')"
        )
        spreading = FanOut(self.pool, self.store, SUBJECTS, "https://rfp.example")
        while await spreading.spread():
            pass
        rows = await self.pool.fetch("SELECT type, case_kind, case_id, people FROM notifications ORDER BY id")
        return [tuple(row) for row in rows]


@pytest.fixture
async def calendar(pool: asyncpg.Pool, store: EventStore) -> Calendar:
    await Reactor(pool, store.reader, REACTIONS).introduce()
    return Calendar(pool, store)


async def test_a_milestones_owner_is_told_before_and_after_its_day(calendar: Calendar) -> None:
    await calendar.happened(SCHEDULED)
    await calendar.work(SOON - timedelta(seconds=1))
    assert await calendar.told() == []
    await calendar.work(SOON)
    await calendar.work(SOON)
    soon = ("milestone.due-soon", "milestone", STREAM, ["olga"])
    assert await calendar.told() == [soon]
    await calendar.happened(outcomes.SHOWN)
    await calendar.work(OVER)
    assert await calendar.told() == [soon]  # evidence is in: somebody else's turn
    await calendar.happened(EvidenceReturned(reason="Not signed."), at=OVER)
    await calendar.work(OVER)
    overdue = ("milestone.overdue", "milestone", STREAM, ["olga"])
    assert await calendar.told() == [soon, overdue]
    later = date(2026, 9, 1)
    await calendar.happened(MilestoneRebaselined(old=DUE, new=later, reason="Data late.", on=DUE), at=OVER)
    await calendar.work(datetime(2026, 8, 25, 7, tzinfo=UTC))
    assert await calendar.told() == [soon, overdue]
    await calendar.work(datetime(2026, 8, 25, 8, tzinfo=UTC))  # nine o'clock in summer
    assert await calendar.told() == [soon, overdue, soon]


async def test_a_plans_owner_is_told_of_each_step_and_of_the_plan(calendar: Calendar) -> None:
    done = ActionStepDone(stage=ProjectStage.IDENTIFIED, step=1, done_on=date(2026, 3, 5))
    await calendar.happened(projects.IDENTIFIED, projects.PLAN)
    await calendar.work(datetime(2026, 4, 2, tzinfo=UTC))
    soon, overdue = ((kind, "project", STREAM, ["pia"]) for kind in ("plan.due-soon", "plan.overdue"))
    assert await calendar.told() == [overdue]  # the step, long after its week
    await calendar.happened(done)
    await calendar.work(datetime(2026, 6, 2, tzinfo=UTC))
    assert await calendar.told() == [overdue]  # every step is done, so the plan is
    assert soon not in await calendar.told()


def test_a_plan_is_due_until_its_steps_are_done() -> None:
    project = projects.PLAN.apply(projects.IDENTIFIED.apply(projects.Project()))
    assert days_of_plan(project) == {"step 1": date(2026, 4, 1), "": date(2026, 6, 1)}
    done = ActionStepDone(stage=ProjectStage.IDENTIFIED, step=1, done_on=date(2026, 3, 5)).apply(project)
    assert days_of_plan(done) == {}
    assert days_of_plan(projects.CANCELLED.apply(project)) == {}
