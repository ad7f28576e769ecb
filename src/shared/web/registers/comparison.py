"""Comparing a whole register, a block of rows at a time: what differs and what is accepted go to disk."""

import asyncio
import pickle
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, NamedTuple
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from shared.kernel.errors import NotFound, OutOfSight, Refused
from shared.kernel.messages import Stream
from shared.kernel.person import Person
from shared.kernel.references import reference_words
from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.eventstore.store import EventStore
from shared.web.access.redactor import Redactor
from shared.web.bulk.blocks import unpickled
from shared.web.bulk.items import Item
from shared.web.bulk.outcomes import Outcome, not_understood, refused
from shared.web.bulk.refusals import UnknownReference
from shared.web.bulk.runner import NamedTwice
from shared.web.registers.cells import ReadingOptions
from shared.web.registers.difference import (
    UNREAD,
    Accept,
    Compared,
    DifferenceCounts,
    FieldChange,
    RegisterDifference,
    changes,
    with_steps,
)
from shared.web.registers.lone_cells import without_cells_not_taken, without_lone_cells
from shared.web.registers.missing_things import RegisterCauses, gone, standing_things
from shared.web.registers.register import REFERENCE, TITLE, Said
from shared.web.registers.rows import Cell, RegisterRow, RowReport

BLOCK_ROWS = 1_000


class CameInNoRegister(Refused):
    """This did not come in a register, so no register can change it: decide on it by itself."""


class AcceptedRow(NamedTuple):
    """What is accepted of one row: on which thing, as it was seen, and what its command says."""

    target: UUID
    version: int | None
    said: Said


@dataclass(slots=True)
class RegisterComparison:
    """A register beside the record: `told` takes what differs, `accepted` the items of a batch."""

    store: EventStore
    how: ReadingOptions
    accept: Accept
    links: Mapping[str, UUID]
    person: Person
    redact: Redactor
    areas: frozenset[str] | None
    told: IO[bytes]
    accepted: IO[bytes]
    report: RowReport
    counts: DifferenceCounts = field(default_factory=DifferenceCounts)
    items: int = 0
    rows: int = 0
    declined: int = 0
    causes: RegisterCauses = field(init=False)
    _seen: set[int] = field(default_factory=set)
    _block: list[Item[Any] | Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Remember no cause yet."""
        self.causes = RegisterCauses(self.store, self.how.register.name)

    @property
    def _appender(self) -> BulkAppender:
        return self.store.bulk_appender()

    async def compare(self, rows: Iterator[RegisterRow]) -> None:
        """Compare every row; then find what is gone."""
        while block := await asyncio.to_thread(list, islice(rows, BLOCK_ROWS)):
            self.rows += len(block)
            await self._compare(block)

    def found(self) -> Iterator[Item[Any] | Outcome]:
        """Yield what was accepted, as the items of a batch, and what was refused already."""
        self.accepted.seek(0)
        for block in unpickled(self.accepted):
            yield from block

    async def _compare(self, block: list[RegisterRow]) -> None:
        meant: list[tuple[RegisterRow, UUID | Outcome]] = [(row, self._meant(row)) for row in block]
        ids = [target for _, target in meant if isinstance(target, UUID)]
        stored = await self._appender.fetch(ids)
        loaded = self._appender.fold(stored, self.how.register.blank, "")
        compared: list[Compared | Outcome] = []
        for row, target in meant:
            if isinstance(target, Outcome):
                compared.append(target)
                continue
            known = loaded.get(target.int)
            compared.append(self._compared(row, target, None if known is None else known.stream))
        await self._decided(compared, stored)
        await self._tell(compared)

    def _meant(self, row: RegisterRow) -> UUID | Outcome:
        """Return the thing that a row is about; refuse a row that names none, or one that was named."""
        if row.wrong:
            return Outcome(
                row.number, "refused", problem=not_understood(list(row.wrong)), reference=row.reference
            )
        try:
            target = self._target(row)
            if target.int in self._seen:
                raise NamedTwice
        except Refused as refusal:
            return refused(row.number, refusal)._replace(reference=row.reference)
        self._seen.add(target.int)
        return target

    def _target(self, row: RegisterRow) -> UUID:
        if row.id is not None:
            return row.id
        reference = row.said.get(REFERENCE)
        if reference is None:
            raise UnknownReference
        linked = self.links.get(reference_words(reference))
        return linked or self.how.register.id_of(self.how.source, reference)

    def _compared(self, row: RegisterRow, target: UUID, stream: Any) -> Compared | Outcome:
        register = self.how.register
        standing = register.standing(register.blank if stream is None else stream.state)
        if row.lone:
            row = without_lone_cells(row, standing, self.how, self.report)
        if stream is None or register.is_new(stream.state):
            if row.id is not None or TITLE not in row.said:
                return refused(row.number, NotFound(), target)._replace(reference=row.reference)
            return Compared(row, stream or Stream(target, register.blank), is_new=True)
        if self.areas is not None and standing.get("service_area") not in self.areas:
            return refused(row.number, OutOfSight(), target)._replace(reference=row.reference)
        self._doubt_reference(row, standing)
        row = without_cells_not_taken(row, stream.state, self.how, self.report)
        return Compared(row, stream, is_new=False, changes=changes(self.how, row, stream))

    def _doubt_reference(self, row: RegisterRow, standing: Mapping[str, Any]) -> None:
        """Report a reference that is not the one of the thing whose id stands beside it: none is changed."""
        said, known = row.said.get(REFERENCE), str(standing[REFERENCE])
        if row.id is not None and said is not None and reference_words(said) != reference_words(known):
            why = "is not the reference of this id, and changes none"
            self.report.note(Cell(row.number, self.how.names[REFERENCE], why, said, known or "no reference"))

    async def _decided(self, compared: list[Compared | Outcome], stored: Sequence[asyncpg.Record]) -> None:
        """Find the decisions that the old values of what differs stand by."""
        differing = [c for c in compared if isinstance(c, Compared) and c.changes]
        if not differing:
            return
        wanted = {one.stream.id for one in differing}
        steps = dict(self._appender.steps([row for row in stored if row["originator_id"] in wanted]))
        await self.causes.learn(step for of_one in steps.values() for step in of_one)
        for one in differing:
            of_one = steps[one.stream.id]
            one.changes = with_steps(self.how.register, one.changes, of_one, self.causes)

    async def _tell(self, compared: list[Compared | Outcome]) -> None:
        marks = await self._marks([c for c in compared if isinstance(c, Compared) and c.changes])
        for one in compared:
            if isinstance(one, Outcome):
                self._keep(one)
                continue
            for difference in one.differences(marks.get(one.stream.id, {})):
                self._note(difference)
            self._count(one)
            self._accept(one)
        pickle.dump(self._block, self.accepted, pickle.HIGHEST_PROTOCOL)
        self._block = []

    async def _marks(self, differing: list[Compared]) -> dict[UUID, dict[str, str]]:
        """Return what of the old values the caller may not see."""
        items = [
            {"id": c.stream.id, "version": c.stream.version, **self.how.register.standing(c.stream.state)}
            for c in differing
        ]
        await self.redact.draw(self.person, items)
        return {item["id"]: item.get("withheld", {}) for item in items}

    def _note(self, difference: RegisterDifference) -> None:
        self.told.write(difference.model_dump_json().encode() + b"\n")

    def _keep(self, item: Item[Any] | Outcome) -> None:
        self.items += isinstance(item, Item)
        self._block.append(item)

    def _count(self, one: Compared) -> None:
        counts = self.counts
        if one.is_new:
            counts.new += 1
        elif one.changes:
            counts.changed += 1
            counts.conflicting += any(change.conflicting for change in one.changes)
        else:
            counts.unchanged += 1

    def _accept(self, one: Compared) -> None:
        """Keep what is accepted of a row, to be decided; it is decided as it was seen, or not at all."""
        if one.is_new:
            if not self.accept(one.key(None), False):  # noqa: FBT003  # it is in no conflict
                self.declined += 1
                return
            self._decide(one, one.row.said, one.row.unread, frozenset(), None)
            return
        accepted = [c for c in one.changes if self.accept(one.key(c), c.conflicting)]
        self.declined += bool(one.changes) and len(accepted) < len(one.changes)
        if accepted:
            state = one.stream.state
            standing = self.how.register.standing(state)
            if not standing[REFERENCE]:
                refusal = refused(one.row.number, CameInNoRegister(), one.stream.id)
                self._keep(refusal._replace(reference=one.row.reference))
                return
            said = {REFERENCE: standing[REFERENCE], TITLE: standing[TITLE]}
            extra, changed = dict(self.how.register.extra_fields), [c for c in accepted if c.field != UNREAD]
            said |= {c.field: c.new for c in changed if c.new is not None and c.field not in extra}
            said |= {extra[c.field]: one.row.said[extra[c.field]] for c in changed if c.field in extra}
            said |= self._beside(one, said, {c.field for c in changed})
            unread = _unread(self.how.register.unread(state), accepted)
            withdrawn = frozenset(c.field for c in changed if c.new is None)
            self._decide(one, said, unread, withdrawn, one.stream.version)

    def _beside(self, one: Compared, said: Said, moved: Collection[str]) -> Said:
        """Return what a row says, unchanged, beside what changes: the same part of another category.

        So does an end whose start changes, or is withdrawn: it may have been counted from there.
        """
        changing = {change.field for change in one.changes}
        return {
            field.name: one.row.said[field.name]
            for field in self.how.register.fields
            if (field.beside in said or field.not_before in moved)
            and field.name in one.row.said
            and field.name not in changing
        }

    def _decide(
        self,
        one: Compared,
        said: dict[str, Any],
        unread: Mapping[str, str],
        withdrawn: frozenset[str],
        version: int | None,
    ) -> None:
        row, register = one.row, self.how.register
        more = {"withdrawn": tuple(sorted(withdrawn))} if withdrawn else {}
        source = {"source": self.how.source} if one.is_new and self.how.source else {}
        asked = {**said, "unread": dict(unread), **more, **source}
        try:
            register.asked(asked, self.how.extras)  # on its way it waits as what it says: that takes less
        except ValidationError as error:
            wrong = [_in_words(found, self.how.names) for found in error.errors()]
            self._keep(Outcome(row.number, "refused", problem=not_understood(wrong), reference=row.reference))
            return
        self._keep(Item(row.number, AcceptedRow(one.stream.id, version, asked), row.reference))

    async def find_gone(self, pool: asyncpg.Pool) -> None:
        """Tell what came in a register of this source, still stands, and is not in this one."""
        things = await standing_things(pool, self.how.register, self.how.source, self.areas)
        missing = {row["id"]: row["reference"] for row in things if row["id"].int not in self._seen}
        async for difference in gone(missing, self._appender, self.causes):
            self.counts.gone += 1
            self._note(difference)


def _unread(before: Mapping[str, str], accepted: list[FieldChange]) -> dict[str, str]:
    """Return the cells that are unread once what was accepted holds."""
    cells = dict(before)
    for change in accepted:
        if change.field == UNREAD and change.column is not None:
            if change.new is None:
                cells.pop(change.column, None)
            else:
                cells[change.column] = str(change.new)
    return cells


def _in_words(error: Any, names: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a cell, by its column's heading."""
    field = str(error["loc"][0]) if error["loc"] else ""
    return {"pointer": f"#/{field}", "detail": f"'{names.get(field, field)}': {error['msg']}"}
