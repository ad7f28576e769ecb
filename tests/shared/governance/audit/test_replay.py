"""A decision is taken again from its record, and a case stands as it stood, by whichever road it is asked."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from hypothesis import given as drawn

from rfp_service.events import EVENTS
from rfp_service.migrating import rebuild_views
from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.domain.events import RfpAmended, RfpHoldEnded, RfpHoldStarted
from rfp_service.rfps.domain.key_decision_events import CallInUpheld
from rfp_service.rfps.domain.rfp import Party, Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rooms import VIEWS
from shared.governance.audit.replay.authority import authority_in_words
from shared.governance.audit.replay.explanation import explained
from shared.governance.audit.replay.notification_proofs import clock, telling
from shared.governance.audit.replay.reexecution import (
    NOT_KEPT,
    OTHERWISE,
    SAME,
    UNKNOWN,
    agree,
    commands_known,
    reexecuted,
)
from shared.governance.audit.replay.states import as_json, blank_of, changes, meaning
from shared.governance.audit.replay.story import happened_by, story
from shared.governance.people.domain import Directory
from shared.kernel.messages import Command, Recorded
from shared.kernel.personal import Personal, text_about
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.reader import ReadBasis
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.record.projecting.views import StateView
from tests.shared.record.eventstore.examples import Count, Counted, Counter
from tests.shared.record.projecting.examples import happen, year
from tests.support.histories import History, histories
from tests.support.postgres import Base
from tests.support.specs import NOW, as_stored, stamp

AS_OF = int(os.environ.get("AS_OF", "30"))
EXPLAIN_EVERY = int(os.environ.get("EXPLAIN_EVERY", "40"))
A = UUID("aaaaaaaa-0000-4000-8000-000000000001")
MAPPER = EnvelopeMapper(Topics([*EVENTS, Counted]))
ANN = stamp("ann")


def recorded(event: Counted, command: Command[Any] | None, version: int = 1, part: int = 0) -> Recorded:
    stored = MAPPER.stored(A, version, event, ANN, command, part)
    return MAPPER.recorded((version, A, version, stored.topic, stored.state, NOW))


def test_a_decision_of_several_events_is_one_decision() -> None:
    ask = Count(by=2, times=3, note="thrice")
    first = recorded(Counted(by=9, note=""), Count(by=9))
    three = [recorded(Counted(by=2, note="thrice"), ask, n + 2, n) for n in range(3)]
    last = recorded(Counted(by=1, note=""), Count(), 5)
    for position in (2, 3, 4):
        again = reexecuted([first, *three, last], position)
        assert (again.same, again.explanation, again.rule) == (True, SAME, "Count")
        assert len(again.came_out) == 3
        assert again.asked == {"by": 2, "times": 3, "note": "thrice"}


def test_a_rule_that_answers_otherwise_today_is_seen() -> None:
    again = reexecuted([recorded(Counted(by=3, note=""), Count(by=5))], 1)
    assert (again.same, again.explanation) == (False, OTHERWISE)
    assert again.came_out == [{"decision": "Counted", "said": {"by": 5, "note": ""}}]


def test_a_rule_that_refuses_today_says_so() -> None:
    again = reexecuted([recorded(Counted(by=101, note=""), Count(by=101))], 1)
    assert again.same is False
    assert again.explanation.endswith("The total may not pass the limit.")


def test_what_was_not_kept_is_not_guessed() -> None:
    assert reexecuted([recorded(Counted(by=3, note=""), None)], 1).explanation == NOT_KEPT


def test_a_rule_that_is_gone_is_said_to_be_gone() -> None:
    event = recorded(Counted(by=3, note=""), Count(by=3))
    event.envelope["command"] = {"name": "CountBackwards"}
    assert reexecuted([event], 1).explanation == UNKNOWN


def test_what_was_asked_adds_little_to_an_event() -> None:
    """An event says most of what was asked already; only what it lacks is kept beside it."""
    bare = with_command = 0
    for scene in year():
        event, personal = as_stored(scene.event), personal_texts([scene.event])
        bare += len(MAPPER.stored(A, 1, event, scene.stamp).state)
        kept = MAPPER.stored(A, 1, event, scene.stamp, scene.command, scene.part, personal)
        with_command += len(kept.state)
    assert with_command < 1.1 * bare


def test_what_was_kept_openly_before_it_was_personal_comes_out_the_same() -> None:
    """Texts and fields that an event once lacked are no reason to say that the rule answers otherwise."""
    pinned = Path(__file__).parents[3] / "service" / "pinned_events.ndjson"
    for line in pinned.read_text().splitlines():
        topic, state = (one := orjson.loads(line))["topic"], one["state"]
        event = MAPPER.event(topic, state)
        fresh = type(event).model_validate(
            {name: _as_said_today(getattr(event, name)) for name in type(event).model_fields}
        )
        assert agree(fresh, event), topic


def test_what_an_event_did_not_say_yet_is_no_other_answer() -> None:
    entered = {"stage": Stage.APPROVAL, "waiting_on": Party.APPROVER, "reason": "Too dear."}
    now = CallInUpheld(**entered, next_tier="head")
    assert agree(now, CallInUpheld(**entered))
    assert not agree(now, CallInUpheld(**entered, next_tier=""))
    assert not agree(now, CallInUpheld(**{**entered, "reason": "Too slow."}))


def _as_said_today(value: object) -> object:
    return text_about(["bob"], value.clear) if isinstance(value, Personal) and value.clear else value


def test_a_state_is_told_in_one_order() -> None:
    once = frozenset({frozenset({"b", "a"}), frozenset({"c", "d", "e"})})
    assert as_json(Directory(once=once))["once"] == [["a", "b"], ["c", "d", "e"]]


def test_every_command_has_one_name() -> None:
    mine = [c for c in commands_known().values() if not c.__module__.startswith("tests")]
    assert len(mine) > 15
    assert len({command.__name__ for command in mine}) == len(mine)


def test_every_event_has_a_meaning_and_a_blank_state() -> None:
    for event in EVENTS:
        assert meaning(event).endswith("."), event
        assert blank_of(event).kind == event.kind, event


@drawn(histories())
def test_the_changes_of_a_story_add_up_to_its_end(history: History) -> None:
    """Field by field, what each decision changed leads from a blank thing to how it stands."""
    events = [
        MAPPER.recorded((n, A, n, s.topic, s.state, NOW + timedelta(days=9999)))
        for n, (event, by) in enumerate(history, start=1)
        for s in [MAPPER.stored(A, n, event, by)]
    ]
    told = story(events, [], NOW, ReadBasis.KNOWN_THEN)
    fields = {c.field: c.after for item in told.items for c in item.changes}
    state: Any = Rfp()
    for event, _ in history:
        state = event.apply(state)
    assert {c.field: c.after for c in changes(Rfp(), state)}.items() <= fields.items()
    elapsed = (events[-1].happened_at - events[0].happened_at).total_seconds()
    assert sum(item.waited_seconds for item in told.items) == pytest.approx(elapsed)
    half = events[: len(events) // 2 + 1]
    assert happened_by(events, half[-1].happened_at, 0)[: len(half)] == half


def test_gaps_are_explained() -> None:
    later = ANN.model_copy(update={"at": NOW + timedelta(days=8)})
    stored = MAPPER.stored(A, 3, Counted(by=1, note=""), later)
    at = NOW + timedelta(days=9)
    third = MAPPER.recorded((7, A, 3, stored.topic, stored.state, at))
    told = story([recorded(Counted(by=1, note=""), None), third], [], at, ReadBasis.KNOWN_THEN)
    assert told.complete is False
    assert told.completeness == "Version 2 is not in this replay."
    assert told.items[1].gap == (
        "Version 2 is not in this replay. Nothing happened for 8 days; it waited for nobody in"
        " particular. It was recorded 1 day after it happened."
    )


def counted(version: int, happened_at: datetime, recorded_at: datetime) -> Recorded:
    stored = MAPPER.stored(A, version, Counted(by=1, note=""), ANN.model_copy(update={"at": happened_at}))
    return MAPPER.recorded((version, A, version, stored.topic, stored.state, recorded_at))


@pytest.mark.parametrize(
    ("minutes", "said"), [(2, None), (10, None), (11, "It was recorded 11 minutes after it happened.")]
)
def test_clocks_that_are_minutes_apart_make_no_late_record(minutes: int, said: str | None) -> None:
    event = counted(1, NOW, NOW + timedelta(minutes=minutes))
    assert story([event], [], NOW, ReadBasis.KNOWN_THEN).items[0].gap == said


def test_no_wait_is_shorter_than_none_where_a_clock_had_stepped_back() -> None:
    waits = RfpAmended(stage=Stage.APPROVAL, waiting_on=Party.APPROVER)
    events = []
    for version, at in enumerate((NOW, NOW - timedelta(seconds=40)), start=1):
        stored = MAPPER.stored(A, version, waits, ANN.model_copy(update={"at": at}))
        events.append(MAPPER.recorded((version, A, version, stored.topic, stored.state, NOW)))
    told = story(events, [], NOW, ReadBasis.KNOWN_THEN)
    assert [item.waited_seconds for item in told.items] == [0, 0]
    assert [(wait.party, wait.seconds) for wait in told.waiting] == [("approver", 0)]


def test_what_was_recorded_by_then_had_happened_by_then() -> None:
    ahead = counted(1, NOW + timedelta(seconds=2), NOW)
    late, later = counted(2, NOW, NOW + timedelta(days=1)), counted(3, NOW + timedelta(days=1), NOW)
    assert happened_by([ahead, late, later], NOW, 1) == [ahead, late]


def test_who_decided_is_told_with_the_decision_though_a_clock_was_ahead() -> None:
    row = dict.fromkeys(("target_kind", "status", "accepted_at", "looked_at"), None)
    told = {"type": "approval.requested", "tier": "head", "person": "ann", "sequence": 0, "happened_at": NOW}
    decided = counted(1, NOW + timedelta(seconds=2), NOW)
    found = telling({**row, **told}, [decided], decided.recorded_at)
    assert found.decided_at == decided.happened_at
    assert found.sentence.endswith(f", decided {clock(decided.happened_at)}.")


def test_a_long_wait_is_told_in_words() -> None:
    """Whom it waited on, in which stage, and that it was held up."""
    happened = [
        RfpAmended(stage=Stage.APPROVAL, waiting_on=Party.APPROVER),
        RfpHoldStarted(stage=Stage.APPROVAL, waiting_on=Party.OUTGOING_SUPPLIER, reason="R."),
        RfpHoldEnded(stage=Stage.APPROVAL, waiting_on=Party.APPROVER),
    ]
    events = []
    for version, event in enumerate(happened, start=1):
        at = NOW + timedelta(days=9 * version)
        stored = MAPPER.stored(A, version, event, ANN.model_copy(update={"at": at}))
        events.append(MAPPER.recorded((version, A, version, stored.topic, stored.state, at)))
    told = story(events, [], events[-1].recorded_at, ReadBasis.KNOWN_THEN)
    assert [item.gap for item in told.items[1:]] == [
        "Nothing happened for 9 days; it waited for an approver, in approval.",
        "Nothing happened for 9 days; it waited for the outgoing supplier, in approval, on hold.",
    ]


@pytest.mark.slow
async def test_every_decision_of_a_year_is_taken_again_with_the_same_result(store: EventStore) -> None:
    await happen(store, year())
    streams: dict[UUID, list[Recorded]] = {}
    for event in await store.reader.after(0, 10_000):
        streams.setdefault(event.stream_id, []).append(event)
    results = [reexecuted(s, event.position).same for s in streams.values() for event in s]
    assert len(results) == len(year())
    assert set(results) == {True}


@pytest.mark.slow
async def test_every_kind_of_decision_of_a_year_is_explained(store: EventStore) -> None:
    """By which rule and on what authority, with what it insists on: nothing is left blank.

    The first of each kind and some of the others; `make prove` explains them all.
    """
    await happen(store, year())
    seen: set[str] = set()
    for scene in await store.reader.after(0, 10_000):
        kind = type(scene.event).__name__
        if kind in seen and scene.position % EXPLAIN_EVERY:
            continue
        told = await explained(store.reader, scene.position, len(year()))
        seen.add(kind)
        assert told.rule is not None, told
        assert told.rule.allows.endswith("."), told.rule
        assert told.rule.insists.endswith("."), told.rule
        in_words = authority_in_words(told.model_dump(), told.rule.name, PERMISSIONS)
        assert in_words.endswith("."), told
        assert "_" not in in_words, in_words
        assert told.authority, told
        assert told.by, told
        assert told.meaning.endswith("."), told
        assert told.reexecution.same is True, told
    assert seen == {type(scene.event).__name__ for scene in year()}


def test_every_rule_says_what_it_allows_and_what_it_insists_on() -> None:
    for cls in commands_known().values():
        if not cls.__module__.startswith("tests"):
            assert meaning(cls).endswith("."), cls
            assert " ".join((cls.decide.__doc__ or "").split()).endswith("."), cls


async def test_a_command_travels_with_what_it_decided(store: EventStore) -> None:
    counting = EventStore(store._pool, Topics([*EVENTS, Counted]))  # noqa: SLF001
    one = uuid4()
    await counting.create(one, Count(by=2, times=2), ANN, blank=Counter())
    await counting.handle(one, Count(by=4), ANN, blank=Counter())
    events = await counting.reader.stream(one)
    assert [reexecuted(events, event.position).same for event in events] == [True] * 3
    assert [event.envelope.get("part") for event in events] == [None, 1, None]


@pytest.mark.slow
async def test_the_past_is_the_same_by_every_road(base: Base, pool: asyncpg.Pool, store: EventStore) -> None:
    """Random things at random times: replayed from events, as the live view kept them, as rebuilt anew."""
    await happen(store, year())
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    views = [view for view in VIEWS if isinstance(view, StateView)]
    things = [(view, await things_of(pool, view)) for view in views]
    things = [(view, ids) for view, ids in things if ids]
    chance, head = Random(1974), len(year())
    live, asked = [], []
    for _ in range(AS_OF):
        view, ids = chance.choice(things)
        place = (view, chance.choice(ids), chance.randint(0, head))
        asked.append(place)
        live.append(await row_at(pool, *place))
        assert await replayed(store, *place) == live[-1]
    await rebuild_views(base.owner, base.service)
    assert len(asked) == AS_OF
    for place, row in zip(asked, live, strict=True):
        assert await row_at(pool, *place) == row
    assert any(row is not None for row in live)


async def things_of(pool: asyncpg.Pool, view: StateView[Any]) -> list[UUID]:
    rows = await pool.fetch(f"SELECT DISTINCT id FROM {view.name} ORDER BY id")
    return [row["id"] for row in rows]


async def row_at(
    pool: asyncpg.Pool, view: StateView[Any], thing: UUID, position: int
) -> dict[str, Any] | None:
    row = await pool.fetchrow(
        f"SELECT * FROM {view.name} WHERE id = $1 AND valid_from <= $2 AND valid_to > $2", thing, position
    )
    return None if row is None else {k: v for k, v in row.items() if k != "valid_to"}


async def replayed(
    store: EventStore, view: StateView[Any], thing: UUID, position: int
) -> dict[str, Any] | None:
    stream = await store.load(thing, view.blank, until=position)
    if not stream.version:
        return None
    values = dict(zip([c.name for c in view.table.columns], view.values(stream, 0), strict=True))
    return {k: v for k, v in values.items() if k != "valid_to"}
