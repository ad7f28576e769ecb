"""An import as a source of figures."""

from uuid import UUID

from shared.errors import NotFound
from shared.eventstore.store import EventStore
from shared.imports.domain import Import, ImportNotDone, Status


async def finished_import(store: EventStore, import_id: UUID) -> Import:
    """Return an import that figures can be computed from."""
    state = (await store.load(import_id, Import())).state
    if state.status in (Status.ABSENT, Status.WITHDRAWN):
        raise NotFound
    if state.status is not Status.DONE:
        raise ImportNotDone(status=state.status)
    return state
