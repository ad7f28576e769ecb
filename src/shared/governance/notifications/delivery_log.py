"""The log of deliveries over HTTP: what was to be sent where, what became of it, every attempt."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from shared.governance.notifications.attempts_log import LOG_ID, AttemptsLog, batches_that_differ
from shared.kernel.errors import NotFound
from shared.record.projecting.row_models import COUNTED, SEARCHED, read_table
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, AskedCode, ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import READS_ONE, problems
from shared.web.requests.bodies import StrictRoute

DeliveryStatus = Literal["pending", "held", "delivered", "failed", "dropped"]

log_router = APIRouter(prefix="/v1/deliveries", tags=["notifications"], route_class=StrictRoute)


class DeliveryRow(BaseModel):
    """One notification on its way to one target: what it is about, and how far it has come."""

    id: int
    position: int
    target: Annotated[str, SEARCHED, COUNTED]
    target_kind: Annotated[str, COUNTED]
    type: Annotated[str, SEARCHED, COUNTED]
    case_id: UUID
    status: DeliveryStatus
    attempts: int
    due_at: datetime
    happened_at: datetime
    made_at: datetime
    settled_at: datetime | None


delivery_log = read_table("delivery_log", DeliveryRow)


class DeliveryFilters(BaseModel):
    """What the log can be narrowed to."""

    status: Annotated[list[DeliveryStatus], AT_MOST, Field(description="Only what has come so far.")] = []
    case_id: Annotated[list[UUID], AT_MOST, Field(description="Only what was told of these cases.")] = []
    target: Annotated[list[AskedCode], AT_MOST, Field(description="Only on its way to these.")] = []
    type: Annotated[list[AskedCode], AT_MOST, Field(description="Only what is about this.")] = []


def _by_then(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on what was to be sent by then."""
    return [delivery_log.c.position <= moment.reading.position]


DELIVERY_LIST = ListOf(
    name="deliveries",
    row=DeliveryRow,
    table=delivery_log,
    filters=DeliveryFilters,
    key="id",
    within=_by_then,
    thing="case_id",
    tagged=False,
)

ATTEMPTS = """
SELECT number, started_at, answered_at, status_code, answer, fault, outcome, batch
FROM delivery_attempts WHERE delivery_id = $1 ORDER BY number
"""
THERE = "SELECT EXISTS (SELECT FROM deliveries WHERE id = $1)"


class AttemptsProven(BaseModel):
    """How far the record vouches for attempts, and the batches that are no longer as it says."""

    batches: int
    differing: list[int]


class AttemptSeen(BaseModel):
    """One attempt: when it was made, and what came back; `unknown` where it may have come all the same."""

    number: int
    started_at: datetime
    answered_at: datetime | None
    status_code: int | None
    answer: str = Field(description="The beginning of what came back.")
    fault: str = Field(description="Why nothing came back; blank where something did.")
    outcome: Literal["", "delivered", "failed", "unknown"]
    batch: int | None = Field(description="The batch in which the record holds its hash.")


class AttemptsSeen(BaseModel):
    """Every attempt at one delivery, in order."""

    attempts: list[AttemptSeen]


@log_router.get(
    "", summary="List deliveries", dependencies=[may("read-deliveries")], responses=DELIVERY_LIST.responses
)
async def list_deliveries(query: Annotated[ListQuery, DELIVERY_LIST.asked]) -> Response:
    """List what was to be sent to whom, newest first, and what has become of it."""
    return await DELIVERY_LIST.answer(query)


@log_router.get(
    "/proof",
    summary="Check the attempts against the record",
    dependencies=[may("read-deliveries")],
    responses=problems(),
)
async def check_attempts(request: Request) -> AttemptsProven:
    """Hash every attempt that the record vouches for again, and name the batches that differ."""
    service = core_service(request)
    log = (await service.store.load(LOG_ID, AttemptsLog())).state
    differing = await batches_that_differ(service.pool, service.store.reader)
    return AttemptsProven(batches=log.batch, differing=differing)


@log_router.get(
    "/{delivery_id}/attempts",
    summary="See the attempts at a delivery",
    dependencies=[may("read-deliveries")],
    responses=READS_ONE,
)
async def see_attempts(
    request: Request, delivery_id: Annotated[int, Path(ge=1, le=2**62, description="The delivery's id.")]
) -> AttemptsSeen:
    """Show every attempt at one delivery, with what came back."""
    pool = core_service(request).pool
    if not await pool.fetchval(THERE, delivery_id):
        raise NotFound
    rows = await pool.fetch(ATTEMPTS, delivery_id)
    return AttemptsSeen(attempts=[AttemptSeen(**dict(row)) for row in rows])
