"""An import as a source of figures."""

from uuid import UUID

from shared.flow.imports.domain import Import, ImportNotDone, ImportStatus
from shared.kernel.errors import NotFound
from shared.kernel.messages import Stream
from shared.record.eventstore.store import EventStore


async def finished_import(store: EventStore, import_id: UUID) -> Stream[Import]:
    """Return a finished import; `NotFound` where there is none, a refusal where it is not finished."""
    stream = await store.load(import_id, Import())
    status = stream.state.status
    if status in (ImportStatus.ABSENT, ImportStatus.WITHDRAWN):
        raise NotFound
    if status is not ImportStatus.DONE:
        raise ImportNotDone(stands=status)
    return stream
