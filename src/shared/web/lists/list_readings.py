"""Reading a list: the one place where validity, sight, filters, text, order, counts and disclosure meet."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.sql.elements import True_

from shared.kernel.errors import Unacceptable
from shared.record.projecting.row_models import said_or_null
from shared.record.projecting.statements import sql_of
from shared.web.lists.filters import ListMoment, conditions
from shared.web.lists.list_questions import is_usual, pinned, question
from shared.web.lists.order import keys_for
from shared.web.lists.queries import ListQuery
from shared.web.lists.row_order import SortKey, after, compared, names_of, sorted_by, typed, values_of
from shared.web.lists.search import Forgiving, matches
from shared.web.lists.statements import NO_THING, ListStatement
from shared.web.reads.cursors import Cursor, UnreadableCursor, read_cursor
from shared.web.reads.readings import Reading

COUNTS_LIMIT = 200  # values of one field
DERIVED_LIMIT = 200_000  # rows that are sorted by what no table holds
SPELT_LIMIT = 10_000  # rows, of which each word is compared
A_WHILE = 2_000  # rows: more are sorted beside the loop

Row = dict[str, Any]
Counted = tuple[int | None, list[Row] | None]  # how many there are, and of each value


class TooManyToSort(Unacceptable):
    """There are too many to sort by a computed value: narrow the list."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, as its reader may see it."""

    reading: Reading
    items: list[Row]
    following: str | None
    moment: ListMoment
    total: int | None = None
    counts: list[Row] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of a list, with everything that its rows must fulfil."""

    stated: ListStatement
    query: ListQuery
    moment: ListMoment
    keys: Sequence[SortKey]
    where: "Sequence[ColumnElement[bool]]"
    beyond: tuple[object, ...] | None
    usual: bool = False  # the first page of all there is now: its SQL is at hand

    @property
    def reading(self) -> Reading:
        """Return what is read, as of when, and by whom."""
        return self.moment.reading

    @property
    def wanted(self) -> int:
        """Return how many rows show a page, and whether there is another one."""
        return self.query.limit + 1


async def read_page(stated: ListStatement, query: ListQuery) -> ListPage:
    """Return one page of a list: what its reader may see of it, and where the next one begins."""
    cursor = None
    if query.cursor is not None:
        cursor = read_cursor(query.cursor, question(stated.name, query))
    reading = query.reading if cursor is None else await pinned(query, cursor)
    facts = await stated.facts(query, reading) if stated.facts else None
    moment = ListMoment(reading, facts, query.asked)
    forgiving = Forgiving.NOTHING if cursor is None else Forgiving(cursor.forgiving)
    asked = _asked(stated, query, moment, cursor, forgiving=forgiving)
    rows, counted = await _found(asked)
    while not rows and cursor is None and query.q and forgiving is not Forgiving.SPELLING:
        forgiving = Forgiving(forgiving + 1)
        asked = _asked(stated, query, moment, cursor, forgiving=forgiving)
        rows, counted = await _found(asked)
    if not rows and stated.thing != NO_THING:  # that nothing is found is told no more than what is
        await reading.must_know_what_is_exempt()
    following = None
    if len(rows) > query.limit:
        keys = values_of(asked.keys, rows[query.limit - 1])
        mark = question(stated.name, query)
        following = str(Cursor(mark, reading.position, reading.as_of, forgiving, keys))
    shown = await _shown(asked, rows[: query.limit])
    return ListPage(reading, shown, following, moment, *counted)


async def _found(asked: Asked) -> tuple[list[Row], Counted]:
    """Return the rows of a page and what is counted of all of them, each looked for beside the other."""
    if not asked.query.count and asked.query.count_by is None:
        return await _rows(asked), (None, None)
    rows, counted = await asyncio.gather(_rows(asked), _counted(asked))
    return rows, counted


async def _shown(asked: Asked, rows: list[Row]) -> list[Row]:
    """Return rows as they are shown: with what is derived, without what only served to get there."""
    stated, reading = asked.stated, asked.reading
    if not all(key.read_as for key in asked.keys):
        rows = [_without_keys(row) for row in rows]
    if stated.derive is not None:
        await stated.derive(reading, asked.moment.facts, rows)
    for name in stated.beside:
        for row in rows:
            row.pop(name, None)
    await reading.redacted(rows, sealed=stated.sealed, texts=said_or_null(stated.row))
    return rows


def conditions_of(stated: ListStatement, moment: ListMoment) -> "list[ColumnElement[bool]]":
    """Return what rows of a list fulfil: valid, in sight, as narrowed, and found by nothing withheld."""
    reading = moment.reading
    where: list[ColumnElement[bool]] = []
    if stated.is_of_states:
        where.append(reading.valid(stated.table))
    if stated.within is not None:
        where += stated.within(moment)
    narrowed, told = conditions(stated.filters, stated.table, moment)
    may = stated.may_find(reading, sorted(told))
    return [*where, *narrowed] if isinstance(may, True_) else [*where, *narrowed, may]


def _asked(
    stated: ListStatement,
    query: ListQuery,
    moment: ListMoment,
    cursor: Cursor | None,
    *,
    forgiving: Forgiving,
) -> Asked:
    """Return the reading of a list, its conditions put together."""
    reading = moment.reading
    keys = keys_for(stated, query.sort, reading)
    usual = is_usual(stated, query, reading)
    where = [] if usual and query.limit + 1 in stated.usual_pages else conditions_of(stated, moment)
    if forgiving is Forgiving.SPELLING:
        where.append(_among_the_first(stated, where))
    if query.q and stated.finds is not None:
        where.append(stated.finds(moment))
    elif query.q:
        may_find = partial(_may_find, stated, reading)
        where.append(matches(stated.model, stated.table.name, query.q, may_find, forgiving=forgiving))
    return Asked(stated, query, moment, keys, where, _beyond(keys, cursor), usual)


def _among_the_first(stated: ListStatement, where: "Sequence[ColumnElement[bool]]") -> "ColumnElement[bool]":
    """Return the condition on what is first in a list's usual order: to spell through all would take long."""
    key = stated.key_column
    ordered = select(key).where(*where).order_by(key if stated.ascending else key.desc())
    last = ordered.offset(SPELT_LIMIT).limit(1).scalar_subquery()
    return or_(last.is_(None), key < last if stated.ascending else key > last)


def _may_find(stated: ListStatement, reading: Reading, *fields: str) -> "ColumnElement[bool]":
    return stated.may_find(reading, fields)


def _beyond(keys: Sequence[SortKey], cursor: Cursor | None) -> tuple[object, ...] | None:
    """Return the values that a cursor's page comes after."""
    if cursor is None:
        return None
    if len(cursor.keys) != len(keys) or cursor.keys[-1] is None:
        raise UnreadableCursor
    return tuple(typed(value, key.kind) for key, value in zip(keys, cursor.keys, strict=True))


async def _rows(asked: Asked) -> list[Row]:
    """Return the rows of a page, and one more where there is one; each with what it is sorted by."""
    if any(key.column is None for key in asked.keys):
        return await _by_derived(asked)
    at_hand = asked.stated.usual_pages
    written = at_hand.get(asked.wanted) if asked.usual else None
    if written is None:
        written = sql_of(_page(asked))
        if asked.usual:
            at_hand[asked.wanted] = written
    return [dict(row) for row in await asked.reading.fetched(*written)]


def _page(asked: Asked) -> "Select[Any]":
    """Return the statement that reads a page's rows."""
    statement = _selected(asked)
    if asked.beyond is not None:
        statement = statement.where(after(asked.keys, asked.beyond))
    by_words = bool(asked.query.q)
    ordered = statement.order_by(*(key.ordered(found_first=by_words) for key in asked.keys))
    return ordered.limit(asked.wanted)


def _selected(asked: Asked) -> "Select[Any]":
    sorts = _sorted_columns(asked.keys)
    listed = asked.stated.listed
    return (listed.add_columns(*sorts) if sorts else listed).where(*asked.where)


def _sorted_columns(keys: Sequence[SortKey]) -> "list[ColumnElement[Any]]":
    """Return the columns that rows are sorted by and would not hold otherwise."""
    named = zip(keys, names_of(keys), strict=True)
    return [key.column.label(name) for key, name in named if key.column is not None and not key.read_as]


async def _by_derived(asked: Asked) -> list[Row]:
    """Return the rows of a page that is sorted by something computed: all are computed, and a page shown.

    What is drawn from something that the reader may not see has no value for them.
    """
    stated, table = asked.stated, asked.stated.table
    needs = sorted({need for key in asked.keys if key.column is None for need in key.needs})
    may = stated.may_find(asked.reading, needs)
    # The list's own key goes by itself: it may be among what is needed.
    keys = [replace(key, read_as="") for key in asked.keys]
    asked = replace(asked, keys=keys)
    statement = select(
        *(table.c[need] for need in needs), may.label("may_be_told"), *_sorted_columns(keys)
    ).where(*asked.where)
    found = [dict(row) for row in await asked.reading.rows(statement.limit(DERIVED_LIMIT + 1))]
    if len(found) > DERIVED_LIMIT:
        raise TooManyToSort(at_most=DERIVED_LIMIT)
    ordered = (
        await asyncio.to_thread(_derived, asked, found) if len(found) > A_WHILE else _derived(asked, found)
    )
    return await _whole(asked, ordered)


def _derived(asked: Asked, found: list[Row]) -> list[Mapping[str, Any]]:
    """Return the rows of a page in their order, once what they are sorted by is computed.

    What is sorted by is computed from columns alone: the derivation waits for nothing.
    """
    assert asked.stated.derive is not None, "what is derived has a derivation"
    computing = asked.stated.derive(asked.reading, asked.moment.facts, found)
    with suppress(StopIteration):
        computing.__await__().send(None)
        raise AssertionError("it waits for something")
    return _ordered(asked, found)


def _ordered(asked: Asked, found: Sequence[Row]) -> list[Mapping[str, Any]]:
    """Return the rows of a page in their order."""
    for row in found:
        for number, key in enumerate(asked.keys):
            if key.column is None:
                row[f"sort_{number}"] = key.told(row) if row["may_be_told"] else None
    beyond = asked.beyond
    if beyond is not None:
        found = [row for row in found if compared(asked.keys, values_of(asked.keys, row), beyond) > 0]
    return sorted_by(asked.keys, found)[: asked.wanted]


async def _whole(asked: Asked, ordered: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return rows with all that is shown of them, in the same order."""
    place = f"sort_{len(asked.keys) - 1}"
    keys = [row[place] for row in ordered]
    statement = select(*asked.stated.selected, asked.stated.key_column.label(place)).where(
        *asked.where, asked.stated.key_column.in_(keys)
    )
    whole = {row[place]: dict(row) for row in await asked.reading.rows(statement)}
    sorts = [f"sort_{number}" for number, _ in enumerate(asked.keys)]
    return [whole[row[place]] | {name: row[name] for name in sorts} for row in ordered if row[place] in whole]


def _without_keys(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.startswith("sort_")}


async def _counted(asked: Asked) -> Counted:
    """Return how many rows there are, and how many of each value of a field, where it is asked for."""
    query, total, counts = asked.query, None, None
    if query.count:
        number = func.count().label("total")
        [row] = await _counts(asked, select(number).select_from(asked.stated.table).where(*asked.where))
        total = int(row["total"])
    if query.count_by is not None:
        key = keys_for(asked.stated, (query.count_by,), asked.reading)[0]
        assert key.column is not None, "only what is stored is counted by"
        values = select(key.column.label("value")).where(*asked.where).subquery()
        number = func.count().label("count")
        grouped = select(values.c.value, number).group_by(values.c.value)
        counts = await _counts(asked, grouped.order_by(number.desc(), values.c.value).limit(COUNTS_LIMIT))
    return total, counts


async def _counts(asked: Asked, statement: "Select[Any]") -> list[Row]:
    """Return counts; those of a list that changes by the record and the day alone may be kept."""
    reading = asked.reading
    rows = await (reading.counted(statement) if asked.stated.tagged else reading.rows(statement))
    return [dict(row) for row in rows]
