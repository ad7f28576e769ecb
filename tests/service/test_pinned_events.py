"""Every event as it is stored, pinned: what was written once must load for ever.

A new event, or a new shape of one, adds a line to `pinned_events.ndjson`; no line is ever changed.
"""

import json
from pathlib import Path
from uuid import UUID

import pytest

from rfp_service.events import EVENTS
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.support.specs import NOW

PINNED = [
    json.loads(line) for line in Path(__file__).with_name("pinned_events.ndjson").read_text().splitlines()
]
STREAM = UUID("aaaaaaaa-0000-4000-8000-000000000001")
TOPICS = Topics(EVENTS)


@pytest.mark.parametrize("pinned", PINNED, ids=[p["topic"] for p in PINNED])
def test_a_pinned_event_loads_and_says_what_it_said(pinned: dict[str, object]) -> None:
    mapper = EnvelopeMapper(TOPICS)
    state = mapper.transcoder.encode(pinned["state"])
    recorded = mapper.recorded((1, STREAM, 1, pinned["topic"], state, NOW))
    assert type(recorded.event).__name__ == pinned["topic"]
    said = recorded.event.model_dump(mode="json")
    was = pinned["state"]["data"]  # type: ignore[index]
    assert _holds(said, was), said
    assert [*mapper.events_in([(1, 1, pinned["topic"], state)])] == [recorded.event]


def _holds(said: object, was: object) -> bool:
    """Say whether everything that was said is still said; a newer shape may say more."""
    if isinstance(was, dict):
        assert isinstance(said, dict)
        return all(name in said and _holds(said[name], value) for name, value in was.items())
    return said == was


def test_every_event_is_pinned() -> None:
    assert {event.__name__ for event in EVENTS} == {pinned["topic"] for pinned in PINNED}
