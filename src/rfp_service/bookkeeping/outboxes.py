"""Comparing outboxes with what reactions make of the record: every row that should be there, and no other.

It goes through the record range by range. What was found by looking (a wait, a slow case) and what became
of a bulk job follow from no single event, and are not counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from rfp_service.bookkeeping.difference import TableDifference
from rfp_service.rooms import REACTIONS
from shared.kernel.messages import Recorded
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import unread
from shared.record.projecting.views import Row

Key = tuple[object, ...]

REACHED = "SELECT name, position, since FROM reactions"
AHEAD = "SELECT name FROM reactions WHERE position > (SELECT position FROM event_head) ORDER BY name"


@dataclass(frozen=True)
class Outbox:
    """One table of what reactions want done: what tells its rows apart, and what is compared of each."""

    table: str
    what: str
    key: Mapping[str, str]
    compared: Sequence[str]
    counted: str = "true"
    differs: Callable[[object, object], bool] = lambda wanted, held: wanted != held
    but: str = "is not what the record gives"

    def key_of(self, row: Mapping[str, Any] | asyncpg.Record) -> Key:
        """Return what tells this row apart."""
        return tuple(_comparable(row[name]) for name in self.key)

    @property
    def held(self) -> str:
        """Return the statement that finds rows by their keys."""
        names = ", ".join(self.key)
        keys = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(self.key.values(), 1))
        return (
            f"SELECT id, {names}, {', '.join(self.compared)} FROM {self.table}"
            f" WHERE ({names}) IN (SELECT * FROM unnest({keys}))"
        )

    @property
    def number(self) -> str:
        """Return the statement that counts the rows which reactions wrote, up to one."""
        return f"SELECT count(*) FROM {self.table} WHERE id <= $1 AND {self.counted}"


OUTBOXES = (
    Outbox(
        "deadlines",
        "deadline",
        {"case_id": "uuid", "kind": "text", "version": "int"},
        ("due_at",),
        differs=lambda wanted, held: held < wanted,  # type: ignore[operator]  # times; it may have been put off
        but="is earlier than the record gives",
    ),
    Outbox(
        "notifications",
        "notification",
        {"message_id": "uuid"},
        (
            "position",
            "type",
            "case_kind",
            "case_id",
            "sequence",
            "tier",
            "told_tier",
            "caused_by",
            "happened_at",
        ),
        "type NOT IN ('case.slow', 'job.ended') AND wait = ''",
    ),
    Outbox(
        "notices",
        "notice",
        {"position": "bigint", "told": "text", "about": "text"},
        ("case_id", "happened_at"),
    ),
    Outbox(
        "delivery_orders",
        "order",
        {"position": "bigint", "target": "text", "order_kind": "text"},
        ("delivery_id", "since", "until"),
    ),
)


@dataclass
class OutboxComparison:
    """Compares the outboxes with the record, a range at a time; a round begins where the last one ended."""

    last_ids: dict[str, int] = field(default_factory=dict)
    known: dict[str, set[int]] = field(default_factory=dict)

    async def begin(self, connection: Connection) -> list[TableDifference]:
        """Begin a round: what is written from here on is looked at in the next."""
        for box in OUTBOXES:
            last = await connection.fetchval(f"SELECT coalesce(max(id), 0) FROM {box.table}")
            self.last_ids[box.table], self.known[box.table] = last, set()
        ahead = await connection.fetch(AHEAD)
        return [TableDifference("reactions", f"{row['name']} is ahead of the record") for row in ahead]

    async def look(
        self, connection: Connection, reader: Reader, after: int, last: int
    ) -> list[TableDifference]:
        """Return what is not as a range of the record has it."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            reached = {r["name"]: (r["since"], r["position"]) for r in await connection.fetch(REACHED)}
            block = [recorded async for some in reader.all_after(after, last) for recorded in some]
            found: list[TableDifference] = []
            for box in OUTBOXES:
                found += await self._of(connection, box, _wanted(box, block, reached))
        return found

    async def end(self, connection: Connection) -> list[TableDifference]:
        """Return where there are more rows than the whole record gives."""
        found = []
        for box in OUTBOXES:
            there = await connection.fetchval(box.number, self.last_ids[box.table])
            if (surplus := there - len(self.known[box.table])) > 0:
                said = f"{surplus} {box.what}s are there that nothing on the record set"
                found.append(TableDifference(box.table, said))
        return found

    async def _of(
        self, connection: Connection, box: Outbox, wanted: Mapping[Key, tuple[Row, bool]]
    ) -> list[TableDifference]:
        if not wanted:
            return []
        keys = [[row[name] for row, _ in wanted.values()] for name in box.key]
        held = {box.key_of(row): row for row in await connection.fetch(box.held, *keys)}
        self.known[box.table] |= {row["id"] for row in held.values() if row["id"] <= self.last_ids[box.table]}
        return [
            TableDifference(box.table, f"The {box.what} {' '.join(map(str, key))} {fault}")
            for key, (row, needed) in wanted.items()
            for fault in _faults(box, row, held.get(key), needed=needed)
        ]


def _faults(box: Outbox, wanted: Row, held: asyncpg.Record | None, *, needed: bool) -> Iterator[str]:
    if held is None:
        if needed:
            yield "is missing"
    elif any(box.differs(wanted[name], held[name]) for name in box.compared if name in wanted):
        yield box.but


def _wanted(
    box: Outbox, block: Sequence[Recorded], reached: Mapping[str, tuple[int, int]]
) -> dict[Key, tuple[Row, bool]]:
    """Return the rows that a block sets, and whether each must be there."""
    wanted: dict[Key, tuple[Row, bool]] = {}
    for reaction in (reaction for reaction in REACTIONS if reaction.outbox == box.table):
        since, until = reached.get(reaction.name, (0, 0))
        for recorded in block:
            for row in () if unread(recorded) is not None else reaction.rows(recorded):
                wanted[box.key_of(row)] = (row, since < recorded.position <= until)
    return wanted


def _comparable(value: object) -> object:
    return str(value) if type(value).__name__ == "UUID" else value
