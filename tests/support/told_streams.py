"""Whole streams put on the record at once, as if each event had been decided when its stamp says."""

from collections.abc import Iterable
from uuid import UUID

from shared.kernel.messages import Event, Stamp
from shared.record.eventstore.envelopes import Enveloped
from shared.record.eventstore.store import EventStore

Happened = Iterable[tuple[Event, Stamp]]  # type: ignore[type-arg]  # of any kind of thing


async def append_streams(store: EventStore, streams: Iterable[tuple[UUID, Happened]]) -> int:
    """Append new streams in one commit; return how many were new."""
    block = []
    for stream_id, happened in streams:
        stored = [
            store.mapper.stored(stream_id, version, event, stamp)
            for version, (event, stamp) in enumerate(happened, start=1)
        ]
        block.append(Enveloped(stream_id, 1, tuple((one.topic, one.state) for one in stored)))
    return sum(place is not None for place in await store.bulk_appender().append(block))
