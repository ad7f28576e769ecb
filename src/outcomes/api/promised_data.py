"""Promised data over HTTP: note what was promised, chase it, say that it came."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel

from outcomes.api.answers import PromisedDataShown
from outcomes.api.conclusions import promised_data_shown
from outcomes.api.facts import programme_facts
from outcomes.api.programmes import OfProgramme
from outcomes.commands.promised_data import PromiseData, PromisedDataDecision
from outcomes.domain.promised_data import PromisedData
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.core_service import core_service
from shared.web.readings import Read

PromisedDataId = Annotated[UUID, Path(description="The promised data's id, as its receipt says it.")]

router = APIRouter(
    prefix="/v1/promised-data", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class PromisedDataList(BaseModel):
    """All data promised to a programme, those still missing first, the latest first of all."""

    position: int
    items: list[PromisedDataShown]


@router.post("", status_code=201, summary="Note promised data", responses=CREATES)
async def promise_data(
    command: Annotated[PromiseData, strict(PromiseData), Body()], handler: OpeningCommands
) -> Receipt:
    """Note what somebody promised to hand over, and by when."""
    return await handler.create(command, blank=PromisedData())


@router.post(
    "/{promised_data_id:uuid}/decisions",
    summary="Chase promised data, or say that they came",
    responses=DECIDES,
)
async def decide_on_promised_data(
    promised_data_id: PromisedDataId,
    command: Annotated[PromisedDataDecision, strict(PromisedDataDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Chase promised data, or record that they came, at the version that If-Match names."""
    return await handler.handle(promised_data_id, command, blank=PromisedData())


@router.get(
    "",
    summary="See promised data",
    dependencies=[may("read-outcomes")],
    responses=one(PromisedDataList, lasting=False),
)
async def see_promised_data(request: Request, reading: Read, programme: OfProgramme) -> Response:
    """Show what was promised to a programme, how late it is, and which milestones wait for it."""
    facts = await programme_facts(core_service(request), reading, programme)
    shown = PromisedDataList(position=reading.position, items=promised_data_shown(facts))
    return answer_untagged(shown.model_dump())
