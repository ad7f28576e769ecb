"""The stamps of a log: instants in UTC, read from ISO 8601 text, by a zone's clocks where it names none."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from shared.kernel.calendar import FIRST_YEAR
from shared.web.tabular.day_styles import DayOrder, DayStyle
from shared.web.tabular.days import NoDay

DAY_FIRST = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d")
# A day as XML writes it: Python takes its offset for a time of day.
DAY_AND_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|\+\d{2}:\d{2})")
FINER = re.compile(r"[.,]\d{6}0*[1-9]")  # than a microsecond
ISO = "is not an ISO 8601 time"
# A day of numbers, then perhaps a time: what `dates` says the order of.
BY_NUMBERS = re.compile(
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
    r"(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?(?: ?([AaPp])[Mm])?)?"
)
EPOCH = re.compile(r"\d{9,}")
NOON = 12


class BadInstant(Exception):
    """This is no stamp; the reason says what it looks like and what to do."""


@dataclass(slots=True)
class LogInstants:
    """Reads stamps and counts those that are less sure than they look.

    `odd` says of the first row of each sort where it was.
    """

    zone: ZoneInfo | None
    order: DayOrder | None = None  # of days written with numbers; ISO 8601 is always understood
    date_only: int = 0
    clock_change: int = 0
    twice: int = 0
    unordered: int = 0
    missing_hour: int = 0
    finer: int = 0
    backwards: int = 0
    odd: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def read(self, text: str, place: tuple[str, int, str], before: datetime | None = None) -> datetime:
        """Return the instant of a stamp at a place: a file, its row and column.

        In the hour that comes twice a stamp is of the first, unless its case's time would run backwards.
        """
        stamp, is_day = self._stamp(text)
        if is_day:
            self.date_only += 1
            self.odd.setdefault("date_only", place)
        if FINER.search(text):
            self.finer += 1
            self.odd.setdefault("finer", place)
        try:
            at = self._local(stamp, place, before) if stamp.tzinfo is None else stamp.astimezone(UTC)
        except OverflowError:
            raise BadInstant("is not a time we can keep") from None
        if at.year < FIRST_YEAR:
            raise BadInstant(f"is before {FIRST_YEAR}: no working time is known of then")
        return at

    def _stamp(self, text: str) -> tuple[datetime, bool]:
        """Return what a stamp says, and whether that is a day and no time."""
        if EPOCH.fullmatch(text):  # some of them are ISO 8601 by its letter, of the year 1701
            raise BadInstant(_looks(text, self.order))
        if self.order is not None and (numbers := BY_NUMBERS.fullmatch(text)) is not None:
            return _of_numbers(numbers, DayStyle(self.order, declared=True)), numbers[2] is None
        day = DAY_AND_OFFSET.fullmatch(text)
        try:
            stamp = datetime.fromisoformat(text if day is None else f"{day[1]}T00:00{day[2]}")
        except ValueError:
            raise BadInstant(_looks(text, self.order)) from None
        return stamp, day is not None or DATE_ONLY.fullmatch(text) is not None

    def _local(self, stamp: datetime, place: tuple[str, int, str], before: datetime | None) -> datetime:
        if self.zone is None:
            raise BadInstant("has no offset, and no time zone was given")
        first, second = (stamp.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first == second:
            return first
        self.clock_change += 1
        if first > second:  # clocks went forward over it: read as one hour later, by the clock before
            self.missing_hour += 1
            self.odd.setdefault("missing_hour", place)
            return first
        self.twice += 1
        return which_of((first, second), before)

    def both(self, at: datetime) -> tuple[datetime, datetime]:
        """Return both instants that a stamp may mean which was read as one of them."""
        local = at.astimezone(self.zone)
        first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        return first, second


def which_of(both: tuple[datetime, datetime], before: datetime | None) -> datetime:
    """Return which of two instants a stamp means: the first, unless its case's time would run backwards."""
    first, second = both
    return second if before is not None and first < before <= second else first


def _of_numbers(found: re.Match[str], style: DayStyle) -> datetime:
    """Return what a day of numbers and its time name, as the log writes them."""
    if not found[1][-4:].isdigit():
        raise BadInstant("has a year of two digits: write all four")
    try:
        day = style.day(found[1])
    except NoDay as no_day:
        raise BadInstant(str(no_day)) from None
    hour, minute, second = (int(found[n] or 0) for n in (2, 3, 4))
    if found[6]:
        if not 1 <= hour <= NOON:
            raise BadInstant("is not a time of twelve hours")
        hour = hour % NOON + (NOON if found[6] in "Pp" else 0)
    try:
        at = time(hour, minute, second, int((found[5] or "0").ljust(6, "0")))
    except ValueError:
        raise BadInstant("is not a time that a clock shows") from None
    return datetime.combine(day, at)


def _looks(text: str, order: DayOrder | None) -> str:
    if DAY_FIRST.match(text) and order is None:
        return (
            f"{ISO}: it looks like a date of numbers; say with `dates` whether the day comes first, or write"
            " 31/12/2025 09:00 as 2025-12-31T09:00"
        )
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return f"{ISO}: it looks like a number that a spreadsheet shows as a date; write 2025-12-31T09:00"
    return ISO


def sentences(stamps: LogInstants) -> list[tuple[tuple[str, int, str], str]]:
    """Return what is odd about stamps, with the first place of each."""
    said = {
        "date_only": f"has a day and no time, read as midnight; such stamps: {stamps.date_only}",
        "missing_hour": "is in the hour that clocks skip, read as one hour later; such stamps:"
        f" {stamps.missing_hour}",
        "unordered": "is in the hour that comes twice, as more of its case are, and no `seq` says which came"
        f" first; such stamps are read in the file's order: {stamps.unordered}",
        "finer": f"is finer than a microsecond; such stamps are kept in order by `seq`: {stamps.finer}",
        "backwards": "is that of the row above in a log that runs from its newest rows to its oldest, without"
        f" a `seq`, so the lower of the two came first; such rows: {stamps.backwards}",
    }
    return [(stamps.odd[sort], said[sort]) for sort in said if sort in stamps.odd]
