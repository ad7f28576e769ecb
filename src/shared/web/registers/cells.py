"""Reading a register's cells by the kind of their field: what can't be read is said why, never guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from shared.kernel.fields import FIRST_DAY, LAST_DAY, PENCE_LIMIT, TURNS
from shared.web.reads.pages import undefused
from shared.web.registers.form import PENCE
from shared.web.registers.register import NEEDED, TEXTS, Extras, Kind, OfKnown, Register, RegisterField, Said
from shared.web.registers.units import ABROAD, SaidUnit, measure_of, said_by_heading
from shared.web.tabular.day_styles import DayStyle
from shared.web.tabular.days import NoDay
from shared.web.tabular.headings import plain
from shared.web.tabular.marks import MONTH_ALONE, UNSOLVED, as_month, why_worthless
from shared.web.tabular.text import byte_without_meaning, visible, with_question_marks
from shared.web.tabular.times import NoTime, time_of

CHOICES_NAMED = 20
WHOLE_AMOUNT = "an amount in pounds such as 250000 or £250,000.00"
DECLARED = {unit: f"a heading of pounds, or `amounts_in`: {unit}" for unit in PENCE}
DECLARED_AROUND = {unit: f"no such text there, or `amounts_in`: {unit}" for unit in PENCE}
NO_POUNDS = frozenset({ABROAD, "shares"})
A_DAY = "a day such as 31/12/2026 or 2026-12-31"
DAYS = "a whole number of days from 0 to 9999"
YES = frozenset({"yes", "y", "true"})
NO = frozenset({"no", "n", "false", "large", "none"})

_MONEY = re.compile(r"^(?:£|GBP)?\s?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?(?:\s?GBP)?$")
_MAYBE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")  # by a point, as other countries write them
_MAGNITUDE = re.compile(r"^£?\s?[0-9.,]+\s?(k|mn?|bn|b|thousand|million|billion)\b\.?$", re.IGNORECASE)
_CURRENCY = re.compile(r"[$€¥₹]|\b(USD|EUR|AUD|CAD|NZD|JPY|CHF)\b|\bA\$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\u2028\u2029]")
_TURNS = re.compile(f"[{TURNS}]")  # invisible: nothing stands in their place
_PERSON = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
_COUNT = re.compile(r"[0-9]{1,4}")
SAYS_NOTHING = frozenset({"-", "–", "—", "n/a"})  # noqa: RUF001  # what people write
NOT_KNOWN_YET = SAYS_NOTHING | {"", "tbc", "tba", "tbd", "to be confirmed", "unknown", "not known"}
NOBODY = NOT_KNOWN_YET | {"vacant", "vacancy", "none", "nobody", "various"}


class Unread(ValueError):
    """A cell that can't be read; its message says why, `expected` what would be read."""

    def __init__(self, why: str, expected: str = "") -> None:
        """Say why, and what would be read."""
        super().__init__(why)
        self.expected = expected


@dataclass(frozen=True)
class ReadingOptions:
    """How a register is read: which column is which field, how each writes days, what amounts are in.

    `commas` are the columns of amounts that have a comma before the pence, `units` what amounts are thousands
    or millions of by what stands around their headings. `key` are the columns that make a reference where
    none is given: the title, unless somebody chooses.
    `withdraw` says that a date which is blank or to be confirmed withdraws the one that is known.
    """

    register: Register[Any]
    columns: Mapping[str, str]
    extras: Extras = field(default_factory=dict)
    amounts_in: str = "pounds"
    days: Mapping[str, DayStyle] = field(default_factory=dict)
    commas: frozenset[str] = frozenset()
    units: Mapping[str, SaidUnit] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    source: str = ""
    withdraw: bool = False
    doubts: Callable[[Said], Mapping[str, str]] = lambda _: {}
    of_known: OfKnown = lambda _thing, _said, _columns: {}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return the first column of each field."""
        return {name: column for column, name in reversed(list(self.columns.items()))}


def reader_of(column: str, about: RegisterField, how: ReadingOptions) -> Callable[[str], Any]:
    """Return what reads a column's cells; it raises `Unread` where it can't be told what one says."""
    read, is_text = _READERS[about.kind], about.kind in TEXTS

    def value(text: str) -> Any:
        if why_not := why_worthless(text):
            raise Unread(why_not, "what the formula comes to: save the file again in its spreadsheet program")
        if about.ends and text.endswith(MONTH_ALONE):
            raise Unread("is shown as a month alone: which day of it is meant is not said", A_DAY)
        if not is_text and not text.isascii():
            if why := undefined_in(text):
                raise why
            text = visible(text).strip()
        return read(text, column, about, how)

    return value


def undefined_in(text: str) -> Unread | None:
    """Return that a cell holds a byte without a meaning, where it does."""
    byte = byte_without_meaning(text)
    return Unread(f"holds {byte}", "another character there") if byte else None


def as_text(text: str) -> str:
    """Return a cell's own text: what a list has defused is as it was, an unknown byte is a question mark."""
    text = text.strip()
    if text.endswith(MONTH_ALONE):
        text = as_month(text)
    if text.isascii():
        return undefused(text)
    return "" if text == UNSOLVED else with_question_marks(undefused(text))


def reference_of(text: str) -> str:
    """Return a reference without what nobody sees of it: a mark of the file's, a blank of no width."""
    return line(visible(as_text(text)))


def is_number(text: str) -> bool:
    """Say whether a cell holds a number or an amount, and nothing else."""
    return _MONEY.match(text) is not None


def line(text: str) -> str:
    """Return text in one line, without control characters."""
    plainly = text if text.isprintable() else _plain(text)
    return " ".join(plainly.split())


def _plain(text: str) -> str:
    """Return text with line feeds for all ends of lines, and blanks for other control characters."""
    return _CONTROL.sub(" ", _TURNS.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str, _column: str, about: RegisterField, _how: ReadingOptions) -> str | None:
    """Return a name in one line; None where a cell says that there is none."""
    word = text.casefold()
    if about.name in NEEDED or word not in NOT_KNOWN_YET:
        return line(as_text(text))
    if word not in SAYS_NOTHING:
        raise Unread("says that it is not known yet", "its name or number, once it is known, or nothing")
    return None


def _paragraphs(text: str, _column: str, _about: RegisterField, _how: ReadingOptions) -> str:
    return _plain(as_text(text))


def _day(text: str, column: str, _about: RegisterField, how: ReadingOptions) -> date:
    try:
        day = how.days.get(column, DayStyle()).day(text)
    except NoDay as why:
        raise Unread(str(why), A_DAY) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unread(f"is not between {FIRST_DAY} and {LAST_DAY}", A_DAY)
    return day


def _time(text: str, _column: str, _about: RegisterField, _how: ReadingOptions) -> str:
    try:
        return time_of(text)
    except NoTime:
        raise Unread("is no time of day", "a time such as 09:30 or 17:00") from None


def _choice(text: str, _column: str, about: RegisterField, how: ReadingOptions) -> str:
    """Return which of those that there are a value names, in whatever case and with whatever signs."""
    choices = tuple(how.register.choices(about.name, how.extras))
    known = _by_their_words(choices)
    chosen = known.get(text) or known.get(plain(text))
    if chosen is None:
        named = ", ".join(list(dict.fromkeys(choices))[:CHOICES_NAMED])
        raise Unread(f"is no {about.noun} of the scale", f"one of: {named}")
    return chosen


@lru_cache  # many cells name the same few
def _by_their_words(choices: tuple[str, ...]) -> Mapping[str, str]:
    return {plain(choice): choice for choice in choices} | {choice: choice for choice in choices}


def _must_be_pounds(column: str, how: ReadingOptions) -> bool:
    """Refuse amounts that are no pounds by their heading, or by what is near; say whether they are pence."""
    if (measure := measure_of(column)) in NO_POUNDS:
        raise Unread(f"stands in a column of {measure} by its heading", WHOLE_AMOUNT)
    in_pence, unit = said_by_heading(column)
    if unit not in ("", how.amounts_in):
        raise Unread(f"stands in a column of {unit} by its heading", DECLARED.get(unit, WHOLE_AMOUNT))
    around = how.units.get(column)
    if around is not None and not unit and not in_pence and around.unit != how.amounts_in:
        why = f"stands in a column of {around.unit} by '{around.text}', near its heading"
        raise Unread(why, DECLARED_AROUND.get(around.unit, WHOLE_AMOUNT))
    return in_pence


def _amount(text: str, column: str, _about: RegisterField, how: ReadingOptions) -> int:
    in_pence = _must_be_pounds(column, how)
    match = _MONEY.match(text)
    if match is None:
        raise Unread(_no_amount(text), WHOLE_AMOUNT)
    if column in how.commas and {",", "."} & set(text):
        raise Unread("stands in a column that has a comma before the pence", "an amount such as 250000.50")
    pounds, parts = match[1].replace(",", ""), match[2] or ""
    if how.amounts_in == "pounds" and _MAYBE_THOUSANDS.fullmatch(f"{match[1]}.{parts}"):
        raise Unread("has three digits behind the point, as thousands have", "an amount such as 1200 or 1.20")
    pence: int = int(pounds + parts) * (1 if in_pence else PENCE[how.amounts_in])
    if pence % 10 ** len(parts):
        raise Unread("is finer than a penny", "an amount in whole pence")
    pence //= 10 ** len(parts)
    if pence > PENCE_LIMIT:
        raise Unread("is more than anything here costs", "a smaller amount")
    return pence


def _no_amount(text: str) -> str:
    if text.endswith("%"):
        return "is a share, no amount"
    if _CURRENCY.search(text):
        return "is in another currency than pounds"
    if _MAGNITUDE.match(text):
        return "is an amount in short: write it out"
    return "is no amount that can be read without guessing"


def _count(text: str, column: str, _about: RegisterField, how: ReadingOptions) -> int:
    if measure := measure_of(column):
        raise Unread(f"stands in a column of {measure} by its heading", DAYS)
    if around := how.units.get(column):
        raise Unread(f"stands in a column of {around.unit} by '{around.text}', below its heading", DAYS)
    if not _COUNT.fullmatch(text):
        raise Unread("is no number of days", DAYS)
    return int(text)


def _person(text: str, _column: str, _about: RegisterField, _how: ReadingOptions) -> str:
    if not _PERSON.match(text) or text.casefold() in NOBODY:
        raise Unread("is no person's id; it was left out", "the id that the person signs in with")
    return text


def _yes_or_no(text: str, _column: str, about: RegisterField, _how: ReadingOptions) -> bool:
    word = text.casefold()
    is_yes = word in YES or word == about.noun  # a column may answer by its own name
    if not is_yes and word not in NO:
        raise Unread("is neither yes nor no", "yes or no")
    return is_yes


_READERS: Mapping[Kind, Callable[[str, str, RegisterField, ReadingOptions], Any]] = {
    Kind.LINE: _line,
    Kind.TEXT: _paragraphs,
    Kind.DAY: _day,
    Kind.TIME: _time,
    Kind.COUNT: _count,
    Kind.MONEY: _amount,
    Kind.PERSON: _person,
    Kind.CHOICE: _choice,
    Kind.YES_OR_NO: _yes_or_no,
}
