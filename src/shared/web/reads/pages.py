"""Lists a page at a time: an opaque cursor, a Link to the next page, as JSON, CSV or NDJSON."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request, Response
from sqlalchemy import Column, Select

from shared.web.reads.cursors import (
    CURSOR_LIMIT,
    CURSOR_PATTERN,
    EPOCH,
    Cursor,
    UnreadableCursor,
    mark_of,
    read_cursor,
)
from shared.web.reads.media_types import FORMS, wanted
from shared.web.reads.readings import Reading

PAGE_LIMIT = 200
PAGE_USUAL = 50
OF_THE_PAGE = ("cursor", "limit", "after")

JSON, CSV, NDJSON = FORMS
BOM = "\ufeff"  # without it, Excel takes a CSV for the alphabet of its own country
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list is asked for, and in which form."""

    request: Request
    limit: int
    cursor: int | None
    media_type: str

    async def of(
        self,
        reading: Reading,
        statement: "Select[Any]",
        order: "Column[Any]",
        *,
        oldest_first: bool = False,
        also: Callable[[Reading, list[dict[str, Any]]], Awaitable[None]] | None = None,
    ) -> Response:
        """Return one page of what a statement selects, ordered by a column of positions.

        `also` may add to the items of the page what no table holds.
        """
        if self.cursor is not None:
            beyond = order > self.cursor if oldest_first else order < self.cursor
            statement = statement.where(beyond)
        statement = statement.order_by(order if oldest_first else order.desc())
        rows = await reading.rows(statement.limit(self.limit + 1))
        more = len(rows) > self.limit
        items = [dict(row) for row in rows[: self.limit]]
        following = self.cursor_at(items[-1][order.name]) if more else None
        if also is not None:
            await also(reading, items)
        await reading.redacted(items)
        return self.answer(reading, items, following)

    async def numbered(
        self, reading: Reading, items: Sequence[Mapping[str, Any]], place: Callable[[Any], int]
    ) -> Response:
        """Return one page of a short list that is at hand whole, in the order of its items' places."""
        ordered = sorted((place(item), number) for number, item in enumerate(items))
        left = [pair for pair in ordered if self.cursor is None or pair[0] > self.cursor]
        shown = left[: self.limit]
        following = self.cursor_at(shown[-1][0]) if len(left) > self.limit else None
        page = [dict(items[number]) for _, number in shown]
        await reading.redacted(page)
        return self.answer(reading, page, following)

    def answer(
        self, reading: Reading, items: Sequence[Mapping[str, Any]], following: str | None = None
    ) -> Response:
        """Return items in the form asked for, with a Link to the next page where there is one."""
        headers = {"Vary": "Accept, Authorization", "ETag": reading.tag, **self.link(following)}
        if not_modified(self.request, reading.tag):
            return Response(status_code=304, headers=headers)
        match self.media_type:
            case "text/csv":
                content = csv_of(items)
            case "application/x-ndjson":
                content = b"".join(json_of(item) + b"\n" for item in items)
            case _:
                content = json_of({"items": items, "next": following, "position": reading.position})
        return Response(content, media_type=self.media_type, headers=headers)

    def cursor_at(self, position: int) -> str:
        """Return what a page says of where the next one begins: of this list, asked in this way."""
        return str(Cursor(_mark(self.request), 0, EPOCH, 0, (position,)))

    def link(self, following: str | None) -> dict[str, str]:
        """Return the header that names the next page, where there is one."""
        if following is None:
            return {}
        url = self.request.url.include_query_params(cursor=following)
        return {"Link": f'<{url.path}?{url.query}>; rel="next"'}


async def page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="How many at most.")] = PAGE_USUAL,
    cursor: Annotated[
        str | None,
        Query(
            max_length=CURSOR_LIMIT,
            description="Where to go on: `next` of the page before.",
            json_schema_extra={"pattern": CURSOR_PATTERN},
        ),
    ] = None,
) -> Page:
    """Read which page is asked for."""
    return Page(
        request,
        limit,
        None if cursor is None else _position(cursor, request),
        wanted(request.headers.get("accept", "")),
    )


Paged = Annotated[Page, Depends(page)]


def not_modified(request: Request, etag: str) -> bool:
    """Say whether the caller holds this already."""
    held = request.headers.get("if-none-match", "")
    return etag.removeprefix("W/") in [tag.strip().removeprefix("W/") for tag in held.split(",")]


def csv_of(items: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    """Return items as CSV (RFC 4180), with a heading; cells that a spreadsheet would run are defused.

    Without columns, they are those of the first item. It begins with a byte order mark, for Excel.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    heading = list(columns)
    if heading:
        writer.writerow(heading)
    for item in items:
        marks = item.get("withheld", {})  # in a cell of its own place, not in a column beside
        if not heading:
            heading = [name for name in item if name != "withheld"]
            writer.writerow(heading)
        writer.writerow([_cell(marks.get(name, item[name])) for name in heading])
    return (BOM + text.getvalue()).encode()


def defused(text: str) -> str:
    """Return text that no spreadsheet will run: before what looks like a formula stands an apostrophe."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def undefused(text: str) -> str:
    """Return text as it was before it was defused; whatever else begins with an apostrophe stays as it is."""
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def _cell(value: object) -> str:
    """Return one value as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return json_of(value).decode().strip('"')


def json_of(value: object) -> bytes:
    """Return a value as JSON; the driver's own UUIDs are not known to orjson, but know their text."""
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)


def _mark(request: Request) -> str:
    """Return what tells one question from another: but for which page, and how long."""
    sent = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in OF_THE_PAGE)
    return mark_of(request.url.path, sent)


def _position(cursor: str, request: Request) -> int:
    keys = read_cursor(cursor, _mark(request)).keys
    if len(keys) != 1 or not isinstance(keys[0], int):
        raise UnreadableCursor
    return keys[0]
