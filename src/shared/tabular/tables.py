"""One way to read a table, whatever file it came in: headings, and rows of text with their numbers."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from shared.tabular.limits import (
    CELL_CHARACTERS_LIMIT,
    COLUMNS_LIMIT,
    ROWS_LIMIT,
    NoHeading,
    TooManyColumns,
    TooManyRows,
    UnreadableTable,
)
from shared.tabular.spreadsheets import is_spreadsheet, look_into, sheet_rows
from shared.tabular.text import decodes, delimiter_of, encoding_of

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """What sort of file a table came in."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    formulas: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, each once, and its rows, numbered as a spreadsheet does."""

    form: Form
    headings: tuple[str, ...]
    rows: Iterator[Row]

    def cells(self, row: list[str]) -> dict[str, str] | None:
        """Return a row's cells by their headings; nothing where it has more cells than there are."""
        if len(row) > len(self.headings) and any(
            cell.strip() for cell in row[len(self.headings) :]
        ):
            return None
        padded = row + [""] * (len(self.headings) - len(row))
        return dict(zip(self.headings, padded, strict=False))


def open_table(path: Path, encoding: str | None = None, limit: int = ROWS_LIMIT) -> Table:
    """Open a table; refuse what is too wide, is none, or has no heading. Rows are read when asked for."""
    if is_spreadsheet(path):
        form, rows = Form("spreadsheet", formulas=look_into(path)), sheet_rows(path)
    else:
        encoding = encoding or encoding_of(path)
        if not decodes(path, encoding):
            raise UnreadableTable(encoding=encoding)
        form = Form("csv", encoding, delimiter_of(path, encoding))
        rows = _text_rows(path, form)
    first = next(rows, None)
    if first is None or not any(cell.strip() for cell in first):
        raise NoHeading
    if len(first) > COLUMNS_LIMIT:
        raise TooManyColumns(columns=len(first), limit=COLUMNS_LIMIT)
    return Table(form, told_apart(first), _counted(rows, limit))


def nameless(column: int) -> str:
    """Return what a column without a heading is called."""
    return f"column {column}"


def told_apart(headings: list[str]) -> tuple[str, ...]:
    """Return headings that differ: a second `rating` is `rating (2)`, one without a name its column."""
    seen: dict[str, int] = {}
    named = []
    for column, heading in enumerate(headings, start=1):
        name = " ".join(heading.split()) or nameless(column)
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(named)


def _text_rows(path: Path, form: Form) -> Iterator[list[str]]:
    csv.field_size_limit(CELL_CHARACTERS_LIMIT)
    try:
        with path.open(encoding=form.encoding, newline="") as file:
            yield from csv.reader(file, delimiter=form.delimiter, strict=True)
    except (csv.Error, UnicodeError) as error:
        raise UnreadableTable from error


def _counted(rows: Iterator[list[str]], limit: int) -> Iterator[Row]:
    """Number rows from 2 on, as they stand below the heading; leave out those that are blank."""
    for number, row in enumerate(chain(rows), start=2):
        if number > limit + 1:
            raise TooManyRows(limit=limit)
        if any(cell.strip() for cell in row):
            yield number, row
