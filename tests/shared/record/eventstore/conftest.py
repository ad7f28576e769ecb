"""A store that knows counters beside the service's own events."""

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Counted


@pytest.fixture
async def store(pool: asyncpg.Pool) -> EventStore:
    """The event store, with counters."""
    return EventStore(pool, Topics([*EVENTS, Counted]))
