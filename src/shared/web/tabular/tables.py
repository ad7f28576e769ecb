"""One way to read a table, whatever file it came in: headings, and rows of text with their numbers."""

import asyncio
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from shared.web.sandbox.children import Sandbox, Task
from shared.web.tabular.headings import LOOKED_AT_ROWS, Heading, Known, find_heading, single
from shared.web.tabular.limits import (
    CELL_CHARACTERS_LIMIT,
    COLUMNS_LIMIT,
    ROW_CHARACTERS_LIMIT,
    ROWS_LIMIT,
    SHEET_ROWS,
    SPREADSHEET_REFUSALS,
    NoHeading,
    RowTooLong,
    TooManyColumns,
    TooManyRows,
    UnreadableTable,
)
from shared.web.tabular.marks import as_month
from shared.web.tabular.text import (
    UNDEFINED,
    UTF_8,
    byte_without_meaning,
    declared_delimiter,
    decodes,
    delimiter_of,
    encoding_of,
    seen_instead,
)

BYTE_ORDER_MARK = "\ufeff"
WANTED = ".wanted"  # beside a spreadsheet: what is wanted of it, for the child
SHEET = "spreadsheet"  # the kind of a table that was one
ZIP_MAGIC = b"PK\x03\x04"
TEXT_FORMULA = '="'  # how programs keep a spreadsheet from taking a text for a number: ="0012"
SPREADSHEET = Task("shared.web.tabular.spreadsheets", SPREADSHEET_REFUSALS)

_TEXT_ALONE = re.compile(r'="((?:[^"]|"")*)"')

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """What sort of file a table came in."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    formulas: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextFile:
    """A table as text: where it is, and how it is written."""

    path: Path
    encoding: str = "utf-8"
    delimiter: str = ","
    errors: str = "strict"  # what becomes of bytes without a meaning
    skipped: int = 0  # lines before the table that no spreadsheet shows, such as `sep=;`

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows, each bounded, the headings first."""
        csv.field_size_limit(CELL_CHARACTERS_LIMIT)
        number = 1
        try:
            with self.path.open(encoding=self.encoding, newline="", errors=self.errors) as file:
                for _ in range(self.skipped):
                    file.readline(ROW_CHARACTERS_LIMIT)
                lines = _Lines(file)
                for row in csv.reader(lines, delimiter=self.delimiter, strict=True):
                    yield [as_shown(cell) for cell in row] if lines.has_formula else row
                    lines.begin()
                    number += 1
        except csv.Error as error:
            raise UnreadableTable(row=number, seen=_misquoted(str(error))) from error
        except UnicodeError as error:
            raise UnreadableTable(row=number, encoding=self.encoding) from error


def as_shown(cell: str) -> str:
    """Return what a spreadsheet shows of a formula that is nothing but a text: `="0012"` is 0012."""
    found = _TEXT_ALONE.fullmatch(cell.strip())
    return found[1].replace('""', '"') if found else cell


def _misquoted(error: str) -> str:
    """Return what is wrong with a row, in the words of whoever wrote it."""
    if "field larger" in error:
        return f"a cell of more than {CELL_CHARACTERS_LIMIT} characters: a quotation mark may not be closed"
    if "unexpected end" in error:
        return "a quotation mark that is never closed"
    return "text behind a quotation mark that closes a cell: double those that belong to the text"


@dataclass(slots=True)
class _Lines:
    """Lines of a file; a row may take many of them, and no more characters than a row may have."""

    file: TextIO
    characters: int = 0
    has_formula: bool = False

    def begin(self) -> None:
        """Begin a row with the next line."""
        self.characters, self.has_formula = 0, False

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(ROW_CHARACTERS_LIMIT + 1):
            if not self.characters:
                line = line.lstrip(BYTE_ORDER_MARK)  # where files were put together
            self.characters += len(line)
            self.has_formula |= TEXT_FORMULA in line
            if self.characters > ROW_CHARACTERS_LIMIT:
                raise RowTooLong(limit_characters=ROW_CHARACTERS_LIMIT)
            yield line


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, each once, and its rows, numbered as a spreadsheet does."""

    form: Form
    headings: tuple[str, ...]
    text: TextFile
    heading: Heading
    limit: int = ROWS_LIMIT

    @property
    def rows(self) -> Iterator[Row]:
        """Yield the rows below the headings, read again each time; leave out those that are blank."""
        above, filled = self.heading.last, 0
        for number, row in enumerate(self.text.rows(), start=1):
            if number > above and any(cell.strip() for cell in row):
                filled += 1
                if filled > self.limit:
                    raise TooManyRows(limit=self.limit)
                yield number, row
            elif number > SHEET_ROWS:
                raise TooManyRows(limit=self.limit)

    def sample(self, rows: int) -> list[list[str]]:
        """Return the first rows below the headings."""
        return [row for _, row in islice(self.rows, rows)]

    def cells(self, row: list[str]) -> dict[str, str] | None:
        """Return a row's cells by their headings; nothing if it has more cells than there are."""
        if len(row) > len(self.headings) and any(cell.strip() for cell in row[len(self.headings) :]):
            return None
        padded = row + [""] * (len(self.headings) - len(row))
        return dict(zip(self.headings, padded, strict=False))


@dataclass(frozen=True, slots=True)
class TableWanted:
    """Which table of a file is meant: a sheet, the row of its headings, or what its headings are called."""

    known: Known = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    sheet: str | None = None
    heading_row: int | None = None


async def open_table(
    path: Path,
    sandbox: Sandbox,
    encoding: str | None = None,
    limit: int = ROWS_LIMIT,
    wanted: TableWanted = TableWanted(),  # it is frozen
) -> Table:
    """Open a table; refuse what is too wide, is none, or has no heading. Rows are read when asked for.

    Text is read here, a row at a time; a spreadsheet is written as text beside it, by a child. The headings
    stand in the first row, unless it is said how they are called, or where they are.
    """
    if _is_zip(path):
        form, text = await _converted(path, sandbox, wanted)
    else:
        text = await asyncio.to_thread(_text, path, encoding, wanted)
        form = Form("csv", text.encoding, text.delimiter)
    heading = await asyncio.to_thread(_heading, text, wanted)
    return Table(form, told_apart(list(heading.cells)), text, heading, limit)


async def _converted(path: Path, sandbox: Sandbox, wanted: TableWanted) -> tuple[Form, TextFile]:
    """Have a child write the sheet that is meant as text."""
    written = path.with_name(f"{path.name}.csv")
    asked = path.with_name(f"{path.name}{WANTED}")
    await asyncio.to_thread(asked.write_text, json.dumps(asdict(wanted)), encoding="utf-8")
    found = await sandbox.convert(SPREADSHEET, path, written)
    sheets = tuple(found["sheets"])
    return Form(SHEET, formulas=found["formulas"], sheet=found["sheet"], sheets=sheets), TextFile(written)


def _is_zip(path: Path) -> bool:
    """Say whether a file is a zip, as spreadsheets are."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC


def _text(path: Path, encoding: str | None, wanted: TableWanted) -> TextFile:
    """Find out how a text is written; in a thread, for all of it is looked at."""
    if seen := seen_instead(path):
        raise UnreadableTable(seen=seen)
    seems, errors = encoding_of(path), UNDEFINED if wanted.known else "strict"
    encoding = encoding or seems
    if (encoding == "utf-8" and seems != UTF_8) or not decodes(path, encoding, errors):
        stray = _first_stray(path, encoding, wanted) if decodes(path, encoding, UNDEFINED) else {}
        raise UnreadableTable(encoding=encoding, **stray)
    return _delimited(path, encoding, errors, wanted)


def _delimited(path: Path, encoding: str, errors: str, wanted: TableWanted) -> TextFile:
    if delimiter := declared_delimiter(path, encoding):
        return TextFile(path, encoding, delimiter, errors, skipped=1)
    return TextFile(path, encoding, delimiter_of(path, encoding, wanted.known), errors)


def _first_stray(path: Path, encoding: str, wanted: TableWanted) -> dict[str, object]:
    """Return the row and the column of the first byte without a meaning, and which it is."""
    names: tuple[str, ...] = ()  # as the first row has them, where it is the headings
    for number, row in enumerate(_delimited(path, encoding, UNDEFINED, wanted).rows(), start=1):
        for place, cell in enumerate(row):
            if byte := byte_without_meaning(cell):
                column = names[place] if place < len(names) else nameless(place + 1)
                return {"row": number, "column": column, "seen": byte}
        names = names or (() if wanted.known else told_apart(row))
    return {}


def _heading(text: TextFile, wanted: TableWanted) -> Heading:
    """Return the headings: where somebody says, where they are called as is known, or in the first row."""
    rows = list(islice(text.rows(), max(LOOKED_AT_ROWS, wanted.heading_row or 0) + 1))
    found = find_heading(rows, wanted.known, wanted.needed, wanted.heading_row) if wanted.known else None
    place = (wanted.heading_row or 1) - 1
    if place >= len(rows) or (not any(cell.strip() for cell in rows[place]) and found is None):
        raise NoHeading(row=place + 1)
    heading = found or single(rows, place)
    if len(heading.cells) > COLUMNS_LIMIT:
        raise TooManyColumns(columns=len(heading.cells), limit=COLUMNS_LIMIT)
    return heading


def nameless(column: int) -> str:
    """Return what a column without a heading is called."""
    return f"column {column}"


def told_apart(headings: list[str]) -> tuple[str, ...]:
    """Return headings that differ: a second `rating` is `rating (2)`, one without a name its column."""
    seen: dict[str, int] = {}
    named = []
    for column, heading in enumerate(headings, start=1):
        name = " ".join(as_month(heading).split()) or nameless(column)
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(named)
