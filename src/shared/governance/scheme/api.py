"""The scheme over HTTP: what is in force as of any time, and its adoption."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field

from shared.governance.scheme.commands import SchemeDecision
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.governance.scheme.proposals import ahead
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.reads.answers import DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

DECISIONS = tuple(commands_in(SchemeDecision))

router = APIRouter(
    prefix="/v1/scheme", tags=["scheme"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class SchemeProposal(BaseModel):
    """A scheme that waits for a second person to confirm it, and who gains by it and so can't."""

    proposal: int
    values: SchemeValues
    reason: str
    proposed_by: str
    proposed_on: date
    gaining: list[str]


class SchemeAhead(BaseModel):
    """A scheme that was adopted and takes effect later; until then it can be withdrawn."""

    scheme_version: int
    values: SchemeValues
    unconfirmed: bool


class SchemeInForce(BaseModel):
    """The scheme in force, and what is proposed or takes effect later; `version` is what ETag names."""

    version: int
    scheme_version: int
    values: SchemeValues | None
    unconfirmed: bool = Field(
        False,  # noqa: FBT003  # a default
        description="Whether a single administrator adopted it, without a second person.",
    )
    proposals: list[SchemeProposal] = []
    ahead: list[SchemeAhead] = []
    next: Next = None


@router.get(
    "",
    summary="See the scheme in force",
    dependencies=[may("read-scheme")],
    responses=one(SchemeInForce, lasting=False),
)
async def see_scheme(request: Request, reading: Read) -> Response:
    """Show what the council has decided about itself, as in force on the day of the reading."""
    store = core_service(request).store
    stream = await store.load(SCHEME_ID, Scheme(), reading.until)
    day = day_in_london(reading.as_of)
    in_force = stream.state.in_force(day)
    shown = SchemeInForce(
        version=stream.version,
        scheme_version=in_force.number,
        values=in_force.values,
        unconfirmed=in_force.unconfirmed,
        proposals=[
            SchemeProposal(
                proposal=each.number,
                values=each.values,
                reason=each.reason,
                proposed_by=each.proposed_by,
                proposed_on=each.proposed_on,
                gaining=sorted({*stream.state.gaining(each.values, day)}),
            )
            for each in stream.state.proposals
        ],
        ahead=[
            SchemeAhead(scheme_version=each.number, values=each.values, unconfirmed=each.unconfirmed)
            for each in ahead(stream.state, day)
            if each.values is not None
        ],
    )
    shown = await with_next(request, reading, stream, shown, DECISIONS)
    return answer_now(shown, stream.version)


@router.post("/decisions", summary="Decide on the scheme", responses=DECIDES)
async def decide_on_scheme(
    command: Annotated[SchemeDecision, strict(SchemeDecision), Body()], handler: Commands
) -> Receipt:
    """Adopt a scheme, confirm somebody else's proposal, or take one back; the first has If-Match `"0"`."""
    return await handler.set(SCHEME_ID, command, blank=Scheme())
