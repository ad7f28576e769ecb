"""XLSX and ODS as text: looked at before they are read; values, never formulas. All of it runs in a child."""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from shared.web.tabular.bounds import BOOK, ODS_CONTENT, Bounds, ods_bounds, xlsx_bounds
from shared.web.tabular.limits import PARTS_LIMIT, UNPACKED_BYTES_LIMIT, UnpacksTooLarge, UnreadableTable

CHUNK = 1 << 20
FORMULA_MARKS = (b"<f>", b"<f ", b"<f/", b"table:formula=")

Value = str | float | int | bool | date | datetime | time | timedelta | None


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


def convert(source: Path, target: Path) -> dict[str, int]:
    """Write the first sheet that holds anything as CSV in UTF-8, from its first row on.

    Returns how many `formulas` the whole file holds; their values are written. Call it in a child only.
    """
    formulas = look_into(source)
    try:
        with zipfile.ZipFile(source) as package, target.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(_rows(_sheet(package, source)))
    except (zipfile.BadZipFile, CalamineError, ET.ParseError, KeyError, ValueError) as error:
        raise UnreadableTable from error
    return {"formulas": formulas}


def _sheet(package: zipfile.ZipFile, path: Path) -> CalamineSheet:
    """Return the first sheet that holds anything; those after it are not looked at."""
    names = set(package.namelist())
    if ODS_CONTENT in names:
        ods_bounds(package).checked()
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        if BOOK in names:
            xlsx_bounds(package, name).checked()
        sheet = book.get_sheet_by_name(name)
        if sheet.end is not None:
            last_row, last_column = sheet.end
            Bounds(last_row + 1, last_column + 1).checked()
            return sheet
    raise UnreadableTable


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    return ([v if isinstance(v, str) else text_of(v) for v in row] for row in sheet.iter_rows())


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
