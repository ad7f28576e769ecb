"""Contracts over HTTP: register, decide, list, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from sqlalchemy import any_, literal, select

from rfp_service.contracts.api.answers import ContractRow, ContractSeen, shown
from rfp_service.contracts.api.scheme import moment_of
from rfp_service.contracts.commands.decision import ContractDecision
from rfp_service.contracts.commands.registration import RegisterContract
from rfp_service.contracts.domain.contract import Contract, ContractStage, FlagCode, contract_id
from rfp_service.contracts.domain.dates import dates_on
from rfp_service.contracts.domain.terms import Continuation
from rfp_service.contracts.views.register import contracts
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.notifications.first_looks import noted
from shared.kernel.errors import NotFound
from shared.kernel.fields import ASKED, Flag
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, DECIDES, listed, one, seen_now
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.pages import Paged
from shared.web.readings import Read, Replay

ContractId = Annotated[UUID, Path(description="The contract's id, as its receipt and lists say it.")]

LISTED = select(*(contracts.c[name] for name in ContractRow.model_fields))

router = APIRouter(
    prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


DRAWN_ON_BY_FLAGS = ("value_pence", "review_on")  # whoever may not read these finds nothing by flags


def asked(description: str) -> object:
    """Return the declaration of a filter by text."""
    return Query(max_length=200, pattern=ASKED, description=description)


@router.post("", status_code=201, summary="Register a contract", responses=CREATES)
async def register_contract(
    command: Annotated[RegisterContract, strict(RegisterContract), Body()], handler: OpeningCommands
) -> Receipt:
    """Put a contract in the register; its id follows from its reference. What is missing is flagged."""
    return await handler.register(contract_id(command.reference), command, blank=Contract())


@router.post("/{contract_id:uuid}/decisions", summary="Decide on a contract", responses=DECIDES)
async def decide_on_contract(
    contract_id: ContractId,
    command: Annotated[ContractDecision, strict(ContractDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Decide on a contract as it stands at the version that If-Match names."""
    return await handler.handle(contract_id, command, blank=Contract())


@router.get("", summary="List contracts", dependencies=[may("read-contracts")], responses=listed(ContractRow))
async def list_contracts(  # noqa: PLR0913, PLR0917  # the filters of one list
    reading: Replay,
    page: Paged,
    stage: Annotated[ContractStage | None, Query(description="Only those at this stage.")] = None,
    continuation: Annotated[
        Continuation | None, Query(description="Only those that go on, or end, so.")
    ] = None,
    supplier: Annotated[str | None, asked("Only this supplier's.")] = None,
    service_area: Annotated[str | None, asked("Only this service's.")] = None,
    owner: Annotated[str | None, asked("Only this person's.")] = None,
    reference: Annotated[str | None, asked("Only the one of this reference.")] = None,
    regime: Annotated[str | None, asked("Only those procured under it.")] = None,
    flag: Annotated[FlagCode | None, Query(description="Only those flagged so.")] = None,
    held_by_outgoing_supplier: Annotated[
        Flag | None, Query(description="Only those that the outgoing supplier holds, or not.")
    ] = None,
    dates_confirmed: Annotated[
        Flag | None, Query(description="Only those whose dates rest on a document, or not.")
    ] = None,
) -> Response:
    """List contracts, newest first, as they stand or stood."""
    wanted = {
        "stage": stage,
        "continuation": continuation,
        "supplier": supplier,
        "service_area": service_area,
        "owner": owner,
        "regime": regime,
        "held_by_outgoing_supplier": held_by_outgoing_supplier,
        "dates_confirmed": dates_confirmed,
        "id": None if reference is None else contract_id(reference),
    }
    drawn_from = [] if reference is None else ["reference"]
    if flag is not None:
        drawn_from += DRAWN_ON_BY_FLAGS
    statement = LISTED.where(reading.valid(contracts))
    statement = statement.where(reading.found_by(contracts, wanted, *drawn_from))
    if flag is not None:
        statement = statement.where(literal(flag.value) == any_(contracts.c.flags))
    return await page.of(reading, statement, contracts.c.first_position)


@router.get(
    "/{contract_id:uuid}",
    summary="See a contract",
    dependencies=[may("read-contracts"), noted()],
    responses=one(ContractSeen, lasting=False),
)
async def see_contract(request: Request, contract_id: ContractId, reading: Read) -> Response:
    """Show one contract with its dates as they stand on the day, each with the steps it follows from."""
    store = request.app.state.service.store
    stream = await store.load(contract_id, Contract(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    dates = dates_on(stream.state.terms, await moment_of(request, reading))
    return await seen_now(reading, shown(stream, dates), stream.version)


@router.get(
    "/{contract_id:uuid}/history",
    summary="See a contract's history",
    dependencies=[may("read-contracts"), noted()],
    responses=one(EventHistory),
)
async def see_contract_history(request: Request, contract_id: ContractId, reading: Read) -> Response:
    """Show everything that happened to one contract, in order: who decided what, when, knowing what."""
    return await answer_history(request, reading, contract_id, Contract())
