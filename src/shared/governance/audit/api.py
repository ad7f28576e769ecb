"""The audit list over HTTP: every decision as of any time, by person, work, case, period and value."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, JsonValue
from pydantic.config import JsonDict
from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, select, true

from shared.governance.audit.journal import decisions
from shared.governance.audit.reads import NAME, READ_AUDIT, AskedName, AuditRoute
from shared.governance.audit.replay.states import blank_of, called
from shared.kernel.fields import PENCE_LIMIT
from shared.record.eventstore.unread import unread
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED, Derived
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import INSTANT_PATTERN, Reading, instant_of
from shared.web.reads.thing_names import Tables, references, tables_of

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

INSTANT: JsonDict = {"pattern": INSTANT_PATTERN}

# What is shown in place of words that can't be judged: something in them may be sealed or exempt.
UNREAD = "unread"
CANT_READ = "This release can't read this event; install the release that knows it."

BEGINNINGS = (
    "SELECT originator_id AS case_id, notification_id AS position FROM stored_events"
    " WHERE originator_version = 1 AND originator_id = ANY ($1)"
)


class DecisionRow(BaseModel):
    """One decision: who took it, on what authority, when it happened and was recorded, what it said.

    `case_value_pence` is what the case was last said to be worth, without VAT, by that decision.
    `reference` is the number of the RFP that it is on, such as `RFP-2343`; null of anything else.
    """

    position: int
    stream_id: UUID
    version: int
    kind: Annotated[str, SEARCHED, COUNTED]
    body_of_work: Annotated[str, SEARCHED, COUNTED]
    decision: Annotated[str, SEARCHED, COUNTED]
    rule: Annotated[str | None, COUNTED]
    case_value_pence: Annotated[int | None, UNSORTED]
    by: Annotated[str, COUNTED]
    acting_for: Annotated[str | None, COUNTED]
    authority: Annotated[str, COUNTED]
    scheme_version: int
    happened_at: datetime
    recorded_at: datetime
    reference: Annotated[str | None, Derived()]
    said: Annotated[dict[str, JsonValue], Derived()]


def _from(text: str, _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on what happened at an instant or later."""
    return decisions.c.happened_at >= instant_of(text)


def _to(text: str, _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on what happened before an instant."""
    return decisions.c.happened_at < instant_of(text)


def _worth(_: int, moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition on decisions on cases that were worth what is asked for, by both bounds."""
    low, high = moment.asked["value_from"], moment.asked["value_to"]
    return worth(low or 0, PENCE_LIMIT if high is None else high)


def _beside(high: int, moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition by the upper bound, where the lower one has not told it already."""
    return _worth(high, moment) if moment.asked["value_from"] is None else true()


class DecisionFilters(BaseModel):
    """What the audit list can be narrowed to."""

    by: Annotated[list[AskedName] | None, AT_MOST, Field(description="Only this person's.")] = None
    kind: Annotated[list[AskedName] | None, AT_MOST, Field(description="Only about this kind of thing.")] = (
        None
    )
    body_of_work: Annotated[
        list[AskedName] | None, AT_MOST, Field(description="Only of this body of work, such as `rfps`.")
    ] = None
    decision: Annotated[
        list[Annotated[str, Field(max_length=60, pattern=NAME)]] | None,
        AT_MOST,
        Field(description="Only this kind of event."),
    ] = None
    stream_id: Annotated[list[UUID] | None, AT_MOST, Field(description="Only about this one case.")] = None
    start: Annotated[
        str | None,
        Where(_from),
        Field(
            alias="from",
            max_length=40,
            json_schema_extra=INSTANT,
            description="Only what happened then or later.",
        ),
    ] = None
    end: Annotated[
        str | None,
        Where(_to),
        Field(
            alias="to",
            max_length=40,
            json_schema_extra=INSTANT,
            description="Only what happened before then.",
        ),
    ] = None
    value_from: Annotated[
        int | None,
        Where(_worth, draws_from=("value_pence",)),
        Field(ge=0, le=PENCE_LIMIT, description="Only cases worth that much or more, in pence."),
    ] = None
    value_to: Annotated[
        int | None,
        Where(_beside, draws_from=("value_pence",)),
        Field(ge=0, le=PENCE_LIMIT, description="Only cases worth that much or less, in pence."),
    ] = None


def worth(low: int, high: int) -> ColumnElement[bool]:
    """Return the condition on decisions on cases that were then worth [low, high] pence.

    The first picks the few cases that were ever worth that, by an index; only their decisions are then
    compared with what their case was worth at the time. Nothing is worth at least more than at most.
    """
    if low > high:
        return false()
    said = decisions.alias()
    ever = select(said.c.stream_id).where(said.c.value_pence.between(low, high))
    then = func.int8range(low, high, "[]").op("@>")(case_value())
    return and_(decisions.c.stream_id.in_(ever), then)


def case_value() -> "ScalarSelect[int | None]":
    """Return what the case was last said to be worth by a decision."""
    earlier = decisions.alias()
    return (
        select(earlier.c.value_pence)
        .where(
            earlier.c.stream_id == decisions.c.stream_id,
            earlier.c.position <= decisions.c.position,
            earlier.c.value_pence.is_not(None),
        )
        .order_by(earlier.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )


async def _shown_things(query: ListQuery, _: Reading) -> Tables:
    """Return the tables that say what cases are called."""
    return tables_of(core_service(query.request).views)


async def _with_what_was_said(reading: Reading, tables: Tables, items: list[dict[str, Any]]) -> None:
    """Add each decision's own words, which only the record holds, and what its case is called."""
    said = {r.position: r for r in await reading.record.at([item["position"] for item in items])}
    rows = await reading.pool.fetch(BEGINNINGS, [item["stream_id"] for item in items])
    first = {UUID(str(row["case_id"])): row["position"] for row in rows}
    for item in items:
        recorded = said[item["position"]]
        readable = unread(recorded) is None
        blank = blank_of(type(recorded.event)) if readable else None
        item["reference"] = called(blank, first[recorded.stream_id]) if blank else None
        item["said"] = recorded.envelope["data"] if readable else {UNREAD: CANT_READ}
    unnamed = {item["stream_id"]: item["kind"] for item in items if not item["reference"]}
    known = await references(reading, tables, unnamed)
    for item in items:
        item["reference"] = item["reference"] or known.get(item["stream_id"])


def _recorded(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on what was recorded by then."""
    return [decisions.c.position <= moment.reading.position]


DECISION_LIST = ListOf(
    name="audit-decisions",
    row=DecisionRow,
    table=decisions,
    filters=DecisionFilters,
    key="position",
    facts=_shown_things,
    within=_recorded,
    derive=_with_what_was_said,
    columns={"case_value_pence": case_value()},
    thing="stream_id",
    tagged=False,
)


@router.get(
    "/decisions",
    summary="List every decision",
    dependencies=[may(READ_AUDIT)],
    responses=DECISION_LIST.responses,
)
async def list_decisions(query: Annotated[ListQuery, DECISION_LIST.asked]) -> Response:
    """List what was decided, newest first; imported history is not in it."""
    return await DECISION_LIST.answer(query)
