"""One case as a story: each decision with what it changed, who waited on whom before it, and who was told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, JsonValue

from shared.governance.audit.countersignatures import Countersigned
from shared.governance.audit.replay.parties import whom
from shared.governance.audit.replay.states import (
    Change,
    as_json,
    called,
    changes,
    meaning,
    steps,
    title_in,
    words,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Recorded, State
from shared.kernel.wording import counted, in_sentence, long_day
from shared.record.eventstore.reader import ReadBasis

LONG_WAIT = timedelta(days=7)
LATE = timedelta(minutes=10)  # two machines' clocks may be minutes apart, which says nothing of a decision
NOBODY = "nobody"


class Told(BaseModel):
    """Who was told of a decision, what about, and when: a tier, and the people who stood on it that day."""

    told: str
    people: list[str]
    about: str
    at: datetime


class StoryStep(BaseModel):
    """One decision in its case."""

    position: int
    version: int
    decision: str
    meaning: str
    by: str
    acting_for: TextOrNull
    authority: str
    happened_at: datetime
    recorded_at: datetime
    waited_seconds: float
    waited_on: TextOrNull
    waited_in: TextOrNull
    gap: TextOrNull
    said: JsonValue
    changes: list[Change]
    told: list[Told]
    countersigned: list[Countersigned] = []
    withheld: dict[str, str] = {}


class Waiting(BaseModel):
    """How long a case waited on one party altogether."""

    party: str
    seconds: float


class Story(BaseModel):
    """A case from its first decision to its last, with nothing missing in between."""

    id: UUID
    kind: str
    reference: str
    title: str
    ending: str
    version: int
    position: int
    as_of: datetime
    basis: ReadBasis
    complete: bool
    completeness: str
    state: JsonValue
    items: list[StoryStep]
    waiting: list[Waiting]
    open_wait: Waiting | None
    withheld: dict[str, str] = {}


def story(
    events: Sequence[Recorded], told: Iterable[Mapping[str, Any]], as_of: datetime, basis: ReadBasis
) -> Story:
    """Return the story of a case from its events (at least one), and the notices about it."""
    by_position: dict[int, list[Told]] = {}
    for row in told:
        notice = Told(told=row["told"], people=row["people"], about=row["about"], at=row["written_at"])
        by_position.setdefault(row["position"], []).append(notice)
    items: list[StoryStep] = []
    waits: dict[str, float] = {}
    last: Recorded | None = None
    for recorded, before, after in steps(events):
        item = _step(recorded, last, before, after, by_position.get(recorded.position, []))
        if item.waited_on:
            waits[item.waited_on] = waits.get(item.waited_on, 0) + item.waited_seconds
        items.append(item)
        last, state = recorded, after
    said = as_json(state)
    return Story(
        id=events[-1].stream_id,
        kind=type(events[-1].event).kind,
        version=events[-1].version,
        reference=called(state, events[0].position) if events[0].version == 1 else "",
        title=title_in(said),
        ending=ending(events),
        position=events[-1].position,
        as_of=as_of,
        basis=basis,
        items=items,
        state=said,
        complete=not _missing(events),
        completeness=_completeness(events),
        waiting=[Waiting(party=party, seconds=seconds) for party, seconds in waits.items()],
        open_wait=_open_wait(state, events[-1].happened_at, as_of),
    )


def happened_by(events: Sequence[Recorded], instant: datetime, position: int) -> list[Recorded]:
    """Return those events of a case that had happened by an instant, whenever they were recorded.

    What was recorded by then, up to a position, had: it may be dated later, by a clock that was ahead.
    """
    return [each for each in events if each.happened_at <= instant or each.position <= position]


def _step(
    recorded: Recorded, last: Recorded | None, before: State, after: State, told: list[Told]
) -> StoryStep:
    waited = max(timedelta(), recorded.happened_at - last.happened_at) if last else timedelta()
    stamp = recorded.stamp
    return StoryStep(
        position=recorded.position,
        version=recorded.version,
        decision=type(recorded.event).__name__,
        meaning=meaning(type(recorded.event)),
        by=stamp.by,
        acting_for=stamp.acting_for,
        authority=stamp.authority,
        happened_at=recorded.happened_at,
        recorded_at=recorded.recorded_at,
        waited_seconds=waited.total_seconds(),
        waited_on=_party(before) if last else "",
        waited_in=_stage(before) if last else "",
        gap=_gap(recorded, last, before, waited),
        said=recorded.envelope["data"],
        changes=changes(before, after),
        told=told,
    )


def _gap(recorded: Recorded, last: Recorded | None, before: State, waited: timedelta) -> str:
    """Explain a long wait, a late record, or versions not in this replay; mostly there is nothing."""
    sentences = []
    version = last.version if last else 0
    if recorded.version != version + 1:
        sentences.append(_not_here(range(version + 1, recorded.version)))
    if waited >= LONG_WAIT:
        sentences.append(f"Nothing happened for {span(waited)}; {_why(before)}.")
    late = recorded.recorded_at - recorded.happened_at
    if late > LATE:
        sentences.append(f"It was recorded {span(late)} after it happened.")
    return " ".join(sentences)


def _why(before: State) -> str:
    """Return what a thing waited on and where, in words."""
    party = _party(before)
    waited = whom(party) if party else "nobody in particular"
    stage = words(_stage(before)).lower()
    held = ", on hold" if getattr(before, "on_hold", False) else ""
    return f"it waited for {waited}" + (f", in {stage}" if stage else "") + held


def _missing(events: Sequence[Recorded]) -> list[int]:
    versions = {recorded.version for recorded in events}
    return [version for version in range(1, events[-1].version + 1) if version not in versions]


def _completeness(events: Sequence[Recorded]) -> str:
    missing = _missing(events)
    if missing:
        return _not_here(missing)
    return f"Versions 1 to {events[-1].version} follow one another; none is missing."


def _not_here(versions: Sequence[int]) -> str:
    if len(versions) == 1:
        return f"Version {versions[0]} is not in this replay."
    return f"Versions {', '.join(map(str, versions))} are not in this replay."


def _open_wait(state: State, since: datetime, as_of: datetime) -> Waiting | None:
    party = _party(state)
    if not party:
        return None
    return Waiting(party=party, seconds=max(0.0, (as_of - since).total_seconds()))


def ending(events: Sequence[Recorded]) -> str:
    """Return how a case ended, or for whom it waits; of what never waits, what was decided last.

    It goes by what events say themselves, so that others in between may be missing.
    """
    party, closing = "", None
    for recorded in events:
        if (said := getattr(recorded.event, "waiting_on", None)) is not None:
            now = "" if said == NOBODY else str(said)
            closing = recorded if party and not now else closing
            party = now
    if party:
        return (
            f"It is not over: it waits for {whom(party)}. The last decision on it was {_decided(events[-1])}."
        )
    ended = _decided(closing) if closing else ""
    return f"It ended {ended}." if ended else f"The last decision on it was {_decided(events[-1])}."


def _decided(recorded: Recorded) -> str:
    """Return when something was decided, and what."""
    day = long_day(day_in_london(recorded.happened_at))
    return f"on {day}: {in_sentence(words(type(recorded.event).__name__))}"


def _party(state: State) -> str:
    """Return whom a thing waits on, where it is one of those that wait."""
    party = str(getattr(state, "waiting_on", ""))
    return "" if party == NOBODY else party


def _stage(state: State) -> str:
    return str(getattr(state, "stage", getattr(state, "status", "")))


def span(length: timedelta) -> str:
    """Return a length of time as people say it."""
    days, seconds = length.days, length.seconds
    if days:
        return counted(days, "day")
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return counted(hours, "hour") if hours else counted(minutes, "minute")
