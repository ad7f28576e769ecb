"""What a read stands on: views that have come far enough, and the position it is answered as of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
from fastapi import Depends, Query, Request
from sqlalchemy import ColumnElement, Select, Table

from shared.errors import Unacceptable, ViewsBehind
from shared.eventstore.reading import Reader
from shared.projecting.views import DIALECT, STILL_VALID
from shared.projecting.visibility import Visibility

POSITION_DIGITS = 15
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)$")


class BeyondTheRecord(Unacceptable):
    """The record does not reach that position yet."""


class UnreadableAsOf(Unacceptable):
    """`as_of` is a position, or an instant with its offset such as 2026-03-01T00:00Z."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the views: where from, as of which position and instant, and whether that is past."""

    pool: asyncpg.Pool
    record: Reader
    position: int
    as_of: datetime
    past: bool

    async def rows(self, statement: "Select[tuple[object, ...]]") -> list[asyncpg.Record]:
        """Return the rows that a statement selects."""
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        return list(await self.pool.fetch(str(compiled), *values))

    def valid(self, table: Table) -> "ColumnElement[bool]":
        """Return the condition that picks each thing's row as of this reading."""
        if not self.past:
            return table.c.valid_to == STILL_VALID
        return (table.c.valid_from <= self.position) & (table.c.valid_to > self.position)


After = Annotated[
    int | None,
    Query(ge=0, lt=10**POSITION_DIGITS, description="Wait until the views show this position."),
]
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="Answer with what was recorded by then: a position, or an instant with offset.",
        examples=["2026-03-01T00:00Z"],
    ),
]


async def reading(request: Request, after: After = None, as_of: AsOf = None) -> Reading:
    """Wait for the views where `after` asks for it, and find the position that `as_of` means."""
    service = request.app.state.service
    record: Reader = service.record
    visibility: Visibility = service.visibility
    now = datetime.now(UTC)
    position, instant = await _meant(record, as_of, now)
    wanted = max(after or 0, position or 0)
    if wanted > visibility.position:
        if wanted > await record.head():
            raise BeyondTheRecord(position=wanted)
        if not await visibility.reaches(wanted):
            raise ViewsBehind(position=wanted, visible=visibility.position)
    if position is None:
        return Reading(service.pool, record, visibility.position, now, past=False)
    return Reading(service.pool, record, position, instant, past=True)


async def _meant(record: Reader, as_of: str | None, now: datetime) -> tuple[int | None, datetime]:
    """Return the position and instant that `as_of` means; no position where it means now."""
    if as_of is not None and as_of.isascii() and as_of.isdigit() and len(as_of) <= POSITION_DIGITS:
        return int(as_of), await record.recorded_at(int(as_of)) or now
    instant = instant_of(as_of)
    if instant is None or instant >= now:
        return None, now
    return await record.position_at(instant), instant


def instant_of(as_of: str | None) -> datetime | None:
    """Return the instant that `as_of` names; refuse what is none."""
    if as_of is None:
        return None
    try:
        if _INSTANT.match(as_of):
            return datetime.fromisoformat(as_of.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UnreadableAsOf


Read = Annotated[Reading, Depends(reading)]
