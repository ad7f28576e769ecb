"""Somebody is erased, or something disposed of, by the record alone."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.governance.people.domain import DIRECTORY_ID, PersonErased
from shared.governance.retention.domain import Line, RecordDisposed
from shared.kernel.messages import Stamp
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore


def _stamp() -> Stamp:
    return Stamp(by="ada", authority="administrator", at=datetime.now(UTC))


async def erased(store: EventStore, texts: PersonalTexts, person: str) -> None:
    """Put it on the record that somebody was erased, and destroy their keys."""
    version = len(await store.reader.stream(DIRECTORY_ID)) + 1
    event = PersonErased(person=person, ids=(person,), ground="Schedule, line 4")
    await store.append_together([(DIRECTORY_ID, version, event, _stamp(), None, 0)])
    await texts.destroy(people=[person])


async def disposed(store: EventStore, texts: PersonalTexts, thing: UUID) -> None:
    """Put it on the record that a record was disposed of, and destroy the keys of what it says."""
    now, line = datetime.now(UTC), Line(years=6, ground="Schedule, line 4")
    event = RecordDisposed(
        record_id=thing, record_kind="rfp", last_decision_at=now, line=line, reason="Reviewed."
    )
    await store.append_together([(uuid4(), 1, event, _stamp(), None, 0)])
    await texts.destroy(things=[thing])
