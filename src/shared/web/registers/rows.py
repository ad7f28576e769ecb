"""Reading a register's rows by a mapping: what each says, what of it can't be read, or why none of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.fields import REASON_LIMIT, SHORT_TEXT_LIMIT
from shared.web.bulk.outcomes import as_named
from shared.web.registers.cells import (
    NOT_KNOWN_YET,
    ReadingOptions,
    Unread,
    as_text,
    line,
    reader_of,
    reference_of,
    undefined_in,
)
from shared.web.registers.mappings import ID
from shared.web.registers.outside_rows import OutsideRows
from shared.web.registers.register import REFERENCE, TEXTS, TITLE, Kind, Said
from shared.web.tabular.marks import is_withheld, why_worthless
from shared.web.tabular.tables import Table

CELLS_REPORTED = LEFT_OUT_REPORTED = 500
BETWEEN_PARTS = " / "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that was not read: where it is, what it says, why it was not read, what would have been."""

    row: int
    column: str
    reason: str
    text: str = ""
    expected: str = ""


@dataclass(slots=True)
class RowReport:
    """What was not read, and what was left out for it is no row of the register."""

    cells: list[Cell] = field(default_factory=list)
    count: int = 0
    left_out: list[int] = field(default_factory=list)

    def note(self, cell: Cell) -> None:
        """Note a cell; the first five hundred are told one by one."""
        self.count += 1
        if self.count <= CELLS_REPORTED:
            self.cells.append(cell)

    def leave_out(self, row: int) -> None:
        """Note a row that does not belong to the register: a total, a remark below it, repeated headings."""
        if len(self.left_out) < LEFT_OUT_REPORTED:
            self.left_out.append(row)


class RegisterRow(NamedTuple):
    """What a row says: by field; cells unread as they stood; the headings that were read; dates withdrawn.

    `lone` are cells, by field, that say more of something which the row does not name: a supplier's number.

    A tuple, for a register of many thousands waits on disk.
    """

    number: int
    said: Said
    unread: Mapping[str, str]
    settled: frozenset[str]
    withdrawn: frozenset[str]
    reference: str | None
    id: UUID | None = None
    wrong: tuple[Mapping[str, str], ...] = ()  # why it can't be taken at all
    lone: Mapping[str, str] = {}


TOO_LONG = {"detail": "The row has more cells than there are columns."}
NEEDED = "is blank: every row needs one"


def read_rows(table: Table, how: ReadingOptions, report: RowReport) -> Iterator[RegisterRow]:
    """Yield each row as what it says; left out, and said, are those that are outside the register."""
    reader = _RowReader(table, how, report)

    def tell(number: int, column: str, cell: str) -> None:
        why, expected = "heads another table, whose rows are left out", "one table in each sheet or file"
        report.note(Cell(number, column, why, as_text(cell)[:SHORT_TEXT_LIMIT], expected))

    for (number, row), is_outside in OutsideRows(table, how, tell).told_apart(table.rows):
        if is_outside:
            report.leave_out(number)
        else:
            yield reader.read(number, row)


class _Column(NamedTuple):
    """A column that stands for a field, and what reads its cells."""

    heading: str
    name: str
    value: Callable[[str], Any]
    withdrawable: bool
    takes_undefined: bool = False  # a text is taken with a byte without a meaning, and reported


class _RowReader:
    """Reads the rows of one register."""

    def __init__(self, table: Table, how: ReadingOptions, report: RowReport) -> None:
        self._table, self._how, self._report = table, how, report
        columns = [(name, how.columns[name]) for name in table.headings if name in how.columns]
        self._columns = [self._column(heading, name) for heading, name in columns]
        self._places = {name: place for place, name in enumerate(table.headings)}
        self._names = {field: [h for h, of in columns if of == field] for _, field in columns}
        fields = how.register.fields
        self._beside = {one.name: one.beside for one in fields if one.beside and one.name in self._names}

    def _cell(self, row: Sequence[str], field: str) -> str:
        for heading in self._names.get(field, ()):
            place = self._places[heading]
            if place < len(row) and row[place].strip():
                return row[place].strip()
        return ""

    def read(self, number: int, row: list[str]) -> RegisterRow:
        """Return a row by its fields, with what could not be read, and why none of it can be taken."""
        cells = self._table.cells(row)
        if cells is None:
            named = as_named(self._cell(row, REFERENCE))
            return RegisterRow(number, {}, {}, frozenset(), frozenset(), named, wrong=(TOO_LONG,))
        said, unread, settled, withdrawn = self._said(number, cells)
        own = self._id(said)
        reference = self._reference(said, cells)
        can_be_taken = own is not None or (REFERENCE in said and TITLE in said)
        wrong = () if can_be_taken else tuple(self._wrong(said, cells))
        lone = {
            name: as_text(self._cell(row, name))
            for name, of in self._beside.items()
            if name in said and of not in said
        }
        return RegisterRow(
            number, said, unread, frozenset(settled), frozenset(withdrawn), reference, own, wrong, lone
        )

    def _said(self, number: int, cells: Mapping[str, str]) -> tuple[Said, dict[str, str], set[str], set[str]]:
        said: Said = {}
        unread: dict[str, str] = {}
        settled, withdrawn = set[str](), set[str]()
        for heading, name, value, withdrawable, takes_undefined in self._columns:
            text = cells[heading].strip()
            if withdrawable and text.casefold() in NOT_KNOWN_YET:
                withdrawn.add(name)
                settled.add(heading)
            elif text and not is_withheld(text):
                try:
                    if (found := value(text)) is not None:
                        said[name] = _alike(found, said.get(name))
                    settled.add(heading)
                    if takes_undefined and not text.isascii():
                        self._doubt_text(number, heading, text)
                except Unread as why:
                    self._note(number, heading, name, text, why, unread)
        self._doubt(number, cells, said, unread, settled)
        return said, unread, settled, withdrawn

    def _column(self, heading: str, name: str) -> _Column:
        field = self._how.register.by_name.get(name)
        if field is None:
            return _Column(heading, name, _id_of, withdrawable=False)
        value = reader_of(heading, field, self._how)
        if name == REFERENCE:
            read = partial(_reference_of, value=value)
            return _Column(heading, name, read, withdrawable=False, takes_undefined=True)
        withdrawable = field.withdrawable and self._how.withdraw
        return _Column(heading, name, value, withdrawable, field.kind in TEXTS)

    def _doubt_text(self, number: int, column: str, text: str) -> None:
        """Report a byte without a meaning in a text that is taken with a question mark in its place."""
        if why := undefined_in(text):
            shown = as_text(text)[:SHORT_TEXT_LIMIT]
            self._report.note(Cell(number, column, str(why), shown, why.expected))

    def _doubt(
        self, number: int, cells: Mapping[str, str], said: Said, unread: dict[str, str], settled: set[str]
    ) -> None:
        """Take back what the room can't take of a row, such as a category that the scheme does not name."""
        for name, reason in self._how.doubts(said).items():
            del said[name]
            why, _, expected = reason.partition("|")
            for column in self._names[name]:
                if text := cells[column].strip():
                    settled.discard(column)
                    self._note(number, column, name, text, Unread(why, expected), unread)

    def _note(
        self, number: int, column: str, name: str, text: str, why: Unread, unread: dict[str, str]
    ) -> None:
        """Report a cell; keep its text with the thing, but for names of people."""
        shown = as_text(text)
        self._report.note(Cell(number, column, str(why), shown[:SHORT_TEXT_LIMIT], why.expected))
        field = self._how.register.by_name.get(name)
        if field is not None and field.kind is not Kind.PERSON and shown:
            unread[line(column)[:SHORT_TEXT_LIMIT]] = shown[:REASON_LIMIT]

    def _id(self, said: Said) -> UUID | None:
        own = said.pop(ID, None)
        return own if isinstance(own, UUID) else None

    def _reference(self, said: Said, cells: Mapping[str, str]) -> str | None:
        """Return a row's reference: its own, or one made of the columns of a key."""
        if REFERENCE in said:
            return str(said[REFERENCE])
        if REFERENCE in self._names or ID in self._names:
            return as_named(cells[self._names[REFERENCE][0]]) if REFERENCE in self._names else None
        parts = [line(cells[column]) for column in self._how.key]
        if parts and all(parts):
            said[REFERENCE] = BETWEEN_PARTS.join(parts)[:SHORT_TEXT_LIMIT]
        return said.get(REFERENCE)

    def _wrong(self, said: Said, cells: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
        """Yield why a row without an id can't be taken at all, in the words of its headings."""
        for name in (REFERENCE, TITLE):
            columns = self._names.get(name, list(self._how.key) if name == REFERENCE else [])
            column = next((one for one in columns if cells[one].strip()), next(iter(columns), name))
            text = cells.get(column, "").strip()
            if name in said or (name == TITLE and is_withheld(text)):
                continue
            yield {"pointer": f"#/{name}", "detail": f"'{column}' {_why_not(text)}"}


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Unread("is no id", "an id as the lists show it, or nothing") from None


def _reference_of(text: str, value: Callable[[str], Any]) -> Any:
    """Return a reference without what nobody sees of it, unless it can't be read as it stands."""
    return value(text) if why_worthless(text) or undefined_in(text) else reference_of(text)


def _why_not(text: str) -> str:
    """Return why a cell that every row needs can't be taken."""
    if not text:
        return NEEDED
    return why_worthless(text) or f"can't be read: {as_text(text)[:SHORT_TEXT_LIMIT]}"


def _alike(value: object, before: object) -> object:
    """Return a value, unless another column of the same field has said something else."""
    if before not in (None, value):
        raise Unread("says something else than another column for the same field", "the same in both, or one")
    return value
