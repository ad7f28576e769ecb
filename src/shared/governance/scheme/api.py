"""The scheme over HTTP: what is in force as of any time, and its adoption."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel

from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme, SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Receipt
from shared.web.answers import DECIDES, answer_now, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, may
from shared.web.readings import Read

router = APIRouter(
    prefix="/v1/scheme", tags=["scheme"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class SchemeInForce(BaseModel):
    """The scheme in force, and how many versions have been adopted; `version` is what ETag names."""

    version: int
    scheme_version: int
    values: SchemeValues | None


@router.get(
    "",
    summary="See the scheme in force",
    dependencies=[may("read-scheme")],
    responses=one(SchemeInForce, lasting=False),
)
async def see_scheme(request: Request, reading: Read) -> Response:
    """Show what the council has decided about itself, as in force on the day of the reading."""
    store = request.app.state.service.store
    stream = await store.load(SCHEME_ID, Scheme(), reading.position if reading.past else None)
    in_force = stream.state.in_force(day_in_london(reading.as_of))
    shown = SchemeInForce(version=stream.version, scheme_version=in_force.number, values=in_force.values)
    return answer_now(shown, stream.version)


@router.post("/decisions", summary="Adopt a scheme", responses=DECIDES)
async def decide_on_scheme(
    command: Annotated[AdoptScheme, strict(AdoptScheme), Body()], handler: Commands
) -> Receipt:
    """Adopt a scheme; send If-Match `"0"` for the first one."""
    return await handler.set(SCHEME_ID, command, blank=Scheme())
