"""A short list: its items are at hand whole, and are searched, sorted, counted and paged like any other's.

THINGS = ShortList(name="my-things", row=MyThing)

async def list_my_things(query: Annotated[ListQuery, THINGS.asked]) -> Response:
    reading = await THINGS.reading(query)
    return await THINGS.answer(query, reading, await my_things(reading), place)

A filter that is called like a field of the row narrows to items with one of its values in that field; by any
other one the function that makes the items goes.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import Depends, Response
from pydantic import BaseModel
from sqlalchemy import BigInteger

from shared.kernel.fields import or_null
from shared.record.projecting.row_models import plain, said_or_null, searched, type_of
from shared.web.lists.filters import ListMoment, NoFilters, narrowing
from shared.web.lists.list_questions import pinned, question
from shared.web.lists.list_readings import COUNTS_LIMIT, ListPage
from shared.web.lists.pages import answer, responses
from shared.web.lists.queries import ListQuery, asking
from shared.web.lists.row_order import SortKey, compared, sorted_by, typed, values_of
from shared.web.lists.search import Forgiving, matching
from shared.web.lists.statements import counted, is_plain
from shared.web.reads.cursors import Cursor, UnreadableCursor, read_cursor
from shared.web.reads.readings import Reading

Item = dict[str, Any]


@dataclass(frozen=True)
class ShortList:
    """A list whose items are at hand: what is shown of them, and what it is narrowed to."""

    name: str
    row: type[BaseModel]
    filters: type[BaseModel] = NoFilters
    tagged: bool = True

    @cached_property
    def asked(self) -> Any:
        """Return the dependency that reads what a request asks of it."""
        sorts = tuple(name for name in self.row.model_fields if is_plain(self.row, name))
        searches = bool(searched(self.row))
        return Depends(asking(self, self.filters, sorts, counted(self.row), searches=searches, replays=False))

    @cached_property
    def responses(self) -> dict[int | str, dict[str, Any]]:
        """Return the declaration of what it answers."""
        return responses(self.row, tagged=self.tagged)

    async def reading(self, query: ListQuery) -> Reading:
        """Return what its items are read as of: a later page, as of the first one's position and day."""
        if query.cursor is None:
            return query.reading
        return await pinned(query, read_cursor(query.cursor, question(self.name, query)))

    async def answer(
        self,
        query: ListQuery,
        reading: Reading,
        items: Sequence[Mapping[str, Any]],
        place: Callable[[Any], int],
    ) -> Response:
        """Answer a request with a page of these items, as their reader may see them; usually by place."""
        found = [dict(item) for item in items]
        await reading.redacted(found, texts=said_or_null(self.row))
        wanted = self._wanted(query)
        keys = self._keys(query)
        placed = [
            _placed(keys, shown, place(item))
            for item, shown in zip(items, found, strict=True)
            if _is_wanted(shown, wanted)
        ]
        rows, forgiving = await self._found(query, reading, placed)
        mark = question(self.name, query)
        left = sorted_by(keys, _beyond(keys, rows, query, mark))
        page, following = left[: query.limit], None
        if len(left) > query.limit:
            last = values_of(keys, page[-1])
            following = str(Cursor(mark, reading.position, reading.as_of, forgiving, last))
        total = len(rows) if query.count else None
        counts = _counts(rows, query.count_by) if query.count_by is not None else None
        whole = ListPage(
            reading,
            [row["item"] for row in page],
            following,
            ListMoment(reading, None, query.asked),
            total=total,
            counts=counts,
        )
        return answer(query, whole, columns=tuple(self.row.model_fields), tagged=self.tagged)

    def _wanted(self, query: ListQuery) -> Mapping[str, Sequence[object]]:
        """Return the values that items are narrowed to, by field."""
        wanted = {}
        for name, default in narrowing(self.filters, self.row):
            value = query.asked[name]
            if value not in (None, default):
                values = value if isinstance(value, list) else [value]
                wanted[name] = [or_null(each) for each in values]  # a blank asks for what has none
        return wanted

    def _keys(self, query: ListQuery) -> list[SortKey]:
        found = []
        for sort in query.sort:
            name = sort.removeprefix("-")
            kind, _ = plain(self.row.model_fields[name].annotation)
            found.append(SortKey(name, sort.startswith("-"), None, type_of(kind)))
        return [*found, SortKey("", descending=False, column=None, kind=BigInteger())]

    async def _found(
        self, query: ListQuery, reading: Reading, rows: Sequence[Item]
    ) -> tuple[Sequence[Item], Forgiving]:
        """Return the rows that have what is looked for in what is shown of them."""
        if not query.q:
            return rows, Forgiving.NOTHING
        names = searched(self.row)
        texts = [" ".join(str(_value(row["item"], name) or "") for name in names) for row in rows]
        for forgiving in Forgiving:
            if numbers := await matching(reading, texts, query.q, forgiving):
                return [row for number, row in enumerate(rows) if number in numbers], forgiving
        return [], Forgiving.SPELLING


def _is_wanted(item: Item, wanted: Mapping[str, Sequence[object]]) -> bool:
    """Say whether an item has one of the values wanted in each field; none is found by what is withheld."""
    withheld = item.get("withheld", {})
    return all(name not in withheld and item[name] in values for name, values in wanted.items())


def _placed(keys: Sequence[SortKey], item: Item, place: int) -> Item:
    """Return an item with what it is sorted by."""
    values = [_value(item, key.name) for key in keys[:-1]]
    return {"item": item} | {f"sort_{number}": value for number, value in enumerate([*values, place])}


def _value(item: Item, name: str) -> Any:
    """Return the value of a field, as its reader may see it; what is withheld has none."""
    return None if name in item.get("withheld", {}) else item[name]


def _beyond(
    keys: Sequence[SortKey], rows: Sequence[Item], query: ListQuery, mark: str
) -> Sequence[Mapping[str, Any]]:
    """Return the rows that come after those of the pages before."""
    if query.cursor is None:
        return rows
    said = read_cursor(query.cursor, mark).keys
    if len(said) != len(keys) or said[-1] is None:
        raise UnreadableCursor
    last = [typed(value, key.kind) for key, value in zip(keys, said, strict=True)]
    return [row for row in rows if compared(keys, values_of(keys, row), last) > 0]


def _counts(rows: Sequence[Item], name: str) -> list[Item]:
    numbers = Counter(_value(row["item"], name) for row in rows)
    return [{"value": value, "count": count} for value, count in numbers.most_common(COUNTS_LIMIT)]
