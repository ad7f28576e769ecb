"""Horizons to the day, colours by their rule; both against a calculation of its own on random histories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcomes.commands.milestones import (
    AcceptMilestone,
    DropMilestone,
    RebaselineMilestone,
    ReopenMilestone,
    ReportProgress,
    ReturnEvidence,
    ScheduleMilestone,
    SubmitEvidence,
)
from outcomes.domain.commitments import PromiseFate, commitments
from outcomes.domain.horizons import (
    Colour,
    Horizon,
    MilestoneStanding,
    colour,
    horizon,
    is_overdue,
    months_after,
    silent_since,
    worst,
)
from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.domain.tags import EvidenceDocument
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event
from tests.outcomes.examples import OUTCOME, THERE
from tests.support.specs import stamp

LONDON = ZoneInfo("Europe/London")
DAY = date(2026, 3, 2)
OPEN, MET, DROPPED = MilestoneStatus.OPEN, MilestoneStatus.MET, MilestoneStatus.DROPPED


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2026, 8, 28), date(2027, 2, 28)),
        (date(2026, 3, 31), date(2026, 9, 30)),
        (date(2026, 9, 30), date(2027, 3, 30)),
        (date(2026, 2, 28), date(2026, 8, 28)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(2026, 7, 1), date(2027, 1, 1)),
    ],
)
def test_six_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(day: date, after: date) -> None:
    assert months_after(day, 6) == after
    assert horizon(OPEN, after, day) is Horizon.NEXT
    assert horizon(OPEN, after + timedelta(days=1), day) is Horizon.LATER


def test_what_is_overdue_stays_in_the_next_six_months() -> None:
    assert horizon(OPEN, date(2020, 1, 1), DAY) is Horizon.NEXT
    assert is_overdue(OPEN, DAY - timedelta(days=1), DAY)
    assert not is_overdue(OPEN, DAY, DAY)
    assert not is_overdue(MET, date(2020, 1, 1), DAY)
    assert horizon(OPEN, None, DAY) is Horizon.UNDATED
    assert horizon(MET, None, DAY) is Horizon.ACHIEVED
    assert horizon(DROPPED, DAY, DAY) is Horizon.DROPPED


def standing(**more: Any) -> MilestoneStanding:
    said = {
        "id": UUID(int=1),
        "outcome": OUTCOME,
        "title": "T",
        "status": OPEN,
        "due": DAY + timedelta(days=10),
        "met_on": None,
        "moves": (),
        "last_word_on": DAY,
    }
    return MilestoneStanding(**(said | more))


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, Colour.GREEN),
        ({"status": MET}, Colour.COMPLETE),
        ({"status": DROPPED}, Colour.NOT_RATED),
        ({"due": DAY - timedelta(days=1)}, Colour.AMBER),
        ({"due": DAY - timedelta(days=30)}, Colour.AMBER),
        ({"due": DAY - timedelta(days=31)}, Colour.RED),
        ({"last_word_on": DAY - timedelta(days=30)}, Colour.GREEN),
        ({"last_word_on": DAY - timedelta(days=31)}, Colour.AMBER),
        ({"last_word_on": DAY - timedelta(days=31), "due": None}, Colour.GREEN),
        ({"moves": ("a", "b")}, Colour.AMBER),
        ({"moves": ("a", "b"), "was_undated": True}, Colour.GREEN),
        ({"moves": ("a", "b", "c"), "was_undated": True}, Colour.AMBER),
        ({"waits_for_overdue": 1}, Colour.AMBER),
        ({"is_reopened": True}, Colour.AMBER),
    ],
)
def test_a_colour_follows_from_its_rule(more: dict[str, Any], shown: Colour) -> None:
    found, reasons = colour(standing(**more), DAY)
    assert found is shown
    assert bool(reasons) == (shown in (Colour.AMBER, Colour.RED))


def test_an_outcome_has_the_worst_colour_of_its_milestones() -> None:
    assert worst([Colour.GREEN, Colour.RED, Colour.COMPLETE]) is Colour.RED
    assert worst([Colour.COMPLETE, Colour.GREEN]) is Colour.GREEN
    assert worst([Colour.COMPLETE, Colour.NOT_RATED]) is Colour.COMPLETE
    assert worst([]) is Colour.NOT_RATED


# A random history: some milestones, and on later and later days something is tried with one of them.
MILESTONES = [UUID(int=n + 1) for n in range(6)]
BEGIN = date(2026, 1, 31)
DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
STEP = st.tuples(
    st.integers(0, 40),
    st.sampled_from(MILESTONES),
    st.sampled_from(
        [
            "schedule",
            "schedule",
            "move",
            "move",
            "report",
            "submit",
            "return",
            "accept",
            "accept",
            "reopen",
            "drop",
        ]
    ),
    DAYS,
)
HISTORIES = st.lists(STEP, min_size=3, max_size=40)


@dataclass
class Told:
    """What a random history led to: everything that was accepted, with its day."""

    states: dict[UUID, Milestone] = field(default_factory=dict)
    words: dict[UUID, date] = field(default_factory=dict)
    events: list[tuple[date, UUID, Event[Milestone]]] = field(default_factory=list)


def command_of(what: str, due: date | None, number: int) -> Command[Milestone]:
    document = EvidenceDocument(title="E", sha256=f"{number:064x}")
    commands: dict[str, Command[Milestone]] = {
        "schedule": ScheduleMilestone(outcome=OUTCOME, title="T", due=due),
        "move": RebaselineMilestone(new=due, reason=f"reason {number}"),
        "report": ReportProgress(progress="P."),
        "submit": SubmitEvidence(document=document),
        "return": ReturnEvidence(reason="R."),
        "accept": AcceptMilestone(),
        "reopen": ReopenMilestone(reason="R."),
        "drop": DropMilestone(reason="R."),
    }
    return commands[what]


def tell(steps: list[tuple[int, UUID, str, date | None]]) -> tuple[Told, date]:
    told, day = Told(), BEGIN
    for number, (later, one, what, due) in enumerate(steps):
        day += timedelta(days=later)
        state = told.states.get(one, Milestone())
        if (what == "schedule") == (one in told.states):
            continue
        by = "ben" if what == "accept" else "ann"
        at = datetime.combine(day, time(12), LONDON)
        try:
            event = command_of(what, due, number).decide(state, stamp(by, at=at, **THERE))
        except Refused:
            continue
        assert isinstance(event, Event)
        told.states[one] = event.apply(state)
        told.words[one] = day
        told.events.append((day, one, event))
    return told, day


def at(told: Told, until: date) -> dict[UUID, MilestoneStanding]:
    """Return the standings that the service would conclude from, as of the end of a day."""
    states: dict[UUID, Milestone] = {}
    words: dict[UUID, date] = {}
    for day, one, event in told.events:
        if day <= until:
            states[one] = event.apply(states.get(one, Milestone()))
            words[one] = day
    return {
        one: MilestoneStanding(
            id=one,
            outcome=OUTCOME,
            title=s.title,
            status=s.status,
            due=s.due,
            met_on=s.met_on,
            moves=tuple(m.reason for m in s.moves),
            last_word_on=words[one],
        )
        for one, s in states.items()
    }


# The same by another road: straight from the list of what happened, months counted day by day.
def last_of_six_months(day: date) -> date:
    wanted_month, end, months = day.day, day, 0
    while months < 6:
        end += timedelta(days=1)
        months += end.day == 1
    while end.day < wanted_month and (end + timedelta(days=1)).day != 1:
        end += timedelta(days=1)
    return end


def happened(told: Told, one: UUID, until: date) -> list[tuple[str, date, Event[Milestone]]]:
    return [(type(e).__name__, d, e) for d, i, e in told.events if i == one and d <= until]


def said_of(told: Told, one: UUID, until: date) -> dict[str, Any]:
    story = happened(told, one, until)
    names = [name for name, _, _ in story]
    ends = [n for n in names if n in ("MilestoneMet", "MilestoneReopened", "MilestoneDropped")]
    state = {"MilestoneMet": "met", "MilestoneDropped": "dropped"}.get(ends[-1] if ends else "", "")
    dues = [
        getattr(e, "new" if n == "MilestoneRebaselined" else "due")
        for n, _, e in story
        if n in ("MilestoneScheduled", "MilestoneRebaselined")
    ]
    return {"end": state or "works", "due": dues[-1], "word": story[-1][1]}


def group_of(said: Mapping[str, Any], day: date) -> str:
    if said["end"] != "works":
        return {"met": "achieved", "dropped": "dropped"}[said["end"]]
    if said["due"] is None:
        return "undated"
    return "next_6_months" if said["due"] <= last_of_six_months(day) else "6_months_plus"


RANDOM = settings(suppress_health_check=[HealthCheck.too_slow])


@RANDOM
@given(HISTORIES)
def test_horizons_equal_another_calculation(steps: list[Any]) -> None:
    told, _ = tell(steps)
    for day in {BEGIN, *(d for d, _, _ in told.events)}:
        for one, found in at(told, day).items():
            said = said_of(told, one, day)
            assert horizon(found.status, found.due, day) == group_of(said, day)
            late = said["end"] == "works" and said["due"] is not None and said["due"] < day
            assert is_overdue(found.status, found.due, day) == late


@RANDOM
@given(HISTORIES, st.integers(0, 300), st.integers(1, 400))
def test_promises_kept_equal_another_calculation(steps: list[Any], first: int, second: int) -> None:
    told, _ = tell(steps)
    then, now = BEGIN + timedelta(days=first), BEGIN + timedelta(days=first + second)
    found = commitments(at(told, then), at(told, now), then, now)
    end, there = last_of_six_months(then), {i for d, i, _ in told.events if d <= then}
    expected = {}
    for one in there:
        before, after = said_of(told, one, then), said_of(told, one, now)
        if group_of(before, then) != "next_6_months":
            continue
        later = after["due"] is None or after["due"] > before["due"]
        quiet = after["end"] == "works" and now - after["word"] > timedelta(days=30)
        fate = after["end"] if after["end"] != "works" else "moved" if later else "quiet"
        fate = ("silent" if quiet else "under_way") if fate == "quiet" else fate
        expected[one] = (
            fate,
            after["word"] if quiet else None,
            after["end"] == "works" and (after["due"] is None or after["due"] > end),
            [e.reason for n, d, e in happened(told, one, now) if n == "MilestoneRebaselined" and d > then],
        )
    shown = {p.id: (p.fate.value, p.silent_since, p.pushed_out, list(p.reasons)) for p in found.promises}
    assert shown == expected
    everyone = {i for d, i, _ in told.events if d <= now}
    inside = {
        i
        for i in everyone - expected.keys()
        if (due := said_of(told, i, now)["due"]) is not None and due <= end
    }
    assert {one.id for one in found.added_late} == inside - there
    met_then = {i for i in there if said_of(told, i, then)["end"] == "met"}
    assert {one.id for one in found.reopened} == {
        i for i in met_then if said_of(told, i, now)["end"] == "works"
    }
    assert {one.id for one in found.brought_forward} == {
        i for i in (inside & there) - met_then if said_of(told, i, now)["end"] != "dropped"
    }
    assert sum(found.count(fate) for fate in PromiseFate) == len(expected)


def test_silence_is_named_after_thirty_days() -> None:
    assert silent_since(standing(), DAY + timedelta(days=30)) is None
    assert silent_since(standing(), DAY + timedelta(days=31)) == DAY
    assert silent_since(standing(status=MET), DAY + timedelta(days=99)) is None


def test_no_promise_no_share() -> None:
    assert commitments({}, {}, DAY, DAY).kept_share is None
