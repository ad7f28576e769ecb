"""The service in a process of its own: as it is, on the library's stock recorder, or knowing everybody."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import uvicorn
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent

from rfp_service import logs
from rfp_service.app import create_app
from rfp_service.concurrent_requests import ConcurrentRequests
from rfp_service.connections import BoundedConnection
from rfp_service.events import EVENTS
from rfp_service.service import Service, opened
from rfp_service.serving import collect_seldom
from shared.kernel.messages import IdempotencyKey, S, Stream
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.eventstore.appender import StreamPlace
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.folds import folded
from shared.record.eventstore.store import EventStore
from shared.settings import Settings
from tests.bench.stock import environment
from tests.support.postgres import Base
from tests.support.specs import NOW


class StockStore(EventStore):
    """Our rules and HTTP on the library's recorder, called in a thread pool as its users do."""

    def __init__(self, pool: Any, recorder: Any) -> None:
        super().__init__(pool, Topics(EVENTS))
        self._recorder = recorder

    async def load(self, stream_id: UUID, blank: S, until: int | None = None) -> Stream[S]:
        rows = await asyncio.to_thread(self._recorder.select_events, stream_id)
        found = [(0, r.originator_version, r.topic, r.state) for r in rows]
        return folded(Stream(stream_id, blank), found, self.mapper)

    async def append(self, stored: Sequence[StoredEvent], key: IdempotencyKey | None = None) -> StreamPlace:
        positions = await asyncio.to_thread(self._recorder.insert_events, list(stored))
        last = stored[-1]
        return StreamPlace(UUID(str(last.originator_id)), last.originator_version, positions[-1], NOW)


@asynccontextmanager
async def stock(base: Base, settings: Settings) -> AsyncIterator[Service]:
    """Open the service on the library's recorder."""
    app: Application[UUID] = Application(dict(environment(base)))
    async with opened(settings, base.service) as service:
        yield replace(service, store=StockStore(service.pool, app.recorder))
    app.close()


@asynccontextmanager
async def fixed(base: Base, settings: Settings) -> AsyncIterator[Service]:
    """Open the service as it would be if everybody were the same person, whom nobody need verify."""
    rita = Person("rita", (Role.REQUESTER,))

    async def everybody(_: str) -> Person:
        return rita

    async with opened(settings, base.service) as service:
        yield replace(service, person=everybody)


def main() -> None:
    """Serve until killed."""
    logs.configure("critical")
    settings = Settings()
    base = Base("", os.environ["DATABASE_OWNER_URL"], str(settings.database_url))
    kinds = {"stock": lambda: stock(base, settings), "fixed": lambda: fixed(base, settings)}
    opening = kinds.get(sys.argv[1], lambda: opened(settings, base.service))
    collect_seldom()
    uvicorn.run(
        ConcurrentRequests(create_app(opening)),
        port=settings.port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http=BoundedConnection,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
