"""Promised data over HTTP: note what was promised, chase it, say that it came; see all of it, or one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel

from outcomes.api.answers import PromisedDataSeenAlone, PromisedDataShown
from outcomes.api.conclusions import promised_data_shown
from outcomes.api.facts import programme_facts, rows_of
from outcomes.api.programmes import OfProgramme
from outcomes.commands.promised_data import PromiseData, PromisedDataDecision
from outcomes.domain.promised_data import PromisedData
from outcomes.views.registers import promised_data
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.reads.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

PromisedDataId = Annotated[UUID, Path(description="The promised data's id, as its receipt says it.")]

DECISIONS = tuple(commands_in(PromisedDataDecision))

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
    summary="Chase promised data, or say that they have arrived",
    responses=DECIDES,
)
async def decide_on_promised_data(
    promised_data_id: PromisedDataId,
    command: Annotated[PromisedDataDecision, strict(PromisedDataDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Chase promised data, or record that they have arrived, at the version that If-Match names."""
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


@router.get(
    "/{promised_data_id:uuid}",
    summary="See one promise of data",
    dependencies=[may("read-outcomes")],
    responses=one(PromisedDataSeenAlone, lasting=False),
)
async def see_data_promise(request: Request, promised_data_id: PromisedDataId, reading: Read) -> Response:
    """Show one promise of data, how late it is and what waits for it; its version is what If-Match takes."""
    found = await rows_of(reading, promised_data, promised_data.c.id == promised_data_id)
    if not found:
        raise NotFound
    facts = await programme_facts(core_service(request), reading, found[0]["programme"])
    [shown] = [each for each in promised_data_shown(facts) if each.id == promised_data_id]
    alone = PromisedDataSeenAlone.model_validate(shown.model_dump())
    stream = await core_service(request).store.load(promised_data_id, PromisedData(), reading.position)
    alone = await with_next(request, reading, stream, alone, DECISIONS)
    return answer_untagged(alone.model_dump(by_alias=True))


@router.get(
    "/{promised_data_id:uuid}/history",
    summary="See the history of a promise of data",
    dependencies=[may("read-outcomes")],
    responses=one(EventHistory),
)
async def see_data_promise_history(
    request: Request, promised_data_id: PromisedDataId, reading: Read
) -> Response:
    """Show everything that happened to one promise of data, in order."""
    return await answer_history(request, reading, promised_data_id, PromisedData())
