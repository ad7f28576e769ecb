"""What may stand in a cell that is no value: what a list withholds, and formulas that came to nothing."""

import re
from calendar import month_abbr

# Stands where a formula has no stored result; written by what reads spreadsheets, and by nobody else.
UNSOLVED = "\uf7f0\uf7f1"

# Stands behind the first of a month that is shown as `Mar-27`, as nobody writes: it may mean any day of it.
MONTH_ALONE = "\uf7f2"

_MONTH = re.compile(rf"([0-9]{{4}})-(0[1-9]|1[0-2])-01{MONTH_ALONE}")
_WITHHELD = re.compile(r"^\[(?:sealed|erased|exempt: paragraph [0-9]+ of Schedule 12A)\]$")
_ERROR = re.compile(
    r"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!"
    r"|GETTING_DATA)|Err:[0-9]{3}"
)


def as_month(cell: str) -> str:
    """Return a cell with the month that it shows, such as Mar 2027, where it shows a month alone."""
    return _MONTH.sub(lambda found: f"{month_abbr[int(found[2])]} {found[1]}", cell)


def is_withheld(cell: str) -> bool:
    """Say whether a cell holds nothing but such a mark."""
    return cell.startswith("[") and _WITHHELD.match(cell) is not None


def why_worthless(cell: str) -> str | None:
    """Return why a formula left no value in a cell, where one did not."""
    if cell == UNSOLVED:
        return "holds a formula without its result"
    return "holds the error of a formula" if cell[:1] in "#E" and _ERROR.fullmatch(cell) else None
