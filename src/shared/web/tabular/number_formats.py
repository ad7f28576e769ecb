"""What a spreadsheet shows beside a number, which a reader gives alone: a share, another currency."""

import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from shared.web.tabular.bounds import part_of, pieces, place_of

STYLES = "xl/styles.xml"
SHARES = frozenset({9, 10})  # of the formats that every spreadsheet program knows
OWN_SIGN = "£"

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SIGN = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_OTHERS = re.compile(r"[$€¥₹]|\b(?:USD|EUR|AUD|CAD|NZD|JPY|CHF)\b")
_CELL = re.compile(rb"<c\b([^<>]{0,300})>")
_STYLE = re.compile(rb'\bs="([0-9]{1,6})"')

Marks = Mapping[tuple[int, int], str]  # `%`, or a currency's sign, by row and column from 0


def marks(package: zipfile.ZipFile, sheet: str) -> Marks:
    """Return what stands beside the numbers of a sheet, where it is `%` or another currency than pounds."""
    signs = _signs(package)
    part = part_of(package, sheet)
    if not signs or part not in package.namelist():
        return {}
    found: dict[tuple[int, int], str] = {}
    for piece in pieces(package, part):
        for (attributes,) in map(re.Match.groups, _CELL.finditer(piece)):
            style, place = _STYLE.search(attributes), place_of(attributes)
            if style and place and (sign := signs.get(int(style[1]))):
                found[place] = sign
    return found


def _signs(package: zipfile.ZipFile) -> dict[int, str]:
    """Return the sign of each cell style that shows one, by the style's number."""
    if STYLES not in package.namelist():
        return {}
    root = ET.fromstring(package.read(STYLES))  # noqa: S314  # the child's
    codes = {
        int(tag.get("numFmtId", 0)): tag.get("formatCode", "")
        for tag in root.iter()
        if tag.tag.endswith("}numFmt")
    }
    styles = next((tag for tag in root if tag.tag.endswith("}cellXfs")), ())
    formats = [int(tag.get("numFmtId", 0)) for tag in styles]
    signs = {
        n: "%" if number in SHARES else sign_of(codes.get(number, "")) for n, number in enumerate(formats)
    }
    return {number: sign for number, sign in signs.items() if sign}


def sign_of(code: str) -> str:
    """Return `%` or the other currency's sign that a number format shows; blank where it shows neither."""
    if found := next((sign for sign in _SIGN.findall(code) if sign), ""):
        return "" if OWN_SIGN in found else str(found)
    bare = _SIGN.sub("", code)
    said = "".join(one or other for one, other in _LITERAL.findall(bare))
    if OWN_SIGN in bare:
        return ""
    if found := _OTHERS.search(said) or _OTHERS.search(_LITERAL.sub("", bare)):
        return str(found[0])
    return "%" if "%" in _LITERAL.sub("", bare) else ""


def with_mark(text: str, mark: str) -> str:
    """Return a number as the sheet shows it: 0.5 as `50%`, 100 as `€100`."""
    if mark != "%":
        return f"{mark}{text}"
    try:
        return f"{round(float(text) * 100, 10):g}%"
    except ValueError:
        return text
