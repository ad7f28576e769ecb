"""Every event as it is stored, pinned: what was written once must load for ever.

A new event, or a new shape of one, adds a line to `pinned_events.ndjson`; no line is ever changed.
"""

import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest

from rfp_service.events import EVENTS
from shared.ledger.committed_index import CommittedIndex, IndexedEntry
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
    if isinstance(was, list):
        assert isinstance(said, list)
        return len(said) == len(was) and all(map(_holds, said, was))
    return said == was


def test_every_event_is_pinned() -> None:
    assert {event.__name__ for event in EVENTS} == {pinned["topic"] for pinned in PINNED}


# The index of the record counts entries to bodies of work, and its roots are hashed into the record: no
# line is ever changed. Kinds that are not here are administration.
WORKS = {
    "rfp": "rfps",
    "catalogue-check": "rfps",
    "catalogue-item": "rfps",
    "catalogue-order": "rfps",
    "catalogue-synonyms": "rfps",
    "project": "projects",
    "contract": "contracts",
    "contract-feed": "contracts",
    "review-round": "contracts",
    "outcome": "outcomes",
    "milestone": "outcomes",
    "historic-case": "",
    "record-index": "",
}
# One entry of each of these kinds, and the root of their index as it was first computed.
INDEXED = ("RfpRaised", "CatalogueItemAdded", "ProjectIdentified", "ContractRegistered", "ContractFeedOpened")
INDEXED += (
    "ReviewRoundOpened",
    "OutcomeAdded",
    "MilestoneScheduled",
    "HistoricCaseImported",
    "IndexCommitted",
)
INDEX_ROOT = "595fc392cff6be8b001e7f6dccc658a1cc6940fda61d38b1f40689437d6b8944"


def test_every_event_is_counted_to_the_body_of_work_that_it_was_first_counted_to() -> None:
    works = {(event.kind, event.body_of_work) for event in EVENTS}
    assert works == {(event.kind, WORKS.get(event.kind, "administration")) for event in EVENTS}


def test_the_index_of_the_record_is_the_same_as_ever_byte_for_byte() -> None:
    index = CommittedIndex()
    index.add(
        IndexedEntry(n, STREAM, hashlib.sha256(name.encode()).digest(), TOPICS[name].body_of_work)
        for n, name in enumerate(INDEXED, 1)
    )
    assert index.root().root.hex() == INDEX_ROOT
