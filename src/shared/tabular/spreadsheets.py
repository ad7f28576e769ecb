"""XLSX and ODS: looked at before they are read, so that a bomb goes off nowhere; values, never formulas."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from shared.tabular.limits import (
    COLUMNS_LIMIT,
    PARTS_LIMIT,
    ROWS_LIMIT,
    UNPACKED_BYTES_LIMIT,
    TooManyColumns,
    TooManyRows,
    UnpacksTooLarge,
    UnreadableTable,
)

ZIP_MAGIC = b"PK\x03\x04"
CHUNK = 1 << 20
FORMULA_MARKS = (b"<f>", b"<f ", b"<f/", b"table:formula=")

Value = str | float | int | bool | date | datetime | time | timedelta | None


def is_spreadsheet(path: Path) -> bool:
    """Say whether a file is a zip, as spreadsheets are."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC


def look_into(path: Path) -> int:
    """Unpack a spreadsheet into nothing, within bounds; return how many formulas it holds."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            declared = sum(part.file_size for part in parts)
            if len(parts) > PARTS_LIMIT or declared > UNPACKED_BYTES_LIMIT:
                raise UnpacksTooLarge(limit_bytes=UNPACKED_BYTES_LIMIT)
            return sum(_formulas(package, part) for part in parts)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableTable from error


def _formulas(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Count the formulas of one part while unpacking it; what says it is small must be so."""
    found = size = 0
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > UNPACKED_BYTES_LIMIT:
                raise UnpacksTooLarge(limit_bytes=UNPACKED_BYTES_LIMIT)
            found += sum(chunk.count(mark) for mark in FORMULA_MARKS)
    return found


def sheet_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the first sheet that holds anything, from its first row on, as text."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableTable from error
    for sheet in sheets:
        if sheet.end is None:
            continue
        last_row, last_column = sheet.end
        if last_column >= COLUMNS_LIMIT:
            raise TooManyColumns(columns=last_column + 1, limit=COLUMNS_LIMIT)
        if last_row > ROWS_LIMIT:
            raise TooManyRows(rows=last_row, limit=ROWS_LIMIT)
        yield from (_texts(row) for row in sheet.iter_rows())
        return
    raise UnreadableTable


def _texts(row: Sequence[Value]) -> list[str]:
    return [text_of(value) for value in row]


def text_of(value: Value) -> str:
    """Return a cell as the text that CSV would have: days as ISO 8601, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
