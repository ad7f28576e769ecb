"""A period at a glance: what was out of the ordinary in it, above all which approvals came late."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rfp_service.events import EVENTS
from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.views.targets import Targets
from rfp_service.rooms import VIEWS
from shared.governance.audit.exception_figures import COUNTED
from shared.governance.audit.replay.periods import period
from shared.governance.disclosure.disclosure_filter import DisclosureFilter
from shared.governance.disclosure.exemptions import Exemptions
from shared.governance.disclosure.sealed_fields import SealedFields
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues, Version
from shared.governance.scheme.lateness import late
from shared.governance.scheme.parts import ApprovalTier, StageTarget
from shared.governance.scheme.proposals import SchemeConfirmed, SchemeProposed
from shared.kernel.messages import Recorded
from shared.kernel.person import Person
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.record.projecting.visibility import Visibility
from shared.web.reads.readings import Reading
from tests.shared.record.projecting.examples import NOW, happen, year


def adopted(*versions: tuple[date, int]) -> Scheme:
    """A scheme that gives approvals so many working days, from each day on."""
    return Scheme(
        tuple(
            Version(
                number,
                SchemeValues(
                    effective_from=since,
                    tiers=[ApprovalTier(name="head", up_to_pence=100, approvers=["hana"])],
                    stage_targets=[StageTarget(stage="approval", working_days=days)],
                ),
            )
            for number, (since, days) in enumerate(versions, start=1)
        )
    )


FIVE_DAYS = adopted((date(2026, 1, 1), 5))
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def decided(after: timedelta, stage: str = "approval") -> dict[str, Any]:
    return {"position": 7, "happened_at": MONDAY + after, "since": MONDAY, "stage": stage}


@pytest.mark.parametrize(("days", "came_late"), [(0, False), (4, False), (7, False), (8, True), (30, True)])
def test_given_five_working_days_when_decided_after_the_fifth_then_late(
    days: int,
    came_late: bool,  # noqa: FBT001  # what is expected
) -> None:
    assert list(late([decided(timedelta(days=days))], FIVE_DAYS)) == [7] * came_late


def test_given_no_target_when_decided_whenever_then_not_late() -> None:
    year_later = timedelta(days=365)
    assert list(late([decided(year_later, "waiver")], FIVE_DAYS)) == []
    assert list(late([decided(year_later)], Scheme())) == []


def test_given_another_target_later_when_decided_before_then_the_old_one_counts() -> None:
    stricter = adopted((date(2026, 1, 1), 10), (date(2026, 3, 16), 1))
    assert list(late([decided(timedelta(days=9))], stricter)) == []
    assert list(late([decided(timedelta(days=14))], stricter)) == [7]  # in force by then
    looser = adopted((date(2026, 1, 1), 1), (date(2026, 3, 9), 100))
    assert list(late([decided(timedelta(days=3))], looser)) == [7]  # though it would not be today


def test_every_event_that_a_figure_names_is_one_there_is() -> None:
    known = {event.__name__ for event in EVENTS}
    assert {name for counting in COUNTED.values() for name in counting.names} <= known


@pytest.fixture
async def reading(pool: asyncpg.Pool, store: EventStore) -> Reading:
    """The whole demonstration's year, in which some approvers are slow, as somebody reads it."""
    await happen(store, year())
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    exemptions = Exemptions(pool, Visibility(pool))
    redact = DisclosureFilter(
        pool, store.changes, SealedFields(EVENTS), exemptions, PersonalTexts(pool, bytes(32)), PERMISSIONS
    )
    sam = Person("sam", ())
    return Reading(
        pool,
        store.reader,
        len(year()),
        visible=len(year()),
        as_of=datetime.now(UTC),
        past=False,
        person=sam,
        redact=redact,
    )


async def test_the_figures_of_a_year_are_those_that_one_counts_by_hand(reading: Reading) -> None:
    """Counted over again from the events themselves, case by case, by another road than the view's."""
    events = [r for r in await reading.record.after(0, 10_000) if is_decision(r)]
    start, end = NOW - timedelta(days=300), NOW - timedelta(days=20)
    seen = (await period(reading, start, end)).recorded_now
    inside = [r for r in events if start <= r.happened_at < end]
    assert seen.decisions == len(inside)
    assert seen.by_kind == Counter(type(r.event).__name__ for r in inside)
    assert seen.by_delegation.n == sum(bool(r.stamp.acting_for) for r in inside)
    for figure in ("exceptions", "urgencies", "waivers", "call_ins", "corrections"):
        names = COUNTED[figure].names
        expected = [r.position for r in inside if type(r.event).__name__ in names]
        assert (getattr(seen, figure).n, getattr(seen, figure).positions) == (len(expected), expected[:100])
    expected = [r.position for r in by_hand_late(events) if start <= r.happened_at < end]
    assert seen.late_approvals.positions == expected[:100]
    assert seen.late_approvals.n == len(expected) > 0


def is_decision(recorded: Recorded) -> bool:
    return type(recorded.event).body_of_work != ""


def by_hand_late(events: list[Recorded]) -> list[Recorded]:
    scheme: Any = Scheme()
    for recorded in events:
        if recorded.stream_id == SCHEME_ID:
            assert isinstance(recorded.event, SchemeProposed | SchemeConfirmed)
            scheme = recorded.event.apply(scheme)
    standing: dict[UUID, tuple[str, datetime]] = {}
    found = []
    for recorded in events:
        stage, since = standing.get(recorded.stream_id, ("", recorded.happened_at))
        if recorded.stamp.authority == "approver" and stage:
            due = Targets(scheme, recorded.happened_at).of(stage, since)
            found += [recorded] * bool(due.overdue_working_days)
        now = str(getattr(recorded.event, "stage", stage))
        if now != stage:
            standing[recorded.stream_id] = (now, recorded.happened_at)
    return found
