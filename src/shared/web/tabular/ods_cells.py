"""What an ODS sheet's XML says of its cells that a reader leaves out, found by streaming it."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import NamedTuple

from shared.web.tabular.bounds import ODS_CONTENT, pieces, times
from shared.web.tabular.cell_notes import CellNotes
from shared.web.tabular.marks import MONTH_ALONE, why_worthless
from shared.web.tabular.number_formats import sign_of

POUNDS = "GBP"
FORMULA = b"table:formula="

_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?![\w-])([^<>]{0,9000})>")
_NAME = re.compile(rb"table:name=(?:\"([^\"]*)\"|'([^']*)')")
_KIND = re.compile(rb"office:value-type=[\"']([a-z]{1,20})[\"']")
_CURRENCY = re.compile(rb"office:currency=[\"']([^\"'<>]{1,20})[\"']")
_MONTH_SHOWN = re.compile(r"[A-Za-z]{3,9}\W{0,2}\d{2}(?:\d{2})?|\d{1,2}[/.-]\d{4}")
_SPAN = re.compile(rb"table:number-rows-spanned=[\"']([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"office:value=[\"']([0-9.]{1,30})[\"']")
_NUMBER_SHOWN = re.compile(r'([^0-9"]*)([0-9][0-9,]*(?:\.[0-9]+)?)([^0-9"]*)')
_RESULT = re.compile(rb"office:(?:value|string-value|date-value|time-value|boolean-value)=")
_SHOWN = re.compile(rb"<text:p[^<>]{0,200}>([^<]{0,40})<")
_OPENS = (b"<table:table-cell", b"<table:covered-table-cell", b"<table:table-row", b"</table:table-row")


class _Cell(NamedTuple):
    """A cell: where it stands first, how often, its attributes, the beginning of what it shows."""

    row: int
    column: int
    down: int
    across: int
    attributes: bytes
    shown: str | None


def ods_notes(package: zipfile.ZipFile, sheet: str) -> CellNotes:
    """Return the marks beside numbers, the errors of formulas, and the formulas without a stored result."""
    notes = CellNotes()
    for cell in _cells(package, sheet):
        mark, is_formula = _mark(cell), FORMULA in cell.attributes
        if span := _SPAN.search(cell.attributes):
            notes.note_merged((cell.row, cell.column), cell.row + int(span[1]) - 1)
        if not mark and not is_formula:
            continue
        places = product(range(cell.row, cell.row + cell.down), range(cell.column, cell.column + cell.across))
        for place in places:
            if is_formula and cell.shown and why_worthless(cell.shown):
                notes.note_error(place, cell.shown)
            elif is_formula and _is_unsolved(cell):
                notes.note_unsolved(place)
            elif mark:
                notes.note_mark(place, mark)
    return notes


def _is_unsolved(cell: _Cell) -> bool:
    """Say whether a formula has neither a value nor a text; a text may be blank where it says it is one."""
    if cell.shown or _RESULT.search(cell.attributes):
        return False
    return cell.shown is None or not _KIND.search(cell.attributes)


def _mark(cell: _Cell) -> str:
    """Return what a number is shown with: `%`, another currency than pounds, noughts, a unit, a prefix."""
    kind = _KIND.search(cell.attributes)
    if kind is not None and kind[1] == b"date":
        return MONTH_ALONE if _MONTH_SHOWN.fullmatch(cell.shown or "") else ""
    if kind is None or kind[1] not in (b"percentage", b"currency", b"float"):
        return ""
    if kind[1] == b"percentage":
        return "%"
    currency = _CURRENCY.search(cell.attributes)
    code = currency[1].decode() if currency else POUNDS
    return _mark_shown(cell) if code == POUNDS else f"{code} "


def _mark_shown(cell: _Cell) -> str:
    """Return the mark of a number by what is shown, unless that is another number: `1.2m` of 1200000."""
    value, found = _VALUE.search(cell.attributes), _NUMBER_SHOWN.fullmatch(cell.shown or "")
    if value is None or found is None or float(found[2].replace(",", "")) != float(value[1]):
        return ""
    before, number, after = found.groups()
    digits = "0" * len(number) if number.startswith("0") and number.isdecimal() else "#"
    if digits == "#" and not any(map(str.isalpha, before + after)):
        return ""
    return sign_of(f'"{before}"{digits}"{after}"')


def _cells(package: zipfile.ZipFile, sheet: str) -> Iterator[_Cell]:
    """Yield the cells of a sheet."""
    row, column, repeated, inside = 0, 0, 1, False
    for closing, name, attributes, shown in _tags(package):
        match name, closing:
            case b"table", b"":
                inside, row = _named(attributes) == sheet, 0
            case b"table", _:
                inside = False
            case b"table-row", b"":
                column, repeated = 0, times(attributes)
            case ((b"table-cell" | b"covered-table-cell"), b""):
                if inside:
                    yield _Cell(row, column, repeated, times(attributes), attributes, shown)
                column += times(attributes)
        if name == b"table-row" and (closing or attributes.endswith(b"/")):
            row += repeated


def _tags(package: zipfile.ZipFile) -> Iterator[tuple[bytes, bytes, bytes, str | None]]:
    """Yield each tag of a table, and what a cell shows, where it shows anything."""
    for piece in _whole_cells(package):
        for tag in _TAG.finditer(piece):
            shown = None if tag[3].endswith(b"/") else _SHOWN.match(piece, tag.end())
            yield tag[1], tag[2], tag[3], shown and unescape(shown[1].decode(errors="replace"))


def _whole_cells(package: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the content in pieces that end before a cell or a row does begin."""
    rest = b""
    for piece in pieces(package, ODS_CONTENT):
        text = rest + piece
        cut = max(text.rfind(opens) for opens in _OPENS)
        whole, rest = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        yield whole
    yield rest


def _named(attributes: bytes) -> str:
    found = _NAME.search(attributes)
    return unescape((found[1] or found[2] or b"").decode()) if found else ""
