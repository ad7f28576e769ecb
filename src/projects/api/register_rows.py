"""Reading a register's rows by a mapping: what can't be read is kept as text and reported, never guessed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from projects.commands.registration import RegisterProject
from projects.domain.project import RATINGS, Scale
from shared.kernel.fields import FIRST_DAY, LAST_DAY, PENCE_LIMIT, REASON_LIMIT
from shared.web.bulk.outcomes import as_named
from shared.web.tabular.days import NoDay, day_of
from shared.web.tabular.tables import Table

CELLS_REPORTED = 500
NOT_NAMED = {
    "category": "is no category that the scheme names",
    "sub_category": "is no sub-category that the scheme names",
}
_MONEY = re.compile(r"^[£]?\s?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\u2028\u2029]")
_PERSON = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
_KNOWN_RATINGS = {rating.casefold() for ratings in RATINGS.values() for rating in ratings}


class Unread(ValueError):
    """A cell that can't be read; its message says why."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a register is to be read: which column is which field, the scale, what amounts are in.

    `names` says whether the scheme in force names a category and sub-category.
    """

    columns: Mapping[str, str]
    scale: Scale = Scale.UNSTATED
    pence: int = 100
    names: Callable[[str, str | None], bool] = lambda _category, _sub: True


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that was not read, and why; its text is with the project."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class RowReport:
    """What was not read."""

    cells: list[Cell] = field(default_factory=list)
    count: int = 0

    def note(self, row: int, column: str, reason: str) -> None:
        """Note a cell; the first five hundred are told one by one."""
        self.count += 1
        if self.count <= CELLS_REPORTED:
            self.cells.append(Cell(row, column, reason))


Read = tuple[int, RegisterProject | ValidationError | None, str | None]


def read_rows(table: Table, how: ReadingOptions, report: RowReport) -> Iterator[Read]:
    """Yield each row with its number and reference: as a command, as why it is none, or too long for one."""
    for number, row in table.rows:
        cells = table.cells(row)
        if cells is None:
            yield number, None, _named(table.headings, row, how)
            continue
        said, unread = _said(number, cells, how, report)
        try:
            project = RegisterProject(**said, scale=_scale(said, how), unread=unread)
        except ValidationError as error:
            yield number, error, _named(table.headings, row, how)
        else:
            yield number, project, project.reference


def _named(headings: Sequence[str], row: Sequence[str], how: ReadingOptions) -> str | None:
    """Return the reference that a row names, whatever else is wrong with it."""
    named = (
        as_named(cell)
        for heading, cell in zip(headings, row, strict=False)
        if how.columns.get(heading) == "reference"
    )
    return next(named, None)


def _scale(said: Mapping[str, Any], how: ReadingOptions) -> Scale:
    return how.scale if "confidence" in said else Scale.UNSTATED


def _said(
    number: int, cells: Mapping[str, str], how: ReadingOptions, report: RowReport
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a row says, and the cells that could not be read."""
    said: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for column, name in how.columns.items():
        text = cells[column].strip()
        if not text:
            continue
        try:
            said[name] = _alike(READERS.get(name, _line)(text, how), said.get(name))
        except Unread as why:
            report.note(number, column, str(why))
            if name != "owner":  # names of people stay out of the record
                unread[_line(column, how)[:200]] = text[:REASON_LIMIT]
    for name in _not_named(said, how):
        del said[name]
        for column in (column for column, of in how.columns.items() if of == name):
            if text := cells[column].strip():
                report.note(number, column, NOT_NAMED[name])
                unread[_line(column, how)[:200]] = text[:REASON_LIMIT]
    return said, unread


def _not_named(said: Mapping[str, Any], how: ReadingOptions) -> tuple[str, ...]:
    """Return the fields of a category that the scheme does not name; a known category stands alone."""
    category, sub_category = said.get("category"), said.get("sub_category")
    if category is None or how.names(category, sub_category):
        return ()
    if sub_category is None:
        return ("category",)
    return ("sub_category",) if how.names(category, None) else ("category", "sub_category")


def _alike(value: object, before: object) -> object:
    """Return a value, unless another column of the same field has said something else."""
    if before not in (None, value):
        raise Unread("says something else than another column for the same field")
    return value


def _line(text: str, _: ReadingOptions) -> str:
    return " ".join(_plain(text).split())


def _paragraphs(text: str, _: ReadingOptions) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    """Return text with line feeds for all ends of lines, and blanks for other control characters."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _day(text: str, _: ReadingOptions) -> date:
    try:
        day = day_of(text)
    except NoDay:
        raise Unread("is no day that can be read without guessing") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unread(f"is not between {FIRST_DAY} and {LAST_DAY}")
    return day


def _rating(text: str, how: ReadingOptions) -> str:
    """Return a rating as given, where it is one of the scale; of any scale, where none is named."""
    known = _KNOWN_RATINGS
    if how.scale is not Scale.UNSTATED:
        known = {rating.casefold() for rating in RATINGS[how.scale]}
    if text.casefold() not in known:
        raise Unread("is no rating of the scale")
    return text


def _amount(text: str, how: ReadingOptions) -> int:
    match = _MONEY.match(text)
    if match is None:
        raise Unread("is no amount that can be read without guessing")
    pounds, parts = match[1].replace(",", ""), match[2] or ""
    pence: int = int(pounds + parts) * how.pence
    if pence % 10 ** len(parts):
        raise Unread("is finer than a penny")
    pence //= 10 ** len(parts)
    if pence > PENCE_LIMIT:
        raise Unread("is more than any project costs")
    return pence


def _days(text: str, _: ReadingOptions) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise Unread("is no number of days")
    return int(text)


def _person(text: str, _: ReadingOptions) -> str:
    if not _PERSON.match(text):
        raise Unread("is no person's id; it was left out")
    return text


READERS: Mapping[str, Callable[[str, ReadingOptions], Any]] = {
    "description": _paragraphs,
    "start": _day,
    "forecast_end": _day,
    "finished_on": _day,
    "confidence": _rating,
    "cost_pence": _amount,
    "contingency_days": _days,
    "owner": _person,
}
