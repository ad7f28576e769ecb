"""The audit list over HTTP: every decision as of any time, by person, work, case, period and value."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, JsonValue
from sqlalchemy import ColumnElement, ScalarSelect, false, func, select

from shared.governance.audit.journal import decisions
from shared.governance.audit.reads import NAME, READ_AUDIT, AuditRoute
from shared.governance.audit.replay.states import blank_of, called
from shared.kernel.fields import PENCE_LIMIT
from shared.record.eventstore.unread import unread
from shared.web.answers import listed
from shared.web.commands import may
from shared.web.pages import Paged
from shared.web.readings import INSTANT_PATTERN, Read, instant_of

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

# What is shown in the place of words that can't be judged: something in them may be sealed or exempt.
UNREAD = "unread"
CANT_READ = "This release can't read this event; install the release that knows it."

Conditions = list["ColumnElement[bool]"]

BEGINNINGS = (
    "SELECT originator_id AS case_id, notification_id AS position FROM stored_events"
    " WHERE originator_version = 1 AND originator_id = ANY ($1)"
)


class DecisionRow(BaseModel):
    """One decision: who took it, on what authority, when it happened and was recorded, what it said.

    `case_value_pence` is what the case was last said to be worth, without VAT, by that decision.
    `reference` is the number of the RFP that it is on, such as `RFP-2343`; blank of anything else.
    """

    position: int
    stream_id: UUID
    version: int
    kind: str
    body_of_work: str
    decision: str
    rule: str
    case_value_pence: int | None
    by: str
    acting_for: str
    authority: str
    scheme_version: int
    happened_at: datetime
    recorded_at: datetime
    reference: str
    said: dict[str, JsonValue]


async def named(
    by: Annotated[str | None, Query(max_length=40, pattern=NAME, description="Only this person's.")] = None,
    kind: Annotated[
        str | None, Query(max_length=40, pattern=NAME, description="Only about this kind of thing.")
    ] = None,
    body_of_work: Annotated[
        str | None,
        Query(max_length=40, pattern=NAME, description="Only of this body of work, such as `rfps`."),
    ] = None,
    decision: Annotated[
        str | None, Query(max_length=60, pattern=NAME, description="Only this kind of event.")
    ] = None,
    stream_id: Annotated[UUID | None, Query(description="Only about this one case.")] = None,
) -> Conditions:
    """Return the conditions that name something."""
    wanted = {
        "by": by,
        "kind": kind,
        "body_of_work": body_of_work,
        "decision": decision,
        "stream_id": stream_id,
    }
    return [decisions.c[name] == value for name, value in wanted.items() if value is not None]


async def within(
    reading: Read,
    start: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=40,
            json_schema_extra={"pattern": INSTANT_PATTERN},
            description="Only what happened then or later.",
        ),
    ] = None,
    end: Annotated[
        str | None,
        Query(
            alias="to",
            max_length=40,
            json_schema_extra={"pattern": INSTANT_PATTERN},
            description="Only what happened before then.",
        ),
    ] = None,
    value_from: Annotated[
        int | None, Query(ge=0, le=PENCE_LIMIT, description="Only cases worth that much or more, in pence.")
    ] = None,
    value_to: Annotated[
        int | None, Query(ge=0, le=PENCE_LIMIT, description="Only cases worth that much or less, in pence.")
    ] = None,
) -> Conditions:
    """Return the conditions that set bounds."""
    first, last, conditions = instant_of(start), instant_of(end), []
    if first is not None:
        conditions.append(decisions.c.happened_at >= first)
    if last is not None:
        conditions.append(decisions.c.happened_at < last)
    if value_from is not None or value_to is not None:
        conditions += worth(value_from or 0, PENCE_LIMIT if value_to is None else value_to)
        conditions.append(reading.redact.by_amount(reading.person, decisions.c.stream_id))
    return conditions


def worth(low: int, high: int) -> Conditions:
    """Return the conditions on decisions on cases that were then worth [low, high] pence.

    The first picks the few cases that were ever worth that, by an index; only their decisions are then
    compared with what their case was worth at the time. Nothing is worth at least more than at most.
    """
    if low > high:
        return [false()]
    said = decisions.alias()
    ever = select(said.c.stream_id).where(said.c.value_pence.between(low, high))
    then = func.int8range(low, high, "[]").op("@>")(case_value())
    return [decisions.c.stream_id.in_(ever), then]


@router.get(
    "/decisions",
    summary="List every decision",
    dependencies=[may(READ_AUDIT)],
    responses=listed(DecisionRow, tagged=False),
)
async def list_decisions(
    reading: Read,
    page: Paged,
    names: Annotated[Conditions, Depends(named)],
    bounds: Annotated[Conditions, Depends(within)],
) -> Response:
    """List what was decided, newest first; imported history is not in it."""
    of_row = [decisions.c[n] for n in DecisionRow.model_fields if n in decisions.c]
    statement = select(*of_row, case_value().label("case_value_pence")).where(
        decisions.c.position <= reading.position, *names, *bounds
    )
    return await page.untagged.of(reading, statement, decisions.c.position, also=_with_what_was_said)


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


async def _with_what_was_said(reading: Read, items: list[dict[str, Any]]) -> None:
    """Add each decision's own words, which only the record holds, and what its case is called."""
    said = {r.position: r for r in await reading.record.at([item["position"] for item in items])}
    rows = await reading.pool.fetch(BEGINNINGS, [item["stream_id"] for item in items])
    first = {UUID(str(row["case_id"])): row["position"] for row in rows}
    for item in items:
        recorded = said[item["position"]]
        readable = unread(recorded) is None
        blank = blank_of(type(recorded.event)) if readable else None
        item["reference"] = called(blank, first[recorded.stream_id]) if blank else ""
        item["said"] = recorded.envelope["data"] if readable else {UNREAD: CANT_READ}
