"""Programmes and their outcomes over HTTP; a programme's whole board, as of any time."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response

from outcomes.api.answers import BoardShown, ColourRule, OutcomeSeenAlone, ProgrammeSeenAlone, ProgrammeShown
from outcomes.api.conclusions import (
    consultation_shown,
    counts_of,
    milestones_shown,
    outcomes_shown,
    promised_data_shown,
)
from outcomes.api.facts import ProgrammeFacts, programme_facts, rows_of
from outcomes.commands.programme import AddOutcome, AmendProgramme, BeginProgramme, OutcomeDecision
from outcomes.domain.horizons import COLOUR_RULE, COLOUR_RULE_TEXT, HORIZON_MONTHS, months_after
from outcomes.domain.ids import outcome_id, programme_id
from outcomes.domain.programme import Programme, ProgrammeOutcome
from outcomes.views.registers import ProgrammeRow, outcomes, programmes
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ProgrammeId = Annotated[UUID, Path(description="The programme's id, as its receipt says it.")]
OutcomeId = Annotated[UUID, Path(description="The outcome's id, as its receipt says it.")]
OfProgramme = Annotated[UUID, Query(description="The programme's id.")]

DECISIONS = tuple(commands_in(OutcomeDecision))
PROGRAMME_LIST = ListOf(name="programmes", row=ProgrammeRow, table=programmes)

router = APIRouter(prefix="/v1", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


@router.post("/programmes", status_code=201, summary="Set up a programme", responses=CREATES)
async def begin_programme(
    command: Annotated[BeginProgramme, strict(BeginProgramme), Body()], handler: OpeningCommands
) -> Receipt:
    """Set up a programme; its id follows from its code."""
    return await handler.register(programme_id(command.code), command, blank=Programme())


@router.post("/programmes/{programme_id:uuid}/decisions", summary="Amend a programme", responses=DECIDES)
async def decide_on_programme(
    programme_id: ProgrammeId,
    command: Annotated[AmendProgramme, strict(AmendProgramme), Body()],
    handler: Commands,
) -> Receipt:
    """Correct the details of a programme, at the version that If-Match names."""
    return await handler.handle(programme_id, command, blank=Programme())


@router.get(
    "/programmes",
    summary="List programmes",
    dependencies=[may("read-outcomes")],
    responses=PROGRAMME_LIST.responses,
)
async def list_programmes(query: Annotated[ListQuery, PROGRAMME_LIST.asked]) -> Response:
    """List programmes, newest first, as they stand or stood."""
    return await PROGRAMME_LIST.answer(query)


@router.get(
    "/programmes/{programme_id:uuid}",
    summary="See a programme",
    dependencies=[may("read-outcomes")],
    responses=one(ProgrammeSeenAlone, lasting=False),
)
async def see_programme(request: Request, programme_id: ProgrammeId, reading: Read) -> Response:
    """Show one programme; its version is what If-Match takes. Its outcomes are at `/v1/outcomes`."""
    found = await rows_of(reading, programmes, programmes.c.id == programme_id)
    if not found:
        raise NotFound
    [row], service = found, core_service(request)
    names = await service.people.names([row["owner"]] if row["owner"] else [])
    shown = ProgrammeSeenAlone.model_validate(row | {"owner_name": names.get(row["owner"], row["owner"])})
    stream = await service.store.load(programme_id, Programme(), reading.position)
    shown = await with_next(request, reading, stream, shown, (AmendProgramme,))
    return answer_untagged(shown.model_dump(by_alias=True))


@router.get(
    "/programmes/{programme_id:uuid}/history",
    summary="See a programme's history",
    dependencies=[may("read-outcomes")],
    responses=one(EventHistory),
)
async def see_programme_history(request: Request, programme_id: ProgrammeId, reading: Read) -> Response:
    """Show everything that happened to one programme, in order; each outcome has a history of its own."""
    return await answer_history(request, reading, programme_id, Programme())


@router.post("/outcomes", status_code=201, summary="Add an outcome", responses=CREATES)
async def add_outcome(
    command: Annotated[AddOutcome, strict(AddOutcome), Body()], handler: OpeningCommands
) -> Receipt:
    """Give a programme an outcome to reach; its id follows from the programme and the number."""
    identity = outcome_id(command.programme, command.number)
    return await handler.register(identity, command, blank=ProgrammeOutcome())


@router.post("/outcomes/{outcome_id:uuid}/decisions", summary="Decide on an outcome", responses=DECIDES)
async def decide_on_outcome(
    outcome_id: OutcomeId,
    command: Annotated[OutcomeDecision, strict(OutcomeDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Reword an outcome or rate its confidence, at the version that If-Match names."""
    return await handler.handle(outcome_id, command, blank=ProgrammeOutcome())


@router.get(
    "/outcomes",
    summary="See a programme's outcomes",
    dependencies=[may("read-outcomes")],
    responses=one(BoardShown, lasting=False),
)
async def see_outcomes(request: Request, reading: Read, programme: OfProgramme) -> Response:
    """Show a programme's outcomes with their milestones by horizon, as of any time."""
    facts = await programme_facts(core_service(request), reading, programme)
    return answer_untagged(board(reading, facts).model_dump())


def board(reading: Reading, facts: ProgrammeFacts) -> BoardShown:
    """Return the whole of a programme as of a reading."""
    steps = milestones_shown(facts)
    return BoardShown(
        as_of=reading.as_of,
        position=reading.position,
        day=facts.day,
        next_6_months_end=months_after(facts.day, HORIZON_MONTHS),
        colour_rule=ColourRule(name=COLOUR_RULE, text=COLOUR_RULE_TEXT),
        programme=ProgrammeShown.model_validate(
            facts.programme | {"owner_name": facts.named(facts.programme, "owner")}
        ),
        counts=counts_of(steps),
        outcomes=outcomes_shown(facts, steps),
        promised_data=promised_data_shown(facts),
        consultations=[consultation_shown(row) for row in facts.consultations],
    )


@router.get(
    "/outcomes/{outcome_id:uuid}",
    summary="See an outcome",
    dependencies=[may("read-outcomes")],
    responses=one(OutcomeSeenAlone, lasting=False),
)
async def see_outcome(request: Request, outcome_id: OutcomeId, reading: Read) -> Response:
    """Show one outcome with its milestones by horizon; its version is what If-Match takes."""
    found = await rows_of(reading, outcomes, outcomes.c.id == outcome_id)
    if not found:
        raise NotFound
    facts = await programme_facts(core_service(request), reading, found[0]["programme"])
    found_now = outcomes_shown(facts, milestones_shown(facts))
    [shown] = [each for each in found_now if each.id == outcome_id]
    alone = OutcomeSeenAlone.model_validate(shown.model_dump())
    stream = await core_service(request).store.load(outcome_id, ProgrammeOutcome(), reading.position)
    alone = await with_next(request, reading, stream, alone, DECISIONS)
    return answer_untagged(alone.model_dump(by_alias=True))


@router.get(
    "/outcomes/{outcome_id:uuid}/history",
    summary="See an outcome's history",
    dependencies=[may("read-outcomes")],
    responses=one(EventHistory),
)
async def see_outcome_history(request: Request, outcome_id: OutcomeId, reading: Read) -> Response:
    """Show everything that happened to one outcome, in order; each milestone has a history of its own."""
    return await answer_history(request, reading, outcome_id, ProgrammeOutcome())
