"""The library's own tests of an application recorder, and its own recorder on our table."""

from collections.abc import Iterator

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.record.eventstore.store import EventStore
from tests.support.people import SCHEME
from tests.support.postgres import Base
from tests.support.recorder import Recorder
from tests.support.specs import stamp


@pytest.fixture
def recorder(base: Base) -> Iterator[Recorder]:
    made = Recorder(base.service)
    yield made
    made.close()


class OursBehindTheirs:
    """Hands the library's test cases our recorder on a fresh database."""

    recorder: Recorder

    @pytest.fixture(autouse=True)
    def _fresh(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def create_recorder(self) -> Recorder:
        return self.recorder


class TestApplicationRecorder(OursBehindTheirs, ApplicationRecorderTestCase[Recorder]):
    """Inserting, selecting, limits, conflicts, concurrency."""


class TestNonInterleaving(OursBehindTheirs, NonInterleavingNotificationIDsBaseCase):
    """Two writers' events do not interleave."""


async def test_the_librarys_own_recorder_finds_every_event(base: Base, store: EventStore) -> None:
    adopt = AdoptScheme.model_validate(SCHEME)
    for version in range(5):
        command = adopt if version == 0 else _from_now(adopt)
        await store.handle(SCHEME_ID, command, stamp("ada"), blank=Scheme(), absent=True)
    ours = [
        StoredEvent(SCHEME_ID, r.version, type(r.event).__name__, store.mapper.transcoder.encode(r.envelope))
        for r in await store.reader.stream(SCHEME_ID)
    ]
    theirs = _stock_recorder(base.owner)
    try:
        assert list(theirs.select_events(SCHEME_ID)) == ours
        found = theirs.select_notifications(start=1, limit=100)
        assert [n.id for n in found] == [1, 2, 3, 4, 5]
        assert [n.state for n in found] == [e.state for e in ours]
        assert theirs.max_notification_id() == 5
    finally:
        theirs.datastore.close()


def _from_now(adopt: AdoptScheme) -> AdoptScheme:
    values = adopt.values.model_copy(update={"effective_from": stamp("ada").at.date()})
    return adopt.model_copy(update={"values": values})


def _stock_recorder(url: str) -> PostgresApplicationRecorder:
    """Return the library's recorder as it is, pointed at our table."""
    from psycopg.conninfo import conninfo_to_dict  # only here

    where = conninfo_to_dict(url)
    datastore = PostgresDatastore(
        dbname=str(where["dbname"]),
        host=str(where["host"]),
        port=str(where["port"]),
        user=str(where["user"]),
        password=str(where["password"]),
    )
    return PostgresApplicationRecorder(datastore, events_table_name="stored_events")
