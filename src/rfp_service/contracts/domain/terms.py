"""What a contract says about its time: start, term, options, notice, and how it continues by itself."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Continuation(StrEnum):
    """What happens at the end when nobody does anything."""

    EXPRESS = "express"
    TACIT = "tacit"
    ROLLING = "rolling"
    PERPETUAL = "perpetual"


class NoticeUnit(StrEnum):
    """What a notice period is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class NoticePeriod:
    """How long before a day notice must count as given. Without one, until that very day."""

    count: int = 0
    unit: NoticeUnit = NoticeUnit.MONTHS

    @property
    def words(self) -> str:
        """Return the period as people say it."""
        unit = self.unit.replace("_", " ")
        return f"{self.count} {unit[:-1] if self.count == 1 else unit}{_APOSTROPHE[self.count == 1]}"


_APOSTROPHE = {True: "'s", False: "'"}


@dataclass(frozen=True)
class TermOption:
    """An option to extend: by how many months, and how long before the end it must be exercised."""

    months: int
    notice: NoticePeriod = NoticePeriod()


@dataclass(frozen=True)
class Stated:
    """Dates that the contract itself states: where one differs from the calculation, it wins.

    The last safe date is that of the first end; what follows a roll-over or an option is calculated.
    """

    initial_end: date | None = None
    last_safe: date | None = None


@dataclass(frozen=True)
class TermDay:
    """The day of each year to which a rolling contract can be ended."""

    month: int
    day: int


@dataclass(frozen=True)
class Terms:
    """All that the dates of one cycle of a contract follow from.

    Options are exercised in their order. `service_working_days` is how many working days before a
    notice counts as given it must be served. `roll_months` is the length of each tacit roll-over.
    """

    start: date | None = None
    term_months: int | None = None
    continuation: Continuation = Continuation.EXPRESS
    options: tuple[TermOption, ...] = ()
    exercised: int = 0
    maximum_months: int | None = None
    roll_months: int = 0
    notice: NoticePeriod = NoticePeriod()
    service_working_days: int = 0
    served_on_working_days: bool = False
    term_day: TermDay | None = None
    stated: Stated = Stated()
    notice_given_on: date | None = None
    ended_on: date | None = None
