"""What an XLSX sheet's XML says of its cells that a reader leaves out, found by streaming it."""

import re
import zipfile
from collections.abc import Iterator

from shared.web.tabular.bounds import part_of, place_of, sheet_pieces
from shared.web.tabular.cell_notes import CellNotes
from shared.web.tabular.number_formats import marks

IS_ERROR = b't="e"'
END = b"</c>"

_FORMULA = re.compile(rb"<c\b([^<>]{0,300})>(<f[ />](?:(?!</c>).){0,9000})</c>", re.DOTALL)
_ERROR = re.compile(
    rb'<c\b([^<>]{0,300}\bt="e"[^<>]{0,300})>(?:<f[ />](?:(?!</c>).){0,9000})?<v>([^<]{1,40})</v>', re.DOTALL
)
_RESULT = re.compile(rb"<v[^<>]{0,100}>[^<]")
_NO_TEXT = re.compile(rb"<v[ />]")  # a result all the same, where the cell holds text


def xlsx_notes(package: zipfile.ZipFile, sheet: str) -> CellNotes:
    """Return the marks beside numbers, the errors of formulas, and the formulas without a stored result."""
    notes = CellNotes()
    for marked, sign in marks(package, sheet).items():
        notes.note_mark(marked, sign)
    part = part_of(package, sheet)
    if part not in package.namelist():
        return notes
    for text in _whole_cells(package, part):
        for attributes, inside in _FORMULA.findall(text):
            if not _is_solved(attributes, inside) and (place := place_of(attributes)):
                notes.note_unsolved(place)
        for attributes, error in _ERROR.findall(text) if IS_ERROR in text else ():
            if place := place_of(attributes):
                notes.note_error(place, error.decode())
    return notes


def _whole_cells(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a sheet's text in pieces that cut no cell in two."""
    rest = b""
    for piece in sheet_pieces(package, part):
        text = rest + piece
        cut = text.rfind(END) + len(END)
        whole, rest = (text[:cut], text[cut:]) if cut >= len(END) else (text, b"")
        yield whole
    yield rest


def _is_solved(attributes: bytes, inside: bytes) -> bool:
    """Say whether a formula's result is stored; of one that comes to text, it may be blank."""
    return bool(_RESULT.search(inside) or (b't="str"' in attributes and _NO_TEXT.search(inside)))
