"""What came in a register of a source, still stands, and is not in this one: told, never deleted."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import func, select

from shared.record.eventstore.bulk_appender import BulkAppender, DecidedEvent
from shared.record.eventstore.store import EventStore
from shared.record.projecting.statements import sql_of
from shared.record.projecting.views import STILL_VALID
from shared.web.bulk.batches import CAUSE, Batch, batch_id, cause_of
from shared.web.registers.difference import RegisterDifference, key_of
from shared.web.registers.register import Register

BLOCK_THINGS = 1_000


@dataclass(slots=True)
class RegisterCauses:
    """Which causes are batches of a register; each is looked up once."""

    store: EventStore
    name: str
    _operations: dict[str, str] = field(default_factory=dict)
    _undone: dict[str, str] = field(default_factory=dict)

    async def learn(self, steps: Iterable[DecidedEvent]) -> None:
        """Look the causes of some decisions up."""
        for cause in {step.cause for step in steps} - self._operations.keys():
            is_batch = cause.startswith(CAUSE)
            stream = await self.store.load(batch_id(cause), Batch()) if is_batch else None
            self._operations[cause] = "" if stream is None else stream.state.operation
            if stream is not None and stream.state.undoes is not None:
                self._undone[cause] = cause_of(stream.state.undoes)

    def include(self, cause: str) -> bool:
        """Say whether a cause is a batch of the register; it must have been learnt."""
        return self._operations.get(cause) == self.name

    def undone(self, cause: str) -> str | None:
        """Return the cause that a batch took back; it must have been learnt."""
        return self._undone.get(cause)


async def standing_things(
    pool: asyncpg.Pool, register: Register[Any], source: str, areas: Collection[str] | None
) -> list[asyncpg.Record]:
    """Return the ids and references of what stands of a source, in the service areas given."""
    table = register.table
    statement = select(table.c.id, table.c.reference).where(
        table.c.valid_to == STILL_VALID, table.c.is_open, func.lower(table.c.source) == source.lower()
    )
    if areas is not None:
        statement = statement.where(table.c.service_area.in_(sorted(areas)))
    sql, values = sql_of(statement)
    return list(await pool.fetch(sql, *values))


async def gone(
    missing: Mapping[UUID, str], appender: BulkAppender, causes: RegisterCauses
) -> AsyncIterator[RegisterDifference]:
    """Yield what of some things, by their references, had come in a register, with its last decision."""
    ids = list(missing)
    for first in range(0, len(ids), BLOCK_THINGS):
        for stream_id, steps in appender.steps(await appender.fetch(ids[first : first + BLOCK_THINGS])):
            await causes.learn(steps)
            if any(causes.include(step.cause) for step in steps):
                last = steps[-1]
                yield RegisterDifference(
                    key=key_of(stream_id, "gone"),
                    what="gone",
                    row=None,
                    id=UUID(int=stream_id.int),
                    reference=missing[stream_id],
                    field=None,
                    column=None,
                    old=None,
                    new=None,
                    decided_by=last.by,
                    decided_at=last.at,
                    position=last.position,
                )
