"""What a read stands on: views that have come far enough, and the position it is answered as of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

import asyncpg
from fastapi import Depends, Query, Request
from sqlalchemy import ColumnElement, DateTime, FromClause, Select, Table, and_, case, literal, select, true
from sqlalchemy.sql.elements import True_

from shared.kernel.calendar import day_in_london, start_of
from shared.kernel.errors import Unacceptable, ViewsBehind
from shared.kernel.person import Person
from shared.record.eventstore.reader import ReadBasis, Reader
from shared.record.projecting.kept_rows import KeptRows
from shared.record.projecting.statements import sql_of
from shared.record.projecting.views import valid_at
from shared.record.projecting.visibility import Visibility
from shared.web.access.redactor import Redactor
from shared.web.core_service import core_service

POSITION_DIGITS = 15
# RFC 3339, section 5.6; the seconds may be left out, and a `+` may have come as the space that it means in
# an address. Years and days that no calendar has are found later.
_DAY = r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
INSTANT_PATTERN = (
    rf"^{_DAY}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?([Zz]|[+ -](0[0-9]|1[0-4]):[0-5][0-9])$"
)
DAY_ALONE = re.compile(f"^{_DAY}$", re.ASCII)
_INSTANT = re.compile(INSTANT_PATTERN, re.ASCII)
AS_OF_PATTERN = f"^[0-9]{{1,{POSITION_DIGITS}}}$|^{_DAY}$|{INSTANT_PATTERN}"
MOMENT = timedelta(microseconds=1)


class BeyondTheRecord(Unacceptable):
    """The record does not reach that position yet."""


class UnreadableInstant(Unacceptable):
    """Write an instant with its offset, such as 2026-03-01T00:00Z; as_of may be a day or a position."""


class PastTime(NamedTuple):
    """A time of the past: its instant, and the last position that was recorded by then."""

    instant: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the views: where from, as of which position and instant, whether past, for whom.

    With `happened_by` it shows what is recorded now, at this position, of what had happened by then.
    `visible` is how far the views have come, whatever it is answered as of.
    """

    pool: asyncpg.Pool
    record: Reader
    position: int
    visible: int
    as_of: datetime
    past: bool
    person: Person
    redact: Redactor
    areas: frozenset[str] | None = None
    happened_by: PastTime | None = None
    kept: KeptRows | None = None

    @property
    def tag(self) -> str:
        """Return the ETag of what follows from the record and London's day alone.

        What is shown of the past is veiled by what holds now: it too is another one again is recorded.
        """
        return f'W/"{self.position}-{self.visible}-{day_in_london(self.as_of)}"'

    @property
    def until(self) -> int | None:
        """Return the position up to which the record is read; none as things stand now."""
        return self.position if self.past else None

    async def redacted(
        self,
        items: Sequence[dict[str, Any]],
        *,
        sealed: bool = True,
        texts: Sequence[str] = (),
        personal: Mapping[str, object] | None = None,
    ) -> None:
        """Withhold from items what their reader may not see: sealed, or exempt without the right to it.

        Of `texts` that nobody has said yet, the mark stands there as well: that they are null would tell it.
        Where it is known which personal texts are in one item, `personal` are all of them.
        """
        unsaid = [(item, name) for item in items for name in texts if item.get(name, ...) in (None, "")]
        for item, name in unsaid:
            item[name] = ""
        await self.redact.draw(self.person, items, sealed=sealed, personal=personal)
        for item, name in unsaid:
            item[name] = item[name] or None

    async def must_know_what_is_exempt(self) -> None:
        """Refuse, as anything found would be, while it is not known what is exempt."""
        await self.redact.must_know(self.person)

    async def rows(self, statement: "Select[tuple[object, ...]]") -> list[asyncpg.Record]:
        """Return the rows that a statement selects."""
        return await self.fetched(*sql_of(statement))

    async def fetched(self, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
        """Return the rows that SQL selects with these values."""
        return list(await self.pool.fetch(sql, *values))

    async def counted(self, statement: "Select[Any]") -> list[asyncpg.Record]:
        """Return rows that depend on the views and the statement's values alone, as they may be kept."""
        return await (self.rows(statement) if self.kept is None else self.kept.of(statement))

    async def value(self, statement: "Select[Any]") -> int:
        """Return the one number that a statement selects."""
        sql, values = sql_of(statement)
        return int(await self.pool.fetchval(sql, *values))

    def valid(self, table: Table) -> "ColumnElement[bool]":
        """Return the condition that picks each thing's row as of this reading."""
        if self.happened_by is not None:
            pinned = None if self.position >= self.visible else self.position
            return _last_by(table, self.happened_by, pinned) & self._in_sight(table)
        return valid_at(table, self.position if self.past else None) & self._in_sight(table)

    def found_by(self, table: Table, wanted: Mapping[str, object], *drawn_from: str) -> "ColumnElement[bool]":
        """Return the condition that picks what has the values wanted, None being any.

        Nothing is found by a field that its reader may not read: trying values out would tell it. What
        is found by something else, such as a search, is `drawn_from` these fields.
        """
        asked = {name: value for name, value in wanted.items() if value is not None}
        same = (table.c[name] == value for name, value in asked.items())
        return and_(self.may_find_by(table, *asked, *drawn_from), *same)

    @property
    def reads_exempt(self) -> bool:
        """Say whether the reader may read what is exempt."""
        return self.redact.reads_exempt(self.person)

    def may_find_by(self, table: Table, *fields: str, thing: str = "id") -> "ColumnElement[bool]":
        """Return the condition that picks what may be found by some fields, or is the reader's own.

        `thing` is the column that names what exemptions are about.
        """
        may = self.redact.by_fields(self.person, table.c[thing], fields)
        if isinstance(may, True_) or "raised_by" not in table.c:
            return may
        return may | table.c.raised_by.in_(self.person.ids)

    def _in_sight(self, table: Table) -> "ColumnElement[bool]":
        """Return the condition that picks what is of the reader's service areas, or raised by them."""
        if self.areas is None or "service_area" not in table.c:
            return true()
        of_theirs = table.c.service_area.in_(sorted(self.areas))
        return of_theirs | table.c.raised_by.in_(self.person.ids) if "raised_by" in table.c else of_theirs


def _last_by(table: Table, then: PastTime, position: int | None) -> "ColumnElement[bool]":
    """Return the condition that picks the last of each thing's rows that had happened by a time.

    With a position, of what was recorded by then.
    """
    following = table.alias("following")
    later = select(1).where(
        following.c.id == table.c.id,
        following.c.valid_from == table.c.valid_to,
        _happened_by(following, then),
    )
    recorded: ColumnElement[bool] = true()
    if position is not None:
        later = later.where(following.c.valid_from <= position)
        recorded = table.c.valid_from <= position
    return recorded & _happened_by(table, then) & ~later.correlate(table).exists()


def _happened_by(table: FromClause, then: PastTime) -> "ColumnElement[bool]":
    """Return the condition that picks what had happened by a time, as all had that was recorded by then."""
    dated_by = table.c.changed_at <= literal(then.instant, DateTime(timezone=True))
    # A clock that was ahead has dated it later. It is no `or`: the planner, which takes its parts to have
    # nothing to do with each other, would then go through the whole table for a page of a recent time.
    return case((table.c.valid_from <= then.position, true()), else_=dated_by)


After = Annotated[
    int | None, Query(ge=0, lt=10**POSITION_DIGITS, description="Wait until the views show this position.")
]
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="Answer with what was recorded by then: a position, an instant with offset, or a day,"
        " which ends at midnight in London.",
        examples=["2026-03-01T00:00Z"],
        json_schema_extra={"pattern": AS_OF_PATTERN},
    ),
]


async def reading(request: Request, after: After = None, as_of: AsOf = None) -> Reading:
    """Wait for the views where `after` asks for it, and find the position that `as_of` means."""
    service = core_service(request)
    record: Reader = service.record
    visibility: Visibility = service.visibility
    now = datetime.now(UTC)
    position, instant = await _meant(record, as_of, now, max(after or 0, visibility.position))
    wanted = max(after or 0, position or 0)
    if wanted > visibility.position:
        if wanted > await record.head():
            raise BeyondTheRecord(position=wanted)
        if not await visibility.reaches(wanted):
            raise ViewsBehind(position=wanted, visible=visibility.position)
    past = position is not None
    visible = visibility.position
    if position is None:
        seen, at = visible, await _not_before(record, visible, now)
    else:
        seen, at = position, instant
    areas = getattr(request.state, "areas", None)
    person, redact = request.state.person, service.redact
    return Reading(service.pool, record, seen, visible, at, past, person, redact, areas, kept=service.kept)


async def earlier(then: Reading, as_of: str) -> Reading | None:
    """Return the reading of an earlier time, for whoever reads; nothing if it is not earlier."""
    position, instant = await _meant(then.record, as_of, then.as_of, then.position)
    if position is None or position > then.position or instant > then.as_of:
        return None
    return replace(then, position=position, as_of=instant, past=True, happened_by=None)


OnBasis = Annotated[
    ReadBasis, Query(description="What was known by `as_of`, or what is recorded now of that time.")
]


async def replaying(
    request: Request, after: After = None, as_of: AsOf = None, basis: OnBasis = ReadBasis.KNOWN_THEN
) -> Reading:
    """Read a list as of a time, on either basis; what is recorded now of now is what is known."""
    then = await reading(request, after, as_of)
    if basis is ReadBasis.KNOWN_THEN or not then.past:
        return then
    return replace(then, position=then.visible, happened_by=PastTime(then.as_of, then.position))


async def _meant(record: Reader, as_of: str | None, now: datetime, seen: int) -> tuple[int | None, datetime]:
    """Return the position and instant that `as_of` means; no position where it means now.

    What was recorded before the last position that is seen is past, whatever a process's clock says.
    """
    if as_of is not None and as_of.isascii() and as_of.isdigit() and len(as_of) <= POSITION_DIGITS:
        return int(as_of), await record.recorded_at(int(as_of)) or now
    instant = end_of_day(as_of) if as_of is not None and DAY_ALONE.match(as_of) else instant_of(as_of)
    if instant is None or (instant >= now and instant >= await _not_before(record, seen, now)):
        return None, now
    return await record.position_at(instant), instant


async def _not_before(record: Reader, position: int, now: datetime) -> datetime:
    """Return now, or when a position was recorded: clocks differ and step back, and what is shown has been.

    Whoever asks again as of the instant that an answer gives must find there what was answered.
    """
    recorded = await record.recorded_at(position) if position else None
    return now if recorded is None else max(now, recorded)


def instant_of(text: str | None) -> datetime | None:
    """Return the instant that a text names; refuse what is none."""
    if text is None:
        return None
    try:
        if _INSTANT.match(text):
            return datetime.fromisoformat(text.upper().replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UnreadableInstant


def end_of_day(day: str) -> datetime:
    """Return the last moment of a day in London; refuse what no calendar has."""
    try:
        return start_of(date.fromisoformat(day) + timedelta(days=1)) - MOMENT
    except ValueError:
        raise UnreadableInstant from None


Read = Annotated[Reading, Depends(reading)]
Replay = Annotated[Reading, Depends(replaying)]
