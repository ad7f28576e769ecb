"""Delegations over HTTP: give one, take one back, see who stands in for whom."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, select

from shared.governance.delegations.commands import DelegationDecision, GiveDelegation
from shared.governance.delegations.domain import Delegation
from shared.governance.delegations.views import DelegationRow, delegations, with_reasons
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.fields import Flag
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, next_decisions
from shared.web.lists.filters import AT_MOST, AskedCode, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

DelegationId = Annotated[UUID, Path(description="The delegation's id.")]

router = APIRouter(
    prefix="/v1/delegations", tags=["scheme"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


def _live(_: bool, moment: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition on what counts on the day."""
    t, day = delegations.c, day_in_london(moment.reading.as_of)
    return and_(~t.ended, ~t.waiting, t.first_day <= day, t.last_day >= day)


class DelegationFilters(BaseModel):
    """What a list of delegations can be narrowed to."""

    delegator: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")] = None
    delegate: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only those to them.")] = None
    live: Annotated[Flag, Where(_live), Field(description="Only those that count on the day.")] = False


DECISIONS = tuple(commands_in(DelegationDecision))

DELEGATION_LIST = ListOf(
    name="delegations",
    row=DelegationRow,
    table=delegations,
    filters=DelegationFilters,
    derive=with_reasons,
    tagged=False,
)


class DelegationSeen(DelegationRow):
    """One delegation by itself."""

    next: Next = None


@router.post("", status_code=201, summary="Delegate", responses=CREATES)
async def delegate(
    command: Annotated[GiveDelegation, strict(GiveDelegation), Body()], handler: OpeningCommands
) -> Receipt:
    """Let somebody decide for you, up to a value, for a time; an administrator's must be confirmed."""
    return await handler.create(command, blank=Delegation())


@router.post("/{delegation_id}/decisions", summary="Decide on a delegation", responses=DECIDES)
async def decide_on_delegation(
    delegation_id: DelegationId,
    command: Annotated[DelegationDecision, strict(DelegationDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Confirm a delegation that was proposed for somebody, or take one back."""
    return await handler.handle(delegation_id, command, blank=Delegation())


@router.get(
    "", summary="List delegations", dependencies=[may("read-scheme")], responses=DELEGATION_LIST.responses
)
async def list_delegations(query: Annotated[ListQuery, DELEGATION_LIST.asked]) -> Response:
    """List who stands in for whom, newest first."""
    return await DELEGATION_LIST.answer(query)


@router.get(
    "/{delegation_id}",
    summary="See a delegation",
    dependencies=[may("read-scheme")],
    responses=one(DelegationSeen, lasting=False),
)
async def see_delegation(request: Request, delegation_id: DelegationId, reading: Read) -> Response:
    """Show one delegation as it stands or stood, and now what you may decide on it."""
    t = delegations.c
    statement = select(*(t[name] for name in DelegationRow.model_fields))
    rows = await reading.rows(statement.where(reading.valid(delegations), t.id == delegation_id))
    if not rows:
        raise NotFound
    shown = [dict(rows[0])]
    await with_reasons(reading, None, shown)
    await reading.redacted(shown)
    shown[0]["next"] = None
    if not reading.past:
        stream = await core_service(request).store.load(delegation_id, Delegation())
        shown[0]["next"] = await next_decisions(request, stream, DECISIONS)
    return answer_untagged(shown[0], ETag=f'"{shown[0]["version"]}"')
