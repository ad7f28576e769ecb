"""How far a sheet reaches, found by streaming its XML: a reader would make room for every cell up to there.

What a sheet says of its own size is not believed. Cells with nothing in them do not count, as for readers.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree as ET

from shared.web.tabular.limits import (
    CELLS_LIMIT,
    COLUMNS_LIMIT,
    ROWS_LIMIT,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
)

BOOK = "xl/workbook.xml"
BOOK_PARTS = "xl/_rels/workbook.xml.rels"
ODS_CONTENT = "content.xml"
PIECE_BYTES = 1 << 20
TAG_BYTES_LIMIT = 1 << 12
LETTERS = 26

_CELL = re.compile(rb' r="([A-Z]{1,4})([0-9]{1,9})"[^<>]{0,200}(?<!/)>(?!</)')
_PLACE = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,9})"')
_PREFIX = re.compile(rb"<(\w{1,20}:)worksheet\b")
_NO_PLACE = re.compile(rb"<c(?![^<>]{0,300}\br=)[ >/]")
_ROW_OR_CELL = re.compile(rb"<(row|c)\b([^<>]{0,300})>")
_ROW = re.compile(rb'\br="([0-9]{1,9})"')
_ODS_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?![\w-])([^<>]{0,2000})>")
_REPEATED = re.compile(rb"table:number-(?:columns|rows)-repeated=[\"']([0-9]{1,12})[\"']")


class Bounds(NamedTuple):
    """How many rows and columns a sheet has, from its first cell to its last with anything in it."""

    rows: int = 0
    columns: int = 0

    def checked(self) -> None:
        """Refuse a sheet that reaches too far; the heading is no row of the table."""
        if self.columns > COLUMNS_LIMIT:
            raise TooManyColumns(columns=self.columns, limit=COLUMNS_LIMIT)
        if self.rows > ROWS_LIMIT + 1:
            raise TooManyRows(rows=self.rows - 1, limit=ROWS_LIMIT)
        if self.rows * self.columns > CELLS_LIMIT:
            raise TooManyCells(rows=self.rows, columns=self.columns, limit=CELLS_LIMIT)


def xlsx_bounds(package: zipfile.ZipFile, sheet: str) -> Bounds:
    """Return how far a sheet of an XLSX file reaches; nothing if no part is found for its name."""
    part = part_of(package, sheet)
    if part not in package.namelist():
        return Bounds()
    columns, rows = set[bytes](), 0
    for piece in sheet_pieces(package, part):
        for letters, number in _CELL.findall(piece):
            columns.add(letters)
            rows = max(rows, int(number))
    return Bounds(rows, max(map(column_number, columns), default=0))


def part_of(package: zipfile.ZipFile, sheet: str) -> str:
    """Return the part that holds a sheet, by the book's list of sheets and that of its parts."""
    ids = [
        value
        for tag in ET.fromstring(package.read(BOOK)).iter()  # noqa: S314  # the child's
        if tag.tag.endswith("}sheet") and tag.get("name") == sheet
        for name, value in tag.attrib.items()
        if name.endswith("}id")
    ]
    for tag in ET.fromstring(package.read(BOOK_PARTS)):  # noqa: S314  # the same
        if tag.get("Id") in ids:
            target = tag.get("Target", "")
            return target[1:] if target.startswith("/") else str(PurePosixPath("xl", target))
    return ""


def place_of(attributes: bytes) -> tuple[int, int] | None:
    """Return where an XLSX cell stands by its attributes, its row and column from 0."""
    found = _PLACE.search(attributes)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def column_number(letters: bytes) -> int:
    """Return the number of the column that letters name: A is 1, AA 27."""
    number = 0
    for letter in letters:
        number = number * LETTERS + letter - ord("A") + 1
    return number


def column_letters(number: int) -> bytes:
    """Return the letters of a column by its number: A of 1, AA of 27."""
    letters = b""
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = bytes([ord("A") + rest]) + letters
    return letters


def ods_bounds(package: zipfile.ZipFile) -> Bounds:
    """Return how far the sheets of an ODS file reach, for all of them are read at once."""
    reach = _Reach()
    for piece in pieces(package, ODS_CONTENT):
        for closing, name, attributes in _ODS_TAG.findall(piece):
            empty = attributes.endswith(b"/")
            match name, closing:
                case b"table", b"":
                    reach.begin_sheet()
                case b"table-row", b"":
                    reach.begin_row(times(attributes))
                case ((b"table-cell" | b"covered-table-cell"), b""):
                    reach.cell(times(attributes), empty=empty)
            if name == b"table-row" and (closing or empty):
                reach.end_row()
    return Bounds(reach.rows, reach.columns)


def times(attributes: bytes) -> int:
    """Return how often a row or a cell stands one after another."""
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


class _Reach:
    """How far the sheets of an ODS file reach, as their tags come."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._above = self._left = self._times = 0
        self._filled = False

    def begin_sheet(self) -> None:
        """Begin at the top of another sheet."""
        self._above = 0

    def begin_row(self, times: int) -> None:
        """Begin a row that stands so many times."""
        self._times, self._left, self._filled = times, 0, False

    def cell(self, times: int, *, empty: bool) -> None:
        """Take a cell that stands so many times."""
        self._left += times
        if not empty:
            self._filled = True
            self.columns = max(self.columns, self._left)

    def end_row(self) -> None:
        """Count a row in, as often as it is repeated, where any cell of it is filled."""
        self._above += self._times
        if self._filled:
            self.rows = max(self.rows, self._above)


def sheet_pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield an XLSX sheet in pieces, its tags in their short names, each cell with its place.

    Some programs write `<x:c>` for `<c>`, and some leave it to the order of cells where they stand.
    """
    prefix, places, without = b"", _Places(), False
    for number, whole in enumerate(pieces(package, part)):
        if number == 0 and (found := _PREFIX.search(whole[:TAG_BYTES_LIMIT])):
            prefix = found[1]
        piece = whole.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else whole
        without = without or (number == 0 and _NO_PLACE.search(piece) is not None)
        yield _ROW_OR_CELL.sub(places.told, piece) if without else piece


class _Places:
    """Where the cells of a sheet stand that does not say so, as its tags come."""

    def __init__(self) -> None:
        self._row = self._column = 0

    def told(self, tag: re.Match[bytes]) -> bytes:
        """Return a tag, with its place where it is that of a cell without one."""
        if tag[1] == b"row":
            said = _ROW.search(tag[2])
            self._row, self._column = int(said[1]) if said else self._row + 1, 0
            return tag[0]
        place = place_of(tag[2])
        self._column = place[1] + 1 if place else self._column + 1
        if place:
            return tag[0]
        return b'<c r="%s%d"%s>' % (column_letters(self._column), self._row, tag[2])


def pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part's text in pieces that end before a tag which opens something, where there is one near."""
    rest = b""
    with package.open(part) as stream:
        while read := stream.read(PIECE_BYTES):
            piece = rest + read
            cut = max(piece.rfind(b"<"), len(piece) - TAG_BYTES_LIMIT, 0)
            if piece.startswith(b"</", cut):
                cut = max(piece.rfind(b"<", 0, cut), 0)
            yield piece[:cut]
            rest = piece[cut:]
    yield rest
