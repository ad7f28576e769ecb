"""Approvals over HTTP: what waits for you, or for those you stand in for, oldest deadline first."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, all_, and_, case, func, literal, or_, select

from rfp_service.rfps.api.answers import targets, with_due
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.board import rfps
from shared.governance.delegations.reach import can_anybody_act, reach_read
from shared.governance.delegations.views import delegations
from shared.governance.scheme.domain import SchemeValues
from shared.governance.scheme.scheme_service import values_as_of
from shared.governance.scheme.tiers import step_pence
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Flag
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.record.eventstore.store import EventStore
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.core_service import core_service
from shared.web.decisions.commands import Caller, may
from shared.web.lists.filters import BY_ITS_LIST
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

WAITING_LIMIT = 2_000  # more than anybody could ever decide
PLACES = 10**11  # positions below each day, so that day and position make one number
NO_DAY = date(9999, 12, 31)
COLUMNS = (
    "id",
    "version",
    "reference",
    "title",
    "service_area",
    "stage",
    "approval_waits_for",
    "approval_value_pence",
    "elected_post",
    "raised_by",
    "lead",
    "stage_since",
    "first_position",
    "waiting_on",
    "clock_ends_at",
    "extra_days",
    "target_paused",
)

router = APIRouter(prefix="/v1/approvals", tags=["rfps"], route_class=StrictRoute)


class ApprovalRow(BaseModel):
    """An approval that waits: of what, for whom, up to which amount in pence without VAT, until when."""

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    service_area: Annotated[str, SEARCHED, COUNTED]
    stage: Stage
    approval_waits_for: Annotated[
        str | None, COUNTED, Field(description="The tier; null where any approver may decide.")
    ]
    elected_post: Annotated[bool, Field(description="Whether members of the council decide it.")]
    approval_value_pence: int
    raised_by: str
    lead: str | None
    stage_since: datetime
    first_position: int
    acting_for: Annotated[
        str | None, COUNTED, Field(description="Whom you would stand in for; null for yourself.")
    ]
    due_on: date | None
    overdue_working_days: int
    extra_days: int
    target_paused: bool
    waiting_on: Party = Field(
        description="Procurement, where a key decision's notice has still to be published; the statutory"
        " clock while its days run."
    )
    can_be_taken_from: datetime | None = Field(
        description="When a key decision may be taken, while the days of its notice run."
    )


class ApprovalFilters(BaseModel):
    """Whose approvals are listed."""

    unreachable: Annotated[
        Flag | None,
        BY_ITS_LIST,
        Field(
            description="Those that nobody could decide now, whoever they wait for: everybody of their tier"
            " is away, has left, or is kept out of the case."
        ),
    ] = None


APPROVAL_LIST = ShortList(name="approvals", row=ApprovalRow, filters=ApprovalFilters)


@router.get(
    "",
    summary="List what waits for your approval",
    dependencies=[may("read-approvals")],
    responses=APPROVAL_LIST.responses,
)
async def list_approvals(
    request: Request, query: Annotated[ListQuery, APPROVAL_LIST.asked], person: Caller
) -> Response:
    """List what waits for you or for people you stand in for, oldest deadline first."""
    service, reading = core_service(request), await APPROVAL_LIST.reading(query)
    store = service.store
    if query.asked.get("unreachable"):
        items = await _unreachable(store, reading)
        with_due(items, await targets(store, reading))
        return await APPROVAL_LIST.answer(query, reading, items, place)
    values = await values_as_of(request, reading)
    items = [
        item
        async for principal, limit in _principals(reading, person)
        for item in await _waiting(
            reading, values, person, (principal, service.people.ids_of(principal)), limit
        )
    ]
    first = {item["id"]: item for item in reversed(items)}  # for oneself before for others
    shown = list(first.values())
    with_due(shown, await targets(store, reading))
    return await APPROVAL_LIST.answer(query, reading, shown, place)


def place(item: dict[str, Any]) -> int:
    """Return an approval's place in the list: its due day, then its age."""
    return (item["due_on"] or NO_DAY).toordinal() * PLACES + int(item["first_position"])


async def _principals(reading: Reading, person: Person) -> AsyncIterator[tuple[str, int | None]]:
    """Yield for whom a person decides, and up to which amount: themselves, and who delegated to them."""
    yield "", None
    t, day = delegations.c, day_in_london(reading.as_of)
    live = select(t.delegator, t.limit_pence).where(
        reading.valid(delegations),
        t.delegate.in_(person.ids),
        ~t.ended,
        ~t.waiting,
        t.first_day <= day,
        t.last_day >= day,
    )
    for row in await reading.rows(live):
        yield row["delegator"], row["limit_pence"]


async def _waiting(
    reading: Reading,
    values: SchemeValues | None,
    person: Person,
    stood_in_for: tuple[str, tuple[str, ...]],
    limit_pence: int | None,
) -> list[dict[str, Any]]:
    """Return what waits for one person's tiers, without what the one who would decide is kept out of."""
    principal, ids = stood_in_for
    if values is None:
        return []
    tiers = values.delegable(ids, person.ids) if principal else values.tiers_of(*person.ids)
    if not tiers:
        return []
    t = rfps.c
    any_approver = and_(t.stage == Stage.WAIVER, t.waiting_on == "approver", t.approval_waits_for.is_(None))
    statement = select(*(t[name] for name in COLUMNS)).where(
        reading.valid(rfps), or_(t.approval_waits_for.in_(tiers), any_approver), ~t.on_hold
    )
    if limit_pence is not None:
        statement = statement.where(_amount_of_step(values) <= limit_pence)
    for each in filter(None, (*person.ids, *ids)):
        statement = statement.where(literal(each) != all_(t.kept_out_of_step))
    rows = await reading.rows(statement.order_by(t.first_position).limit(WAITING_LIMIT))
    return [
        {
            **row,
            "acting_for": principal,
            "can_be_taken_from": row.pop("clock_ends_at"),
            "lead": row["lead"] or "",
            "approval_waits_for": row["approval_waits_for"] or "",
        }
        for row in map(dict, rows)
    ]


def _amount_of_step(values: SchemeValues) -> ColumnElement[int]:
    """Return what a stand-in must have been delegated for a step: its tier's limit, or a smaller value."""
    t = rfps.c
    by_tier = {tier.name: func.least(t.approval_value_pence, tier.up_to_pence) for tier in values.tiers}
    return case(by_tier, value=t.approval_waits_for, else_=t.approval_value_pence)


async def _unreachable(store: EventStore, reading: Reading) -> list[dict[str, Any]]:
    """Return what waits for a tier of which nobody can decide it now."""
    t, reach = rfps.c, await reach_read(store, reading)
    waits = (reading.valid(rfps), t.approval_waits_for != "", ~t.on_hold)
    columns = (*(t[name] for name in COLUMNS), t.kept_out_of_step)
    rows = await reading.rows(select(*columns).where(*waits).order_by(t.first_position).limit(WAITING_LIMIT))
    members = {tier: reach.members(tier) for tier in {row["approval_waits_for"] for row in rows}}
    known = Known(tiers=tuple(tier.as_known() for tier in reach.tiers))
    found = []
    for row in map(dict, rows):
        tier, out = row["approval_waits_for"], row.pop("kept_out_of_step")
        amount = step_pence(tier, row["approval_value_pence"], known)
        if not can_anybody_act(members[tier], amount, out):
            found.append({**row, "acting_for": "", "can_be_taken_from": row.pop("clock_ends_at")})
    return found
