"""The style in which a column writes its days: found in the whole column or declared, never cell by cell."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.web.tabular.days import MONTHS, NoDay, day_of

_NUMBERS = re.compile(
    r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?$"
)
_NAMED = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3,9})\.?[-/., ']*(\d{4}|\d{2})$")
MONTHS_IN_YEAR = 12
CENTURY, CENTURIES = 2000, 100


class DayOrder(StrEnum):
    """Which comes first in a day written with numbers."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class DayStyle:
    """How a column writes its days; `declared` where somebody said so; years up to `pivot` are 20xx."""

    order: DayOrder = DayOrder.DAY_FIRST
    declared: bool = False
    pivot: int | None = None

    def day(self, text: str) -> date:
        """Return the day that a cell of the column names; raise `NoDay` with why it can't be told."""
        text = " ".join(text.split())
        if found := _NUMBERS.match(text):
            return self._of_numbers(int(found[1]), int(found[2]), self._year(found[3]))
        if (found := _NAMED.match(text)) and found[2].lower() in MONTHS:
            return _made(self._year(found[3]), MONTHS[found[2].lower()], int(found[1]))
        try:
            return day_of(text)
        except NoDay:
            raise NoDay("is no day that can be read without guessing") from None

    def _of_numbers(self, first: int, second: int, year: int) -> date:
        if not self.declared and self.order is DayOrder.MONTH_FIRST:
            raise NoDay(
                "stands in a column that writes the month first: say so with `dates`, or write 2026-12-31"
            )
        if not self.declared and self.order is DayOrder.MIXED:
            raise NoDay("stands in a column that writes days both ways: say which with `dates`")
        if self.order is DayOrder.MONTH_FIRST:
            return _made(year, first, second)
        return _made(year, second, first)

    def _year(self, digits: str) -> int:
        if len(digits) > 2:  # of two digits
            return int(digits)
        if self.pivot is None:
            raise NoDay("has a year of two digits: say with `pivot` which of them are 20xx")
        year = int(digits)
        return CENTURY + year if year <= self.pivot else CENTURY - CENTURIES + year


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDay("is a day that no calendar has, as this column writes them") from None


def order_of(cell: str) -> DayOrder | None:
    """Return the order that a cell proves, if it proves one."""
    found = _NUMBERS.match(" ".join(cell.split()))
    if found is None:
        return None
    if int(found[1]) > MONTHS_IN_YEAR:
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if int(found[2]) > MONTHS_IN_YEAR else None
