"""Our own people by month over HTTP: what projects need of them, and what our teams can give."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Double, Integer, cast, func, literal, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB

from projects.api.months import month_of
from projects.commands.capacity import MONTHS_LIMIT, StateCapacity
from projects.domain.capacity import CAPACITY_ID, Capacity, OurPeople, as_compared
from projects.domain.project import Way
from projects.views.register import projects
from shared.kernel.errors import Unacceptable, WrongMediaType
from shared.kernel.fields import PRINTABLE, REASON_LIMIT
from shared.kernel.messages import Receipt, Stream
from shared.record.eventstore.store import EventStore
from shared.web.bulk import bodies as bulk
from shared.web.bulk.items import CSV, ODS, XLSX
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.reads.answers import DECIDES, answer_one, one, problems
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.tabular.marks import why_worthless
from shared.web.tabular.tables import Table, open_table

TABLE_BYTES_LIMIT = 4 * 1024 * 1024
TABLES = (CSV, XLSX, ODS)
LONG = {"month", "skill", "people"}
ERRORS_SHOWN = 20

router = APIRouter(prefix="/v1", tags=["projects"], route_class=StrictRoute)

_NEED = func.jsonb_array_elements(cast(projects.c.needs, JSONB)).table_valued("value").render_derived("need")
_SKILL = _NEED.c.value.op("->>")(literal(1, Integer))


def skills_compared(text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a skill, or a text with skills, as skills are compared."""
    return func.lower(func.regexp_replace(text, r"\s+", " ", "g"))


NEEDED = (
    select(
        _NEED.c.value.op("->>")(literal(0, Integer)).label("month"),
        skills_compared(_SKILL).label("compared"),
        func.min(_SKILL).label("skill"),
        func.sum(cast(_NEED.c.value.op("->>")(literal(2, Integer)), Double)).label("people"),
        func.count(projects.c.id.distinct()).label("projects"),
    )
    .select_from(projects.join(_NEED, true()))
    .group_by(literal_column("1"), literal_column("2"))
)


OfOurPeople = tuple[str, str]  # a month and a skill
NOBODY_NEEDED: Mapping[str, Any] = {"projects": 0, "people": 0.0}


class NoCapacityTable(Unacceptable):
    """The table needs a column `skill` and one for each month, none besides; or month, skill and people."""


class UnreadableCapacity(Unacceptable):
    """Some cells of this table are not numbers of people: nothing was recorded."""


class CapacityMonth(BaseModel):
    """People of one skill in one month: what projects need, what our teams have, what is missing."""

    month: str
    skill: str
    projects: int
    needed: float
    have: float
    short: float

    @classmethod
    def of(
        cls, month: str, skill: str, projects: int = 0, needed: float = 0.0, have: float = 0.0
    ) -> "CapacityMonth":
        """Return a month with what is missing in it."""
        short = max(0.0, round(needed - have, 6))
        return cls(month=month, skill=skill, projects=projects, needed=needed, have=have, short=short)


class CapacitySeen(BaseModel):
    """What projects to be handled internally need of our people, against what our teams can give."""

    version: int
    position: int
    short: bool
    items: list[CapacityMonth]


async def our_people(store: EventStore, reading: Reading) -> tuple[Stream[Capacity], list[CapacityMonth]]:
    """Return by month and skill what open projects need of our people, and what there is, as of a reading."""
    stream = await store.load(CAPACITY_ID, Capacity(), reading.until)
    have = {as_compared(*what): (what, people) for what, people in stream.state.people}
    t = projects.c
    internal = NEEDED.where(reading.valid(projects), t.is_open, t.handling == Way.INTERNAL)
    rows = await reading.rows(internal)
    needed: dict[OfOurPeople, Mapping[str, Any]] = {
        as_compared(row["month"], row["skill"]): dict(row) for row in rows
    }
    months = []
    for what in sorted({*have, *needed}):
        need = needed.get(what, NOBODY_NEEDED)
        (month, skill), people = have.get(what) or ((what[0], need["skill"]), 0.0)
        months.append(CapacityMonth.of(month, skill, need["projects"], need["people"], people))
    return stream, months


@router.get(
    "/project-capacity",
    summary="See whether we have enough people",
    dependencies=[may("read-projects")],
    responses=one(CapacitySeen),
)
async def see_capacity(request: Request, reading: Read) -> Response:
    """Show, by month and skill, the people that projects need from us, and those that our teams have."""
    stream, items = await our_people(core_service(request).store, reading)
    short = any(item.short for item in items)
    shown = CapacitySeen(version=stream.version, position=reading.position, short=short, items=items)
    return answer_one(request, shown, f'"{stream.version}-{reading.position}"')


@router.post(
    "/project-capacity/decisions",
    max_body_size=BODY_BYTES_LIMIT,
    summary="State what our teams can give",
    responses=DECIDES,
)
async def state_capacity(
    command: Annotated[StateCapacity, strict(StateCapacity), Body()], handler: Commands
) -> Receipt:
    """State people by month and skill; send If-Match `"0"` for the first time."""
    return await handler.set(CAPACITY_ID, command, blank=Capacity())


@router.post(
    "/project-capacity/tables",
    max_body_size=TABLE_BYTES_LIMIT,
    summary="State what our teams can give, from a table",
    dependencies=[may("StateCapacity")],
    responses={**DECIDES, **problems(413, 415)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                CSV: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "skill,Sep 2026,Oct 2026\r\nnetworks,2,1.5\r\n",
                },
                XLSX: {"schema": {"type": "string", "contentMediaType": XLSX}},
                ODS: {"schema": {"type": "string", "contentMediaType": ODS}},
            },
        }
    },
)
async def state_capacity_in_a_table(
    request: Request,
    handler: Commands,
    body: bulk.Body,
    reason: Annotated[
        str, Query(min_length=1, max_length=REASON_LIMIT, pattern=PRINTABLE, description="Why it is stated.")
    ],
) -> Receipt:
    """State people from CSV, XLSX or ODS: a row for each skill with a column for each month.

    Or a row for each with the columns month, skill and people. A blank cell says nothing, 0 says that
    there is nobody any more. Beside months, any other column that is filled is refused, such as a total.
    Send If-Match `"0"` for the first time.
    """
    if body.media_type not in TABLES:
        raise WrongMediaType(needed=list(TABLES))
    table = await open_table(body.path, core_service(request).sandbox)
    months = await asyncio.to_thread(_months, table)
    return await handler.set(CAPACITY_ID, StateCapacity(months=months, reason=reason), blank=Capacity())


def _months(table: Table) -> list[OurPeople]:
    """Return what a table states; refuse all of it where one cell can't be read, or is said twice."""
    stated: dict[tuple[str, str], OurPeople] = {}
    errors: list[dict[str, str]] = []
    for number, said in _said(table):
        errors += _stated(stated, number, said)
        if len(errors) >= ERRORS_SHOWN or len(stated) > MONTHS_LIMIT:
            break  # a table may have millions of cells, each of them wrong
    if errors or not 0 < len(stated) <= MONTHS_LIMIT:
        raise UnreadableCapacity(unreadable=errors[:ERRORS_SHOWN], stated=len(stated), limit=MONTHS_LIMIT)
    return list(stated.values())


def _stated(
    stated: dict[tuple[str, str], OurPeople], number: int, said: dict[str, str]
) -> list[dict[str, str]]:
    """Add what one cell states to the rest; return what is wrong with it."""
    if worthless := [(name, why) for name, text in said.items() if (why := why_worthless(text))]:
        return [{"pointer": f"row {number}, {name}", "detail": why} for name, why in worthless]
    try:
        people = OurPeople.model_validate(said)
    except ValidationError as error:
        return [{"pointer": f"row {number}, {one['loc'][0]}", "detail": one["msg"]} for one in error.errors()]
    what = as_compared(people.month, people.skill)
    twice = what in stated
    stated[what] = people
    why = f"{people.month} is said twice"
    return [{"pointer": f"row {number}", "detail": why}] if twice else []


def _said(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the row, the month, the skill and the people of each cell that says something."""
    columns = {heading.casefold(): heading for heading in table.headings}
    wide = {heading: month for heading in table.headings if (month := month_of(heading))}
    if "skill" not in columns or not (wide or columns.keys() >= LONG):
        raise NoCapacityTable(headings=list(table.headings))
    if wide and (no_months := _filled(table, {*table.headings} - {*wide, columns["skill"]})):
        raise NoCapacityTable(no_months=no_months, headings=list(table.headings))
    for number, row in table.rows:
        cells = {heading: cell.strip() for heading, cell in (table.cells(row) or {}).items()}
        skill = cells.get(columns["skill"], "")
        named = "" if wide else cells.get(columns["month"], "")
        for heading, month in (wide or {columns["people"]: month_of(named) or named}).items():
            if not cells or cells[heading]:
                people = cells.get(heading, "")
                yield number, {"month": month, "skill": skill, "people": people}


def _filled(table: Table, headings: Collection[str]) -> list[str]:
    """Return which columns hold anything below their heading, as the table has them."""
    blank = {place: name for place, name in enumerate(table.headings) if name in headings}
    filled = dict[int, str]()
    for _, row in table.rows:
        for place in [place for place in blank if place < len(row) and row[place].strip()]:
            filled[place] = blank.pop(place)
        if not blank:
            break
    return [filled[place] for place in sorted(filled)]
