"""Rules in one line: `given(state, events).when(command, by=…).then(…)` or `.refused(…)`.

Whatever is decided in a specification is taken again from what would be stored of it, and must come out the
same: so it is for every event that has a specification.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import JsonValue

from shared.governance.audit.replay.reexecution import taken_again
from shared.governance.scheme.domain import SchemeValues
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Known, Recorded, Stamp, State, Tier
from shared.kernel.personal import personal_texts_in
from shared.kernel.rules import Rules
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.personal_texts import sealed_under

STREAM = UUID("aaaaaaaa-0000-4000-8000-000000000001")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TIERS = (Tier(name="head", up_to_pence=2_500_000), Tier(name="director", up_to_pence=25_000_000))

KEY_DECISION_PENCE = 20_000_000
SCHEME = SchemeValues.model_validate(
    {
        "effective_from": "2020-01-01",
        "tiers": [{"name": t.name, "up_to_pence": t.up_to_pence, "approvers": []} for t in TIERS],
        "key_decision_pence": KEY_DECISION_PENCE,
        "advisory_bodies": [{"name": "Working group", "members": ["sam", "wanda"]}],
        "minimum_periods": [{"route": "open_tender", "days": 25}],
    }
)
RULES = SCHEME.rules(NOW.date())


def stamp(
    by: str,
    *,
    at: datetime = NOW,
    roles: Sequence[str] = (),
    own_tiers: Sequence[str] = (),
    tiers: Sequence[Tier] = TIERS,
    scheme_version: int = 1,
    acting_for: str = "",
    rules: Rules | None = None,
    same: Sequence[tuple[str, ...]] = (),
    **facts: JsonValue,
) -> Stamp:
    """Return the stamp of a decision."""
    known = Known(
        position=1,
        roles=tuple(roles),
        scheme_version=scheme_version,
        tiers=tuple(tiers),
        own_tiers=tuple(own_tiers),
        rules=rules,
        same=tuple(same),
        facts=facts,
    )
    return Stamp(by=by, acting_for=acting_for, at=at, known=known)


def as_stored(event: Event[Any]) -> Event[Any]:
    """Return an event as the store would write it, its personal texts under keys that nobody keeps."""
    keys = {person: (uuid4(), token_bytes(32)) for text in personal_texts_in(event) for person in text.people}
    sealed: Event[Any] = sealed_under(event, keys)
    return sealed


@dataclass(frozen=True)
class Given:
    """A thing with its past."""

    state: State

    def when(self, command: Command[Any], by: str = "ann", **known: Any) -> "When":
        """Let somebody decide."""
        return When(self.state, command, stamp(by, **{"rules": RULES, **known}))


@dataclass(frozen=True)
class When:
    """A decision, about to be taken."""

    state: State
    command: Command[Any]
    stamp: Stamp

    def events(self) -> list[Event[Any]]:
        """Return what the rules answer."""
        decided = self.command.decide(self.state, self.stamp)
        events = list(decided) if isinstance(decided, Sequence) else [decided]
        if events:
            again = taken_again(self.state, _as_recorded(events, self.command, self.stamp))
            assert again.same is True, again
        return events

    def then(self, *expected: Event[Any]) -> None:
        """Expect exactly these events."""
        assert self.events() == list(expected)

    def leads_to(self, **expected: object) -> None:
        """Expect acceptance, and these values of the state that follows."""
        state: Any = self.state
        for event in self.events():
            state = event.apply(state)
        assert {name: getattr(state, name) for name in expected} == expected

    def refused(self, by: type[Refused], **facts: object) -> None:
        """Expect a no by this rule, with these facts among its own."""
        with pytest.raises(Refused) as caught:
            self.events()
        assert type(caught.value) is by
        assert {name: caught.value.facts.get(name) for name in facts} == facts


def _as_recorded(events: Sequence[Event[Any]], command: Command[Any], by: Stamp) -> list[Recorded]:
    """Return what would be read again of these events once they are stored."""
    mapper = EnvelopeMapper(Topics({type(event) for event in events}))
    personal, found = personal_texts(events), []
    for part, event in enumerate(events):
        stored = mapper.stored(STREAM, part + 1, as_stored(event), by, command, part, personal)
        place = (part + 1, STREAM, part + 1, stored.topic, stored.state, by.at)
        found.append(mapper.recorded(place))
    return found


def given(blank: Any, *events: Event[Any]) -> Given:
    """Begin with a thing and what happened to it."""
    for event in events:
        blank = event.apply(blank)
    return Given(blank)
