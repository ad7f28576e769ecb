"""How each column writes days and amounts: seen in all of it, or said by its heading, never guessed."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from shared.web.registers.form import CellOptions
from shared.web.registers.register import Kind, Register
from shared.web.registers.units import SaidUnit, hints_below, no_days, said_around
from shared.web.tabular.day_styles import (
    UNPROVED,
    DateCell,
    DayOrder,
    DayStyle,
    order_of,
    said_order,
    shown_in_sheet,
)
from shared.web.tabular.tables import SHEET, Table
from shared.web.tabular.text import visible

_SIGNS = re.compile(r"[£€\s]|gbp|eur", re.IGNORECASE)
_POINT = re.compile(r"[0-9]+\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")


class AmountMark(Enum):
    """What stands between pounds and pence, by a cell that leaves no doubt."""

    POINT = "point"
    COMMA = "comma"


class ColumnStyles(NamedTuple):
    """How each column of days writes them; which columns of amounts have a comma before the pence.

    `units` are what amounts are thousands or millions of by what stands around their headings, and what
    counts are of instead of days by the row below.
    """

    days: Mapping[str, DayStyle]
    commas: frozenset[str]
    units: Mapping[str, SaidUnit]


def styles_of(
    table: Table, columns: Mapping[str, str], register: Register[Any], cells: CellOptions
) -> ColumnStyles:
    """Return how each column writes; all of the table is read, and found whole."""
    kinds = (Kind.DAY, Kind.MONEY, Kind.COUNT)
    days, amounts, counts = (_of_kind(columns, register, kind) for kind in kinds)
    of_day = shown_in_sheet if table.form.kind == SHEET else order_of
    seen = _seen(table, {**dict.fromkeys(days, of_day), **dict.fromkeys(amounts, amount_mark)})
    commas = frozenset(name for name in amounts if seen[name] == {AmountMark.COMMA})
    hints = hints_below(table)
    seen_of_days = {name: seen[name] | said_order(hints.get(name, "")) for name in days}
    styles = _day_styles(seen_of_days, cells, in_sheet=table.form.kind == SHEET)
    return ColumnStyles(styles, commas, said_around(table, amounts) | no_days(table, counts))


def _day_styles(
    seen: Mapping[str, set[Enum]], cells: CellOptions, *, in_sheet: bool
) -> Mapping[str, DayStyle]:
    """Return how each column of days writes them; one that proves nothing writes as the others do.

    A column that writes days both ways proves nothing of others: one mistyped day may be all of it.
    A heading that says an order, such as `Start (mm/dd/yyyy)`, proves it as a cell does.
    Date cells may be swapped where texts beside them prove the month first: a program of another country
    turned what it could into dates. So may a whole column of them, if no date cell of the table is proof.
    A date cell that is proof, its day being no month, clears those of its column. All may be swapped
    where just those days are left as texts that such a program could not read.
    """
    shown = set[Enum]().union(*seen.values())
    all_swapped = shown == {DateCell.OPEN, DayOrder.DAY_FIRST}
    orders = {name: (own & {*DayOrder}) | said_order(name) for name, own in seen.items()}
    everywhere = set[Enum]().union(*(proved for proved in orders.values() if len(proved) == 1))
    declared = cells.dates != "as each column proves"
    styles = {}
    for name, own in seen.items():
        proved, is_sure = orders[name], DateCell.SURE in own
        styles[name] = DayStyle(
            DayOrder(cells.dates) if declared else _one(proved or everywhere),
            declared=declared,
            pivot=cells.pivot,
            proved_by="column" if proved else "table",
            swapped=in_sheet
            and not is_sure
            and (all_swapped or DayOrder.MONTH_FIRST in own or shown - UNPROVED == {DayOrder.MONTH_FIRST}),
        )
    return styles


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
