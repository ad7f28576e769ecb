"""What a spreadsheet shows beside a number, which a reader gives alone: a share, another currency."""

import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from shared.web.tabular.bounds import part_of, place_of, sheet_pieces
from shared.web.tabular.marks import MONTH_ALONE

STYLES = "xl/styles.xml"
# Of the formats that every spreadsheet program knows.
SHARES, MONTHS = frozenset({9, 10}), frozenset({17})
OWN_SIGN = "£"

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SIGN = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_OTHERS = re.compile(r"[$€¥₹]|zł|\b(?:USD|EUR|AUD|CAD|NZD|JPY|CHF|SEK|NOK|DKK|PLN|kr)\b")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
# What a number stands among: texts, letters, widths, colours and the like.
_AMONG = r'((?:"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[\s()+/:£-])*)'
_FORMAT = re.compile(rf"{_AMONG}(?:General|([#0?](?:,?[#0?])*)(?:\.[#0?]+)?){_AMONG}(?:;.*)?")  # not scaled
_UNIT = re.compile(
    r"(k|mn?|bn|thousand|million|billion)|(weeks?|wks?|months?|mths?|years?|yrs?|hours?|hrs?)\b.*",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_FIRST_OF_A_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}-01")
_LETTER = re.compile(r"[A-Za-z]")
_NOUGHTS = re.compile(r"0{2,}")
_PLACE = re.compile(r"([^0]*)(0+)(.*)")
_CELL = re.compile(rb"<c\b([^<>]{0,300})>")
_STYLE = re.compile(rb'\bs="([0-9]{1,6})"')

# What a number is shown with, by row and column from 0: `%`, a currency's sign, or a pattern with noughts in
# its place, such as `PR-0000` and `0k`; what stands behind a day that is shown as a month alone.
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
    signs = {n: _sign(number, codes.get(number, "")) for n, number in enumerate(formats)}
    return {number: sign for number, sign in signs.items() if sign}


def _sign(number: int, code: str) -> str:
    if number in SHARES:
        return "%"
    return MONTH_ALONE if number in MONTHS or shows_no_day(code) else sign_of(code)


def shows_no_day(code: str) -> bool:
    """Say whether a format shows a year and no day, such as `mmm-yy`."""
    shown = _LITERAL.sub("", _IN_BRACKETS.sub("", code)).casefold()
    return "y" in shown and "d" not in shown


def sign_of(code: str) -> str:
    """Return what a number format shows beside a number: `%`, another currency, noughts, a unit, a prefix."""
    found = _FORMAT.fullmatch(code)
    before, after = (_texts(found[1]), _texts(found[3]).strip()) if found else ("", "")
    if found and found[2] and _NOUGHTS.fullmatch(found[2]) and "0" not in before:
        return before + found[2]
    if unit := _UNIT.fullmatch(after):
        return f"0{unit[1] or f' {after}'}"
    signs = [sign for sign in _SIGN.findall(code) if sign]
    bare = _SIGN.sub("", code)
    if OWN_SIGN in "".join((*signs[:1], bare)):
        return ""
    if signs:
        return str(signs[0])
    if other := _OTHERS.search(_texts(bare)) or _OTHERS.search(_LITERAL.sub("", bare)):
        return str(other[0])
    is_share = "%" in _LITERAL.sub("", bare)
    return "%" if is_share else f"{before}0" if _LETTER.search(before) and "0" not in before else ""


def _texts(code: str) -> str:
    """Return the texts of a part of a number format, as they are shown."""
    return "".join(one or other for one, other in _LITERAL.findall(code))


def is_number(text: str) -> bool:
    """Say whether a cell is a number as a reader gives it, and not as it is shown."""
    return _NUMBER.fullmatch(text) is not None


def with_mark(text: str, mark: str) -> str:
    """Return a number as the sheet shows it: 0.5 as `50%`, 100 as `€100`, 12 as `0012`; a text stays.

    A day that may stand for its whole month is marked as such.
    """
    if mark == MONTH_ALONE:
        return f"{text}{mark}" if _FIRST_OF_A_MONTH.fullmatch(text) else text
    if not is_number(text):
        return text
    if mark == "%":
        return f"{round(float(text) * 100, 10):g}%"
    if not (found := _PLACE.fullmatch(mark)):
        return f"{mark}{text}"
    whole = text.zfill(len(found[2])) if text.isdecimal() else text
    return f"{found[1]}{whole}{found[3]}"
