"""Consultations and strategies over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel

from outcomes.api.answers import ConsultationSeenAlone, ConsultationShown
from outcomes.api.conclusions import consultation_shown
from outcomes.api.facts import rows_of
from outcomes.api.programmes import OfProgramme
from outcomes.commands.engagement import AdoptStrategy, ConsultationDecision, OpenConsultation
from outcomes.domain.engagement import Consultation, Strategy, StrategyTheme
from outcomes.domain.ids import strategy_id
from outcomes.views.registers import consultations, strategies
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.errors import NotFound
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.reads.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ConsultationId = Annotated[UUID, Path(description="The consultation's id, as its receipt says it.")]

DECISIONS = tuple(commands_in(ConsultationDecision))

router = APIRouter(prefix="/v1", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


class ConsultationList(BaseModel):
    """All consultations of a programme, the oldest first."""

    position: int
    items: list[ConsultationShown]


class StrategyShown(BaseModel):
    """A strategy as last adopted."""

    id: UUID
    version: int
    name: str
    edition: str
    sha256: str
    link: TextOrNull
    adopted_on: date
    themes: list[StrategyTheme]
    withheld: dict[str, str] = {}


class StrategyList(BaseModel):
    """All strategies, the oldest first."""

    position: int
    items: list[StrategyShown]


@router.post("/consultations", status_code=201, summary="Open a consultation", responses=CREATES)
async def open_consultation(
    command: Annotated[OpenConsultation, strict(OpenConsultation), Body()], handler: OpeningCommands
) -> Receipt:
    """Open a consultation; nobody's own answer is ever kept."""
    return await handler.create(command, blank=Consultation())


@router.post(
    "/consultations/{consultation_id:uuid}/decisions",
    summary="Count or close a consultation",
    responses=DECIDES,
)
async def decide_on_consultation(
    consultation_id: ConsultationId,
    command: Annotated[ConsultationDecision, strict(ConsultationDecision), Body()],
    handler: Commands,
) -> Receipt:
    """State how many gave each answer, or close it, at the version that If-Match names."""
    return await handler.handle(consultation_id, command, blank=Consultation())


@router.get(
    "/consultations",
    summary="See consultations",
    dependencies=[may("read-outcomes")],
    responses=one(ConsultationList, lasting=False),
)
async def see_consultations(reading: Read, programme: OfProgramme) -> Response:
    """Show a programme's consultations by their counts."""
    rows = await rows_of(reading, consultations, consultations.c.programme == programme)
    items = [consultation_shown(row) for row in rows]
    shown = ConsultationList(position=reading.position, items=items)
    return answer_untagged(shown.model_dump())


@router.get(
    "/consultations/{consultation_id:uuid}",
    summary="See a consultation",
    dependencies=[may("read-outcomes")],
    responses=one(ConsultationSeenAlone, lasting=False),
)
async def see_consultation(request: Request, consultation_id: ConsultationId, reading: Read) -> Response:
    """Show one consultation by its counts; its version is what If-Match takes."""
    found = await rows_of(reading, consultations, consultations.c.id == consultation_id)
    if not found:
        raise NotFound
    alone = ConsultationSeenAlone.model_validate(consultation_shown(found[0]).model_dump())
    stream = await core_service(request).store.load(consultation_id, Consultation(), reading.position)
    alone = await with_next(request, reading, stream, alone, DECISIONS)
    return answer_untagged(alone.model_dump(by_alias=True))


@router.get(
    "/consultations/{consultation_id:uuid}/history",
    summary="See a consultation's history",
    dependencies=[may("read-outcomes")],
    responses=one(EventHistory),
)
async def see_consultation_history(
    request: Request, consultation_id: ConsultationId, reading: Read
) -> Response:
    """Show everything that happened to one consultation, in order."""
    return await answer_history(request, reading, consultation_id, Consultation())


@router.post("/strategies", summary="Adopt a strategy", responses=DECIDES)
async def adopt_strategy(
    command: Annotated[AdoptStrategy, strict(AdoptStrategy), Body()], handler: Commands
) -> Receipt:
    """Record the edition that the council adopted; send If-Match `"0"` for the first one of this name."""
    return await handler.set(strategy_id(command.name), command, blank=Strategy())


@router.get(
    "/strategies",
    summary="See strategies",
    dependencies=[may("read-outcomes")],
    responses=one(StrategyList, lasting=False),
)
async def see_strategies(reading: Read) -> Response:
    """Show each strategy with the themes and priorities that things may be tagged with."""
    items = [StrategyShown.model_validate(row) for row in await rows_of(reading, strategies)]
    return answer_untagged(StrategyList(position=reading.position, items=items).model_dump())
