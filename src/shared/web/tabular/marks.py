"""What a list shows in the place of what its reader may not see; sent back, it says nothing."""

import re

_WITHHELD = re.compile(r"^\[(?:sealed|erased|exempt: paragraph [0-9]+ of Schedule 12A)\]$")


def is_withheld(cell: str) -> bool:
    """Say whether a cell holds nothing but such a mark."""
    return cell.startswith("[") and _WITHHELD.match(cell) is not None
