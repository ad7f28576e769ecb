"""An import as a source of figures."""

from uuid import UUID

from shared.errors import NotFound
from shared.eventstore.store import EventStore
from shared.imports.domain import Import, ImportNotDone, Status
from shared.messages import Stream


async def finished_import(store: EventStore, import_id: UUID) -> Stream[Import]:
    """Return an import that figures can be computed from, once the views have come to its position."""
    stream = await store.load(import_id, Import())
    status = stream.state.status
    if status in (Status.ABSENT, Status.WITHDRAWN):
        raise NotFound
    if status is not Status.DONE:
        raise ImportNotDone(stands=status)
    return stream
