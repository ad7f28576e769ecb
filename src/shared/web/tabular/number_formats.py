"""What a spreadsheet shows beside a number, which a reader gives alone: a share, another currency."""

import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from shared.web.tabular.bounds import part_of, place_of, sheet_pieces

STYLES = "xl/styles.xml"
SHARES = frozenset({9, 10})  # of the formats that every spreadsheet program knows
OWN_SIGN = "£"

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SIGN = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_OTHERS = re.compile(r"[$€¥₹]|zł|\b(?:USD|EUR|AUD|CAD|NZD|JPY|CHF|SEK|NOK|DKK|PLN|kr)\b")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_PADDED = re.compile(r'((?:"[^"]*"|\\.)*)(0{2,})(?:;.*)?')  # leading noughts, perhaps after a text
_SHORT = re.compile(
    r'[^,.]*[#0](?:,##0)?(?:\.0+)?(?:"\s?(k|mn?|bn|thousand|million|billion)\s?"|\\(k|m))(?:;.*)?',
    re.IGNORECASE,
)  # not scaled
_PLACE = re.compile(r"([^0]*)(0+)(.*)")
_CELL = re.compile(rb"<c\b([^<>]{0,300})>")
_STYLE = re.compile(rb'\bs="([0-9]{1,6})"')

# What a number is shown with, by row and column from 0: `%`, a currency's sign, or a pattern with noughts in
# its place, such as `PR-0000` and `0k`.
Marks = Mapping[tuple[int, int], str]


def marks(package: zipfile.ZipFile, sheet: str) -> Marks:
    """Return what stands beside the numbers of a sheet, where they say more or less without it."""
    signs = _signs(package)
    part = part_of(package, sheet)
    if not signs or part not in package.namelist():
        return {}
    found: dict[tuple[int, int], str] = {}
    for piece in sheet_pieces(package, part):
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
    """Return what a number format shows beside a number: `%`, another currency, noughts, thousands as `k`."""
    if found := _PADDED.fullmatch(code):
        return "".join(one or other for one, other in _LITERAL.findall(found[1])) + found[2]
    if found := _SHORT.fullmatch(code):
        return f"0{found[1] or found[2]}"
    if sign := next((sign for sign in _SIGN.findall(code) if sign), ""):
        return "" if OWN_SIGN in sign else str(sign)
    bare = _SIGN.sub("", code)
    said = "".join(one or other for one, other in _LITERAL.findall(bare))
    if OWN_SIGN in bare:
        return ""
    if found := _OTHERS.search(said) or _OTHERS.search(_LITERAL.sub("", bare)):
        return str(found[0])
    return "%" if "%" in _LITERAL.sub("", bare) else ""


def with_mark(text: str, mark: str) -> str:
    """Return a number as the sheet shows it: 0.5 as `50%`, 100 as `€100`, 12 as `0012`; a text stays."""
    if not _NUMBER.fullmatch(text):
        return text
    if mark == "%":
        return f"{round(float(text) * 100, 10):g}%"
    if not (found := _PLACE.fullmatch(mark)):
        return f"{mark}{text}"
    whole = text.zfill(len(found[2])) if text.isdecimal() else text
    return f"{found[1]}{whole}{found[3]}"
