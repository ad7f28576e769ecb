"""Formulas of an ODS sheet that have no stored result, found by streaming its XML."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape

from shared.web.tabular.bounds import ODS_CONTENT, UNSOLVED_LIMIT, pieces, times

_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?![\w-])([^<>]{0,4000})>")
_NAME = re.compile(rb"table:name=(?:\"([^\"]*)\"|'([^']*)')")
_RESULT = re.compile(rb"office:(?:value|string-value|date-value|time-value|boolean-value)=")
_SHOWN = b"<text:"
FORMULA = b"table:formula="


def unsolved_ods_formulas(package: zipfile.ZipFile, sheet: str) -> list[tuple[int, int]]:
    """Return the cells whose formula has no stored result, by row and column from 1; the first thousand."""
    found = list[tuple[int, int]]()
    row, column, repeated, inside = 1, 0, 1, False
    for closing, name, attributes, following in _tags(package):
        match name, closing:
            case b"table", b"":
                inside, row = _named(attributes) == sheet, 1
            case b"table", _:
                inside = False
            case b"table-row", b"":
                column, repeated = 0, times(attributes)
            case ((b"table-cell" | b"covered-table-cell"), b""):
                if inside and _is_unsolved(attributes, following) and len(found) < UNSOLVED_LIMIT:
                    found.append((row, column + 1))
                column += times(attributes)
        if name == b"table-row" and (closing or attributes.endswith(b"/")):
            row += repeated
    return found


def _tags(package: zipfile.ZipFile) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Yield each tag of a table, with the beginning of what follows it."""
    for piece in pieces(package, ODS_CONTENT):
        for tag in _TAG.finditer(piece):
            following = piece[tag.end() : tag.end() + len(_SHOWN)]
            yield tag[1], tag[2], tag[3], following


def _named(attributes: bytes) -> str:
    found = _NAME.search(attributes)
    return unescape((found[1] or found[2] or b"").decode()) if found else ""


def _is_unsolved(attributes: bytes, following: bytes) -> bool:
    """Say whether a cell has a formula, and neither a value nor a text; a text may be in the next piece."""
    if FORMULA not in attributes or _RESULT.search(attributes):
        return False
    return attributes.endswith(b"/") or not (following == _SHOWN or not following)
