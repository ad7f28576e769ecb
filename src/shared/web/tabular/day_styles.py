"""The style in which a column writes its days: found in the whole column or declared, never cell by cell."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum

from shared.web.tabular.days import MONTHS, NoDay, day_of

_NUMBERS = re.compile(
    r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?$"
)
_NAMED = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3,9})\.?[-/., ']*(\d{4}|\d{2})$")
_DATE_CELL = re.compile(r"^\d{4}-\d{2}-(\d{2})(?:T|$)")
MONTHS_IN_YEAR = 12
CENTURY, CENTURIES = 2000, 100
_SAID = re.compile(r"\b(?:(d{1,2}[\W_]*m{1,2})|m{1,2}[\W_]*d{1,2})[\W_]*y+\b", re.IGNORECASE)
SWAPPED = (
    "is a date cell among texts that a program took for no dates, so that day and month may be swapped: "
    "hand in the file from before a spreadsheet program opened it, or make every date of it a date cell"
)


class DayOrder(StrEnum):
    """Which comes first in a day written with numbers."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    MIXED = "mixed"


class DateCell(Enum):
    """What a sheet shows of its date cells.

    One is sure not to be swapped where its day is no month, and open where it is; of the first of a month,
    as most begin, nothing is said. A text that any program would read as a date shows that none did.
    """

    SURE = "sure"
    OPEN = "open"
    TEXT = "text"


UNPROVED = frozenset({DateCell.OPEN, DateCell.TEXT})


@dataclass(frozen=True, slots=True)
class DayStyle:
    """How a column writes its days; `declared` where somebody said so; years up to `pivot` are 20xx.

    `proved_by` is what holds the proof of it: the column, or the other columns of its table. `swapped` says
    that date cells may have day and month swapped.
    """

    order: DayOrder = DayOrder.DAY_FIRST
    declared: bool = False
    pivot: int | None = None
    proved_by: str = "column"
    swapped: bool = False

    def day(self, text: str) -> date:
        """Return the day that a cell of the column names; raise `NoDay` with why it can't be told."""
        text = " ".join(text.split())
        if found := _NUMBERS.match(text):
            return self._of_numbers(int(found[1]), int(found[2]), self._year(found[3]))
        if (found := _NAMED.match(text)) and found[2].lower() in MONTHS:
            return _made(self._year(found[3]), MONTHS[found[2].lower()], int(found[1]))
        if self.swapped and (found := _DATE_CELL.match(text)) and int(found[1]) <= MONTHS_IN_YEAR:
            raise NoDay(SWAPPED)
        try:
            return day_of(text)
        except NoDay:
            raise NoDay("is no day that can be read without guessing") from None

    def _of_numbers(self, first: int, second: int, year: int) -> date:
        if not self.declared and self.order is DayOrder.MONTH_FIRST:
            raise NoDay(
                f"stands in a {self.proved_by} that writes the month first: "
                "say so with `dates`, or write 2026-12-31"
            )
        if not self.declared and self.order is DayOrder.MIXED:
            raise NoDay(f"stands in a {self.proved_by} that writes days both ways: say which with `dates`")
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


def said_order(heading: str) -> set[DayOrder]:
    """Return the order that a heading says, such as `Start (mm/dd/yyyy)`, if it says one."""
    return {DayOrder.DAY_FIRST if found[1] else DayOrder.MONTH_FIRST for found in _SAID.finditer(heading)}


def shown_in_sheet(cell: str) -> Enum | None:
    """Return what a cell of a sheet shows, if it shows anything: a text an order, a date cell itself."""
    if found := _DATE_CELL.match(cell):
        day = int(found[1])
        return DateCell.SURE if day > MONTHS_IN_YEAR else DateCell.OPEN if day > 1 else None
    return order_of(cell) or (DateCell.TEXT if _NUMBERS.match(" ".join(cell.split())) else None)
