"""What may stand in a cell that is no value: what a list withholds, and formulas that came to nothing."""

import re

# Stands where a formula has no stored result; written by what reads spreadsheets, and by nobody else.
UNSOLVED = "\uf7f0\uf7f1"

_WITHHELD = re.compile(r"^\[(?:sealed|erased|exempt: paragraph [0-9]+ of Schedule 12A)\]$")
_ERROR = re.compile(
    r"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!"
    r"|GETTING_DATA)|Err:[0-9]{3}"
)


def is_withheld(cell: str) -> bool:
    """Say whether a cell holds nothing but such a mark."""
    return cell.startswith("[") and _WITHHELD.match(cell) is not None


def why_worthless(cell: str) -> str | None:
    """Return why a formula left no value in a cell, where one did not."""
    if cell == UNSOLVED:
        return "holds a formula without its result"
    return "holds the error of a formula" if cell[:1] in "#E" and _ERROR.fullmatch(cell) else None
