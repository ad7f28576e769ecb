"""Items as they are sent: a JSON object, lines of JSON, rows of a table; each read strictly, or refused."""

import asyncio
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from shared.web.bulk.json_lines import IN_THE_SERVICE_BYTES_LIMIT, lines_of
from shared.web.bulk.outcomes import Outcome, as_named, not_understood, unreadable
from shared.web.bulk.refusals import (
    ITEMS_LIMIT,
    LINE_BYTES_LIMIT,
    LineTooLong,
    MixedColumns,
    NotItems,
    TooManyItems,
    UnknownColumns,
)
from shared.web.reads.pages import undefused
from shared.web.requests.json_names import NameTwice, fault_in
from shared.web.sandbox.children import Sandbox, Task
from shared.web.tabular.marks import is_withheld, why_worthless
from shared.web.tabular.tables import Table, nameless, open_table

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
SENT_AS = (JSON, NDJSON, CSV, XLSX, ODS)

JSON_ITEMS = Task("shared.web.bulk.json_lines", (NotItems, TooManyItems, LineTooLong, NameTwice))

BESIDE = "*"  # no field is called so
REFERENCE = "reference"  # the field by which an item may name its thing in words

I = TypeVar("I", bound=BaseModel)  # noqa: E741  # an item

# A column such as `scores: benefit` gives one entry of a field that holds several.
_WITHIN = re.compile(r"^([A-Za-z_]+) ?[:.] ?(.+)$")


class Item(NamedTuple, Generic[I]):
    """One item, numbered as it was sent; a tuple because there may be a million.

    In JSON it is numbered from 1, in a table by its row. It may name its thing by a reference.
    """

    number: int
    value: I
    reference: str | None = None


Items = Iterator[Item[I] | Outcome]
Found = tuple[Items[I], int | None]


async def items(
    path: Path, media_type: str, kind: type[I], sandbox: Sandbox, beside: Collection[str] = (), lines: int = 0
) -> Found[I]:
    """Return the items of a body, and how many there are where it is read as one piece.

    A body of more `lines` than it may have items is refused before its first item is looked at. A table may
    have columns `beside` those of its items, which say nothing, as a list has.

    An item that can't be understood is an outcome already. What is wrong with all of a body is refused here.
    """
    match media_type:
        case "application/json":
            return await _of_json(path, kind, sandbox)
        case "application/x-ndjson":
            if lines > ITEMS_LIMIT:
                await asyncio.to_thread(_must_not_be_too_many, path)
            return begun(_of_lines(path, kind)), None
    table = await open_table(path, sandbox, limit=ITEMS_LIMIT)
    if media_type == CSV and lines > ITEMS_LIMIT:
        await asyncio.to_thread(_count, table)
    found = begun(_of_table(table, kind, beside))
    return found, None if media_type == CSV else await asyncio.to_thread(_count, table)


def begun(found: Items[I]) -> Items[I]:
    """Return items whose first has been read: what is wrong with all of a body is said before any answer."""
    first = list(islice(found, 1))
    return chain(first, found)


def _must_not_be_too_many(path: Path) -> None:
    """Refuse more lines of items than one request may hold, before any of them is looked at."""
    with path.open("rb") as file:
        if sum(not line.isspace() for line in file) > ITEMS_LIMIT:
            raise TooManyItems(limit=ITEMS_LIMIT)


def _count(table: Table) -> int:
    return sum(1 for _ in table.rows)


async def _of_json(path: Path, kind: type[I], sandbox: Sandbox) -> Found[I]:
    """Read a small body here, for starting a child takes longer; a large one by its lines."""
    few = await asyncio.to_thread(_of_small, path)
    if few is not None:
        return (_read(number, line, kind) for number, line in enumerate(few, start=1)), len(few)
    written = path.with_name(f"{path.name}.ndjson")
    found = await sandbox.convert(JSON_ITEMS, path, written)
    return _of_lines(written, kind), found["items"]


def _of_small(path: Path) -> list[bytes] | None:
    """Return a body's items, unless it is too large to be taken apart here."""
    if path.stat().st_size > IN_THE_SERVICE_BYTES_LIMIT:
        return None
    return list(lines_of(path.read_bytes()))


def _of_lines(path: Path, kind: type[I]) -> Items[I]:
    number = 0
    with path.open("rb") as file:
        while line := file.readline(LINE_BYTES_LIMIT + 1):
            if len(line) > LINE_BYTES_LIMIT:
                raise LineTooLong(after_item=number, limit_bytes=LINE_BYTES_LIMIT)
            if not line.isspace():
                number += 1
                yield _read(number, line, kind)
            if number > ITEMS_LIMIT:
                raise TooManyItems(limit=ITEMS_LIMIT)


def _read(number: int, text: bytes, kind: type[I]) -> Item[I] | Outcome:
    try:
        value = kind.__pydantic_validator__.validate_json(text, strict=True)
    except ValidationError as error:
        return unreadable(number, error, _named_in(text))
    if wrong := fault_in(text):
        return _misshapen(number, wrong, _named_in(text))
    return Item(number, value, getattr(value, REFERENCE, None))


def _named_in(text: bytes) -> str | None:
    """Return what a line names its thing by, where it can be read so far."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return as_named(said.get(REFERENCE)) if isinstance(said, dict) else None


def _of_table(table: Table, kind: type[I], beside: Collection[str]) -> Items[I]:
    fields = _fields(table.headings, kind, beside)
    for number, row in table.rows:
        cells = table.cells(row)
        if cells is None:
            wrong = f"The row has {len(row)} cells for {len(fields)} columns."
            yield _misshapen(number, wrong, _cell_named(fields, row))
            continue
        values = dict(zip(fields, cells.values(), strict=True))
        if any(cell.strip() for (name, _), cell in values.items() if not name):
            wrong = "Something stands in a column without a heading."
            yield _misshapen(number, wrong, _cell_named(fields, row))
            continue
        if worthless := _worthless(values):
            yield _misshapen(number, worthless, _cell_named(fields, row))
            continue
        try:
            value = kind.model_validate(_said(values))
        except ValidationError as error:
            yield unreadable(number, error, _cell_named(fields, row))
        else:
            yield Item(number, value, getattr(value, REFERENCE, None))


def _worthless(cells: Mapping[tuple[str, str], str]) -> str:
    """Return which cell of an item's own holds a formula that left no value; blank if none does."""
    said = ((name, why_worthless(cell)) for (name, _), cell in cells.items() if name != BESIDE)
    return next((f"`{name}` {why}." for name, why in said if why), "")


def _cell_named(fields: Sequence[tuple[str, str]], row: Sequence[str]) -> str | None:
    """Return what a row names its thing by, whatever else is wrong with it."""
    return as_named(dict(zip(fields, row, strict=False)).get((REFERENCE, "")))


def _misshapen(number: int, why: str, reference: str | None) -> Outcome:
    problem = not_understood([{"detail": why}])
    return Outcome(number, "refused", problem=problem, reference=reference)


def _fields(headings: Sequence[str], kind: type[I], beside: Collection[str]) -> list[tuple[str, str]]:
    """Return the field and the entry that each column is for: no field where it has no heading."""
    fields = [
        ("", heading) if heading == nameless(column) else _field(heading)
        for column, heading in enumerate(headings, start=1)
    ]
    known = set(kind.model_fields)
    fields = [(BESIDE, name) if name in beside and name not in known else (name, e) for name, e in fields]
    if unknown := [name for name, _ in fields if name and name not in {*known, BESIDE}]:
        raise UnknownColumns(unknown=unknown, known=sorted(known))
    if mixed := {name for name, entry in fields if name and entry and (name, "") in fields}:
        raise MixedColumns(fields=sorted(mixed))
    return fields


def _field(heading: str) -> tuple[str, str]:
    """Return the field that a column is for, and the entry in it where it holds several."""
    if within := _WITHIN.match(heading.strip()):
        return within[1].casefold(), within[2]
    return heading.strip().casefold().replace(" ", "_"), ""


def _said(cells: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Return what a row says; a blank cell says nothing."""
    said: dict[str, Any] = {}
    for (name, entry), cell in cells.items():
        text = undefused(cell.strip())
        if name == BESIDE or is_withheld(text):
            continue
        if text and name and entry:
            said.setdefault(name, {})[entry] = text
        elif text and name:
            said[name] = text
    return said
