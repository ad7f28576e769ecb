"""Exemptions over HTTP: what is exempt, under which paragraph, until when; declared, reviewed, released."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select

from shared.governance.disclosure.commands import DeclareExempt, ExemptionDecision
from shared.governance.disclosure.domain import Exemption, ExemptionStatus
from shared.governance.disclosure.exemptions_in_sight import of_matters_in_sight
from shared.governance.disclosure.views import ExemptionRow, exemption_row, exemptions
from shared.kernel.errors import OutOfSight
from shared.kernel.fields import DayAsked
from shared.kernel.messages import Receipt
from shared.record.projecting.views import View
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.filters import AT_MOST, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_now, one
from shared.web.reads.readings import Read, Reading
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ExemptionId = Annotated[UUID, Path(description="The exemption's id.")]

router = APIRouter(
    prefix="/v1/exemptions", tags=["exemptions"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


def _reviewed_by(day: date, _: ListMoment) -> ColumnElement[bool]:
    """Return the condition that a review is due by a day."""
    return exemptions.c.review_on <= day


class ExemptionSeen(ExemptionRow):
    """One exemption."""

    next: Next = None


class ExemptionFilters(BaseModel):
    """What a list of exemptions can be narrowed to."""

    status: Annotated[
        list[ExemptionStatus] | None, AT_MOST, Field(description="Only those that stand so.")
    ] = None
    matter_id: Annotated[list[UUID] | None, AT_MOST, Field(description="Only those of this thing.")] = None
    review_by: Annotated[
        DayAsked | None, Where(_reviewed_by), Field(description="Only those whose review is due by this day.")
    ] = None


DECISIONS = tuple(commands_in(ExemptionDecision))


async def _shown_views(query: ListQuery, _: Reading) -> Sequence[View]:
    """Return the views that say of which service area things are."""
    views: Sequence[View] = core_service(query.request).views
    return views


EXEMPTION_LIST = ListOf(
    name="exemptions",
    row=ExemptionRow,
    table=exemptions,
    filters=ExemptionFilters,
    facts=_shown_views,
    within=lambda moment: of_matters_in_sight(moment.reading, moment.facts),
)


@router.post("", status_code=201, summary="Declare something exempt", responses=CREATES)
async def declare_exempt(
    command: Annotated[DeclareExempt, strict(DeclareExempt), Body()], handler: OpeningCommands
) -> Receipt:
    """Withhold fields of a thing, or of one decision on it, from people without the right to read them."""
    return await handler.create(command, blank=Exemption())


@router.post("/{exemption_id}/decisions", summary="Decide on an exemption", responses=DECIDES)
async def decide_on_exemption(
    exemption_id: ExemptionId,
    command: Annotated[ExemptionDecision, strict(ExemptionDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Keep it exempt until another review, or release it."""
    return await handler.handle(exemption_id, command, blank=Exemption())


@router.get(
    "", summary="List exemptions", dependencies=[may("read-exemptions")], responses=EXEMPTION_LIST.responses
)
async def list_exemptions(query: Annotated[ListQuery, EXEMPTION_LIST.asked]) -> Response:
    """List what is or was exempt, newest first: that it exists, not what it says.

    Whoever acts for some service areas is shown what is of these, and what they raised.
    """
    return await EXEMPTION_LIST.answer(query)


@router.get(
    "/{exemption_id}",
    summary="See an exemption",
    dependencies=[may("read-exemptions")],
    responses=one(ExemptionSeen, lasting=False),
)
async def see_exemption(request: Request, exemption_id: ExemptionId, reading: Read) -> Response:
    """Show one exemption, as it stands or stood."""
    stream = await thing_as_of(request, reading, exemption_id, Exemption())
    await _matter_must_be_in_sight(request, reading, exemption_id)
    shown = ExemptionSeen(
        id=stream.id,
        version=stream.version,
        first_position=stream.first_position,
        opened_at=stream.opened_at,
        changed_at=stream.changed_at,
        **exemption_row(stream),
    )
    shown = await with_next(request, reading, stream, shown, DECISIONS)
    return answer_now(shown, stream.version)


async def _matter_must_be_in_sight(request: Request, reading: Reading, exemption_id: UUID) -> None:
    conditions = of_matters_in_sight(reading, core_service(request).views)
    named = select(func.count()).where(reading.valid(exemptions), exemptions.c.id == exemption_id)
    if conditions and not await reading.value(named.where(*conditions)):
        raise OutOfSight
