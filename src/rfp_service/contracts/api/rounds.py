"""Rounds of reviews over HTTP: open a month, see it, settle its lines, close it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import JsonValue

from rfp_service.contracts.api.filters import RoundFilters
from rfp_service.contracts.api.round_answers import RoundLineSeen, RoundSeen, found_in_round, round_seen
from rfp_service.contracts.api.round_contracts import contracts_found
from rfp_service.contracts.commands.rounds import CloseReviewRound, OpenReviewRound, RoundDecision
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.rounds import ContractsChanging, ReviewRound, horizon_of, round_id
from rfp_service.contracts.views.rounds import RoundRow, StoredRound, review_rounds
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.scheme.scheme_service import rules_as_of
from shared.kernel.errors import ViewsBehind
from shared.kernel.messages import Receipt
from shared.record.eventstore.looks import Look, LookedTooEarly
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, one, seen_now
from shared.web.reads.readings import Read, Reading
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ROUND_LIST = ListOf(
    name="renewal-rounds", row=RoundRow, stored=StoredRound, table=review_rounds, filters=RoundFilters
)
RoundId = Annotated[UUID, Path(description="The round's id, as its receipt and list say it.")]

DECISIONS = tuple(commands_in(RoundDecision))
CLOSES_ON = (Contract.kind, ReviewRound.kind)  # what whoever closes a round must have seen
LOOKS = 5

router = APIRouter(
    prefix="/v1/renewal-rounds",
    tags=["renewal-rounds"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)


@router.post("", status_code=201, summary="Open a month's round", responses=CREATES)
async def open_round(
    request: Request,
    command: Annotated[OpenReviewRound, strict(OpenReviewRound), Body()],
    handler: OpeningCommands,
) -> Receipt:
    """Open it with every contract that is due in its horizon or carried over from the previous round."""
    await handler.stamp_for(OpenReviewRound)
    reading = await _up_to_date(request)
    rules = await rules_as_of(request, reading)
    until = horizon_of(command.month, rules.horizon_days)
    found = await contracts_found(reading, ReviewRound(), command.month, until)
    return await handler.create(
        command,
        blank=ReviewRound(),
        under=round_id(command.month),
        contracts=[each.model_dump(mode="json") for each in found],
    )


@router.post("/{round_id:uuid}/decisions", summary="Decide on a round", responses=DECIDES)
async def decide_on_round(
    request: Request,
    round_id: RoundId,
    command: Annotated[RoundDecision, strict(RoundDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Defer a contract, explain why it is not due, close the round or open it again.

    Contracts that change while it is being closed are looked at again: it closes on how they stand then.
    """
    await handler.stamp_for(type(command))
    store = core_service(request).store
    await store.must_exist(round_id, ReviewRound())
    for _ in range(LOOKS):
        reading = await _up_to_date(request)
        found = await found_in_round(reading, await store.load(round_id, ReviewRound()))
        contracts: list[JsonValue] = [each.model_dump(mode="json") for each in found]
        if isinstance(command, CloseReviewRound):
            handler = handler.having_seen(Look(CLOSES_ON, reading.position))
        try:
            return await handler.handle(round_id, command, blank=ReviewRound(), contracts=contracts)
        except LookedTooEarly:
            continue
    raise ContractsChanging


@router.get("", summary="List rounds", dependencies=[may("read-contracts")], responses=ROUND_LIST.responses)
async def list_rounds(query: Annotated[ListQuery, ROUND_LIST.asked]) -> Response:
    """List the months' rounds, newest first."""
    return await ROUND_LIST.answer(query)


@router.get(
    "/{round_id:uuid}",
    summary="See a round",
    dependencies=[may("read-contracts")],
    responses=one(RoundSeen, lasting=False),
)
async def see_round(request: Request, round_id: RoundId, reading: Read) -> Response:
    """Show a round with its lines: due, decided, deferred with the reason, carried over, not due."""
    stream = await thing_as_of(request, reading, round_id, ReviewRound())
    found = await found_in_round(reading, stream)
    contracts: list[JsonValue] = [each.model_dump(mode="json") for each in found]
    seen = await _veiled(reading, round_seen(stream, found))
    shown = await with_next(request, reading, stream, seen, DECISIONS, contracts=contracts)
    return await seen_now(reading, shown, stream.version)


@router.get(
    "/{round_id:uuid}/history",
    summary="See a round's history",
    dependencies=[may("read-contracts")],
    responses=one(EventHistory),
)
async def see_round_history(request: Request, round_id: RoundId, reading: Read) -> Response:
    """Show everything that happened in one round, in order."""
    return await answer_history(request, reading, round_id, ReviewRound())


async def _up_to_date(request: Request) -> Reading:
    """Return a reading of everything that is recorded: a round must miss nothing."""
    service = core_service(request)
    head = await service.record.head()
    if not await service.visibility.reaches(head):
        raise ViewsBehind(position=head, visible=service.visibility.position)
    position = service.visibility.position
    return Reading(
        service.pool,
        service.record,
        position,
        position,
        datetime.now(UTC),
        past=False,
        person=request.state.person,
        redact=service.redact,
    )


async def _veiled(reading: Reading, seen: RoundSeen) -> RoundSeen:
    """Return a round whose lines show of each contract what its reader may see of it."""
    lines = [line.model_dump() | {"id": line.contract} for line in seen.lines]
    await reading.redacted(lines)
    return seen.model_copy(update={"lines": [RoundLineSeen.model_validate(line) for line in lines]})
