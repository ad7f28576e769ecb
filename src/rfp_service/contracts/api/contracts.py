"""Contracts over HTTP: register, decide, list, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response

from rfp_service.contracts.api.answers import ContractSeen, shown
from rfp_service.contracts.api.filters import ContractFilters
from rfp_service.contracts.commands.decision import ContractDecision
from rfp_service.contracts.commands.registration import RegisterContract
from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.dates import Moment, dates_on
from rfp_service.contracts.views.register import ContractRow, StoredContract, contracts
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.delegations.views import delegations_to
from shared.governance.notifications.noted_reads import noted
from shared.governance.scheme.scheme_service import scheme_as_of
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, one, seen_now
from shared.web.reads.readings import Read, Reading
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ContractId = Annotated[UUID, Path(description="The contract's id, as its receipt and lists say it.")]

DECISIONS = tuple(commands_in(ContractDecision))

CONTRACT_LIST = ListOf(
    name="contracts",
    row=ContractRow,
    stored=StoredContract,
    table=contracts,
    filters=ContractFilters,
    sealed=False,
)

router = APIRouter(
    prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


@router.post("", status_code=201, summary="Register a contract", responses=CREATES)
async def register_contract(
    command: Annotated[RegisterContract, strict(RegisterContract), Body()], handler: OpeningCommands
) -> Receipt:
    """Add a contract to the register; its id follows from its reference. What is missing is flagged."""
    return await handler.register(contract_id(command.reference), command, blank=Contract())


@router.post("/{contract_id:uuid}/decisions", summary="Decide on a contract", responses=DECIDES)
async def decide_on_contract(
    contract_id: ContractId,
    command: Annotated[ContractDecision, strict(ContractDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Decide on a contract as it stands at the version that If-Match names."""
    return await handler.handle(contract_id, command, blank=Contract())


@router.get(
    "", summary="List contracts", dependencies=[may("read-contracts")], responses=CONTRACT_LIST.responses
)
async def list_contracts(query: Annotated[ListQuery, CONTRACT_LIST.asked]) -> Response:
    """List contracts, newest first, as they stand or stood."""
    return await CONTRACT_LIST.answer(query)


@router.get(
    "/{contract_id:uuid}",
    summary="See a contract",
    dependencies=[may("read-contracts"), noted()],
    responses=one(ContractSeen, lasting=False),
)
async def see_contract(request: Request, contract_id: ContractId, reading: Read) -> Response:
    """Show one contract with its dates as they stand on the day, each with the steps it follows from."""
    stream = await thing_as_of(request, reading, contract_id, Contract())
    dates = dates_on(stream.state.terms, await moment_of(request, reading))
    contract = await with_next(request, reading, stream, shown(stream, dates), DECISIONS, delegations_to)
    return await seen_now(reading, contract, stream.version)


@router.get(
    "/{contract_id:uuid}/history",
    summary="See a contract's history",
    dependencies=[may("read-contracts"), noted()],
    responses=one(EventHistory),
)
async def see_contract_history(request: Request, contract_id: ContractId, reading: Read) -> Response:
    """Show everything that happened to one contract, in order: who decided what, when, knowing what."""
    return await answer_history(request, reading, contract_id, Contract())


async def moment_of(request: Request, reading: Reading) -> Moment:
    """Return the moment that a reading's dates are computed for."""
    scheme, today = await scheme_as_of(request, reading), day_in_london(reading.as_of)
    values = scheme.in_force(today).values
    leads = values.contracts.lead_days if values else []
    transition = values.transition_date if values else None
    return Moment(today, WorkingDays(scheme.closed_days()), transition, leads)
