"""The files of an import: plain or gzip, told apart by content, hashed as they read, bounded."""

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from shared.kernel.errors import Unacceptable
from shared.web.tabular.limits import ROW_CHARACTERS_LIMIT, RowTooLong

STRAY = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8
GZIP_MAGIC = b"\x1f\x8b"
BEGINNING = 64 * 1024
PLAIN_BYTES_LIMIT = 512 * 1024 * 1024  # after decompression: a bomb goes off no further than this
LINE_CHARACTERS_LIMIT = 64 * 1024
CHUNK = 1 << 20
HEADINGS_TOLD, HEADING_TOLD = 30, 100  # so many of them, so much of each


class OtherFormat(Unacceptable):
    """This is not a CSV file: `looks_like` says what it seems to be, `do` what would help."""


class FileTooLarge(Unacceptable):
    """The file is larger, once decompressed, than an import may be."""


class NotReadable(Unacceptable):
    """The file can't be read: plain or gzip CSV in UTF-8 is needed, or XES, to its end."""


class BadRow(NamedTuple):
    """A row that can't be told cell by cell, and why."""

    reason: str


class ColumnTwice(Unacceptable):
    """The file has the same column twice, and does not say which of them counts."""


class ColumnMissing(Unacceptable):
    """The file lacks a column that an import needs."""


def opened(path: Path) -> BinaryIO:
    """Open a file, plain or gzip, for its decompressed content."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]  # both read bytes


def digest(path: Path, *, delimiter: str = ",", may_be_xml: bool = False) -> str:
    """Return the SHA-256 of a file's decompressed content; `NotReadable` if it can't be read."""
    sha, size = hashlib.sha256(), 0
    try:
        with opened(path) as file:
            while chunk := file.read(CHUNK):
                if not size and not (may_be_xml and begins_xml(chunk)):
                    must_be_csv(chunk[:BEGINNING], delimiter)
                size += len(chunk)
                if size > PLAIN_BYTES_LIMIT:
                    raise FileTooLarge(limit_bytes=PLAIN_BYTES_LIMIT)
                sha.update(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable from error
    return sha.hexdigest()


def plain_bytes(path: Path) -> int:
    """Return how many bytes a file has once it is decompressed; raise `NotReadable` where it can't be."""
    try:
        with opened(path) as file:
            return sum(len(chunk) for chunk in iter(lambda: file.read(CHUNK), b""))
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable from error


def must_be_csv(beginning: bytes, delimiter: str = ",") -> None:
    """Refuse a file of another sort by how it begins, and say what to do."""
    for magic, (looks_like, do) in OTHERS.items():
        if beginning.startswith(magic):
            raise OtherFormat(looks_like=looks_like, do=do)
    heading = beginning.removeprefix(BYTE_ORDER_MARK).splitlines()[:1] or [b""]
    if begins_xml(beginning):
        raise OtherFormat(looks_like="an XES log, or other XML", do="Hand an XES log in as `events`.")
    for mark, name in ((b",", "comma"), (b";", "semicolon"), (b"\t", "tab"), (b"|", "bar")):
        if delimiter.encode() not in heading[0] and mark in heading[0]:
            raise OtherFormat(
                looks_like=f"a table whose cells are separated by {name}s",
                do=f"Say so with `delimiter`: {name}. Or save it again with commas between its cells.",
            )


def is_xml(path: Path) -> bool:
    """Say whether a file, once decompressed, is XML; raise `NotReadable` where it can't be decompressed."""
    try:
        with opened(path) as file:
            return begins_xml(file.read(BEGINNING))
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable from error


def begins_xml(beginning: bytes) -> bool:
    """Say whether a file that begins so is XML."""
    return beginning.removeprefix(BYTE_ORDER_MARK).lstrip()[:5].startswith((b"<?xml", b"<log", b"<!"))


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
AS_CSV = "Write events and cases to two CSV files, with the columns that the API file names."
OTHERS = {
    b"PK\x03\x04": (
        "a ZIP package, or a spreadsheet",
        "Unpack it, or save the sheet as CSV; each file may be gzip, not ZIP.",
    ),
    b"\xff\xfe": ("text in UTF-16", "Save it again as CSV in UTF-8."),
    b"\xfe\xff": ("text in UTF-16", "Save it again as CSV in UTF-8."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as CSV in UTF-8."),
    b"SQLite format 3": ("an SQLite database", AS_CSV),
    b"{": ("JSON", AS_CSV),
}


class FileColumns(NamedTuple):
    """Which columns a file has: those that it needs, all that are known, and its own headings' meaning."""

    needed: tuple[str, ...]
    known: tuple[str, ...]
    mapping: Mapping[str, str] = {}
    only_here: tuple[str, ...] = ()


def rows(
    path: Path, file_name: str, columns: FileColumns, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
    """Yield each row with its number as a spreadsheet counts; raise `NotReadable` where it is no table.

    A row is a `BadRow` where it can't be told where it ends, and the next line begins the next row.
    """
    csv.field_size_limit(LINE_CHARACTERS_LIMIT)
    try:
        with opened(path) as file, _as_text(file) as text:
            records = _records(text, delimiter)
            headings = _headings(next(records, []), file_name, columns)
            for number, cells in enumerate(records, start=2):
                if isinstance(cells, BadRow):
                    yield number, cells
                    continue
                if not (joined := "".join(cells)).isascii() and STRAY.search(joined):
                    raise _not_utf_8(file_name, number, cells, headings)
                if not joined.strip():  # what is blank is no row, and counts as one
                    continue
                if len(cells) > len(headings):
                    yield number, BadRow("has more cells than there are headings")
                else:
                    padded = cells + [""] * (len(headings) - len(cells))
                    yield number, dict(zip(headings, padded, strict=True))
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise NotReadable(file=file_name) from error


def _as_text(file: BinaryIO) -> TextIO:
    """Return a file as text; a byte that is not UTF-8 is a character that no text has."""
    return io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")


def _not_utf_8(file_name: str, row: int, cells: list[str], headings: list[str]) -> NotReadable:
    """Return the refusal of a file by the cell that is not UTF-8."""
    place = next(n for n, cell in enumerate(cells) if STRAY.search(cell))
    return NotReadable(file=file_name, row=row, column="".join(headings[place : place + 1]))


def _headings(cells: list[str] | BadRow, file_name: str, columns: FileColumns) -> list[str]:
    if isinstance(cells, BadRow) or STRAY.search("".join(cells)):
        raise NotReadable(file=file_name, row=1)
    written = [heading.strip() for heading in cells]
    headings = [columns.mapping.get(heading, heading) for heading in written]
    missing = [name for name in columns.needed if name not in headings]
    missing += [
        heading
        for heading, name in columns.mapping.items()
        if name in columns.only_here and heading not in written
    ]
    if missing:
        seen = [heading[:HEADING_TOLD] for heading in written if heading][:HEADINGS_TOLD]
        raise ColumnMissing(file=file_name, missing=missing, headings=seen)
    if twice := [name for name in columns.known if headings.count(name) > 1]:
        raise ColumnTwice(file=file_name, columns=twice)
    return headings


def _records(text: TextIO, delimiter: str) -> Iterator[list[str] | BadRow]:
    """Yield the cells of each record; a quote that is never closed costs its own row, and no other."""
    lines = _BoundedLines(text)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        lines.begin()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield BadRow(
                "is longer than a row may be"
                if lines.characters > LINE_CHARACTERS_LIMIT and lines.taken == 1
                else "has a quotation mark that is not closed, or not doubled"
            )
            lines.go_back()
            reader = csv.reader(lines, strict=True, delimiter=delimiter)


class _BoundedLines:
    """Lines of a text, those of the present record at hand to be read again."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._record: list[str] = []
        self._size = 0
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_of_text()
        if not line:
            raise StopIteration
        self._record.append(line)
        self._size += len(line)
        if self._size > ROW_CHARACTERS_LIMIT and len(self._record) > 1:
            raise RowTooLong(limit_characters=ROW_CHARACTERS_LIMIT)
        return line

    def _next_of_text(self) -> str:
        """Return the next line; of one that is longer than any row, its beginning, which is a bad row."""
        line = more = self._text.readline(ROW_CHARACTERS_LIMIT)
        while len(more) == ROW_CHARACTERS_LIMIT and not more.endswith("\n"):
            more = self._text.readline(ROW_CHARACTERS_LIMIT)
        return line

    @property
    def taken(self) -> int:
        """Return how many lines the present record has taken."""
        return len(self._record)

    @property
    def characters(self) -> int:
        """Return how long the present record is."""
        return self._size

    def begin(self) -> None:
        """Begin a record with the next line."""
        self._record.clear()
        self._size = 0

    def go_back(self) -> None:
        """Go on with the line after the first of the present record."""
        self._again.extendleft(reversed(self._record[1:]))
