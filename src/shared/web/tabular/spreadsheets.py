"""XLSX and ODS as text: looked at before they are read; values, never formulas. All of it runs in a child."""

import csv
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from shared.kernel.errors import TooLarge
from shared.web.tabular.bounds import BOOK, ODS_CONTENT, Bounds, ods_bounds, xlsx_bounds
from shared.web.tabular.cell_notes import CellNotes
from shared.web.tabular.headings import LOOKED_AT_ROWS, Heading, fields_by_heading, find_heading
from shared.web.tabular.limits import (
    PARTS_LIMIT,
    UNPACKED_BYTES_LIMIT,
    NoSuchSheet,
    UnpacksTooLarge,
    UnreadableTable,
)
from shared.web.tabular.marks import MONTH_ALONE
from shared.web.tabular.ods_cells import ods_notes
from shared.web.tabular.xlsx_cells import xlsx_notes

CHUNK = 1 << 20
ENOUGH_TO_STOP = 4  # fields: a cover, or a list of changes, names fewer
SHEETS_NAMED, NAME_CHARACTERS = 50, 100
SHOWN_DIGITS = 15  # of a number: what comes behind them is how machines add
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


def convert(source: Path, target: Path) -> dict[str, object]:
    """Write one sheet as CSV in UTF-8, from its first row on: the one that is asked for, else the one found.

    Found is the one whose headings name most fields that are known, else the first that holds anything;
    hidden ones come last. Returns how many `formulas` the whole file holds, whose values are written; the
    `sheet` and all `sheets`. Call it in a child only.
    """
    formulas = look_into(source)
    wanted = _wanted(source)
    try:
        with zipfile.ZipFile(source) as package, target.open("w", encoding="utf-8", newline="") as out:
            if ODS_CONTENT in package.namelist():
                ods_bounds(package).checked()  # before it is opened: that reads all of it
            book = CalamineWorkbook.from_path(str(source))
            sheet = _sheet(package, book, wanted)
            notes = _notes(package, sheet)
            if not wanted.get("known"):
                notes.forget(MONTH_ALONE)
            left = sheet.start[1] if sheet.start else 0
            rows = notes.added_to(_rows(sheet), left)
            heading = _heading(sheet, wanted) if notes.reaches else None
            csv.writer(out).writerows(notes.filled_down(rows, left, heading.last) if heading else rows)
    except (zipfile.BadZipFile, CalamineError, ET.ParseError, KeyError, ValueError) as error:
        raise UnreadableTable from error
    names = [name[:NAME_CHARACTERS] for name in book.sheet_names[:SHEETS_NAMED]]
    return {"formulas": formulas, "sheet": sheet.name, "sheets": names}


def _notes(package: zipfile.ZipFile, sheet: CalamineSheet) -> CellNotes:
    """Return what the file says of a sheet's cells beside their values."""
    parts = package.namelist()
    if BOOK not in parts:
        return ods_notes(package, sheet.name) if ODS_CONTENT in parts else CellNotes()
    notes = xlsx_notes(package, sheet.name)
    for first, (last, _) in sheet.merged_cell_ranges or ():
        notes.note_merged(first, last)
    return notes


def _wanted(source: Path) -> dict[str, Any]:
    """Return what is wanted of the file, where somebody has said so beside it."""
    beside = source.with_name(f"{source.name}.wanted")
    return dict(json.loads(beside.read_text("utf-8"))) if beside.exists() else {}


def _sheet(package: zipfile.ZipFile, book: CalamineWorkbook, wanted: dict[str, Any]) -> CalamineSheet:
    """Return the sheet that is meant: the one asked for, else the one whose headings name most fields.

    Those after one that names many are not looked at.
    """
    asked = wanted.get("sheet")
    if asked is not None and asked not in book.sheet_names:
        raise NoSuchSheet(sheet=asked, sheets=book.sheet_names[:SHEETS_NAMED])
    too_large: list[TooLarge] = []  # they are of no matter where another sheet is the one
    best, most = None, -1
    for sheet in _opened(package, book, _shown_first(book) if asked is None else [asked], too_large):
        fields = _fields(sheet, wanted)
        if fields > most:
            best, most = sheet, fields
        if not wanted.get("known") or fields >= ENOUGH_TO_STOP:
            break
    if too_large and most <= 0:
        raise too_large[0]
    if best is None:
        raise UnreadableTable
    return best


def _opened(
    package: zipfile.ZipFile, book: CalamineWorkbook, names: list[str], too_large: list[TooLarge]
) -> Iterator[CalamineSheet]:
    """Yield the sheets that hold anything; those that reach too far are told in `too_large`."""
    for name in names:
        try:
            if BOOK in package.namelist():
                xlsx_bounds(package, name).checked()
            sheet = book.get_sheet_by_name(name)
            if sheet.end is not None:
                last_row, last_column = sheet.end
                Bounds(last_row + 1, last_column + 1).checked()
                yield sheet
        except TooLarge as refusal:
            too_large.append(refusal)


def _fields(sheet: CalamineSheet, wanted: dict[str, Any]) -> int:
    """Return how many fields that are known the headings of a sheet name."""
    found = _heading(sheet, wanted)
    return 0 if found is None else len({*fields_by_heading(found, found.cells, wanted["known"]).values()})


def _heading(sheet: CalamineSheet, wanted: dict[str, Any]) -> Heading | None:
    """Return the headings of a sheet, where it is known what they are called."""
    if not (known := wanted.get("known")):
        return None
    top = list(islice(_rows(sheet), LOOKED_AT_ROWS + 1))
    return find_heading(top, known, wanted["needed"], wanted["heading_row"])


def _shown_first(book: CalamineWorkbook) -> list[str]:
    """Return the names of the sheets, those that are hidden after the others."""
    hidden = {one.name for one in book.sheets_metadata if one.visible is not SheetVisibleEnum.Visible}
    return sorted(book.sheet_names, key=hidden.__contains__)


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
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.{SHOWN_DIGITS}g}"
        case _:
            return str(value)
