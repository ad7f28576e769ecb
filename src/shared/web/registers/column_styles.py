"""How each column writes days and amounts: seen in all of it, or said by its heading, never guessed."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from shared.web.registers.form import CellOptions
from shared.web.registers.register import Kind, Register
from shared.web.tabular.day_styles import DayOrder, DayStyle, order_of
from shared.web.tabular.headings import plain
from shared.web.tabular.tables import Table
from shared.web.tabular.text import visible

PENCE_COLUMN = "pence"
UNITS = {
    **dict.fromkeys(("thousand", "thousands", "k", "000", "000s"), "thousands"),
    **dict.fromkeys(("million", "millions", "m", "mn", "mio"), "millions"),
    **dict.fromkeys(("billion", "billions", "bn"), "billions"),
}
_UNIT = re.compile(
    r"(?:£|\bgbp)\s?['\u2019]?(000s?|k|mn?|mio|bn)\b|\b(thousands?|millions?|billions?)\b|\((000s?)\)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[£€\s]|gbp|eur", re.IGNORECASE)
_POINT = re.compile(r"[0-9]+\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")


class AmountMark(Enum):
    """What stands between pounds and pence, by a cell that leaves no doubt."""

    POINT = "point"
    COMMA = "comma"


class ColumnStyles(NamedTuple):
    """How each column of days writes them, and which columns of amounts have a comma before the pence."""

    days: Mapping[str, DayStyle]
    commas: frozenset[str]


def styles_of(
    table: Table, columns: Mapping[str, str], register: Register[Any], cells: CellOptions
) -> ColumnStyles:
    """Return how each column writes; all of the table is read, and found whole."""
    days, amounts = (_of_kind(columns, register, kind) for kind in (Kind.DAY, Kind.MONEY))
    seen = _seen(table, {**dict.fromkeys(days, order_of), **dict.fromkeys(amounts, amount_mark)})
    commas = frozenset(name for name in amounts if seen[name] == {AmountMark.COMMA})
    if cells.dates != "as each column proves":
        style = DayStyle(DayOrder(cells.dates), declared=True, pivot=cells.pivot)
        return ColumnStyles(dict.fromkeys(days, style), commas)
    return ColumnStyles({name: DayStyle(_one(seen[name]), pivot=cells.pivot) for name in days}, commas)


def _of_kind(columns: Mapping[str, str], register: Register[Any], kind: Kind) -> list[str]:
    known = register.by_name
    return [heading for heading, name in columns.items() if name in known and known[name].kind is kind]


def _seen(table: Table, shows: Mapping[str, Callable[[str], Enum | None]]) -> dict[str, set[Enum]]:
    """Return what the cells of each column show."""
    places = [(table.headings.index(name), name, of) for name, of in shows.items()]
    seen: dict[str, set[Enum]] = {name: set() for name in shows}
    for _, row in table.rows:
        for place, name, of in places:
            if place < len(row) and (shown := of(visible(row[place]))) is not None:
                seen[name].add(shown)
    return seen


def _one(orders: set[Enum]) -> DayOrder:
    if len(orders) > 1:
        return DayOrder.MIXED
    return DayOrder(next((order.value for order in orders), DayOrder.DAY_FIRST))


def amount_mark(cell: str) -> AmountMark | None:
    """Return what a cell proves to stand before its pence, if it proves it: `1,200` may be either."""
    if cell.isdecimal():
        return None
    text = _SIGNS.sub("", cell)
    if _POINT.fullmatch(text):
        return AmountMark.POINT
    return AmountMark.COMMA if _COMMA.fullmatch(text) else None


@lru_cache  # each of its cells asks
def said_by_heading(heading: str) -> tuple[bool, str]:
    """Return whether the amounts of a column are pence, and what they are thousands or millions of."""
    found = _UNIT.search(heading)
    unit = next(filter(None, found.groups()), "") if found else ""
    return plain(heading).endswith(PENCE_COLUMN), UNITS.get(unit.casefold(), "")
