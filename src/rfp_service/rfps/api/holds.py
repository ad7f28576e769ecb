"""The holds of one RFP over HTTP: on whom each waited, why, and what it has cost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from rfp_service.rfps.domain.events import RfpHoldStarted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from shared.flow.sources import working_time
from shared.governance.scheme.scheme_service import scheme_as_of
from shared.kernel.calendar import WorkingTime
from shared.kernel.errors import NotFound
from shared.kernel.messages import Recorded
from shared.web.access.areas import in_sight, whose
from shared.web.decisions.commands import may
from shared.web.reads.answers import answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute)


class HoldRow(BaseModel):
    """One hold: on whom the RFP waited, as corrected since, and for how long."""

    number: int
    stage: Stage
    waiting_on: Party
    named_at_first: Party
    reason_code: str
    pauses_target: bool
    started_at: datetime
    ended_at: datetime | None = Field(description="Null while it lasts.")
    elapsed_seconds: float
    working_seconds: float


class Holds(BaseModel):
    """All holds of one RFP, and what they have cost together."""

    id: UUID
    as_of: datetime
    elapsed_seconds: float
    working_seconds: float
    items: list[HoldRow]


@router.get(
    "/{rfp_id:uuid}/holds",
    summary="See what an RFP's holds have cost",
    dependencies=[may("read-rfps")],
    responses=one(Holds, lasting=False),
)
async def see_holds(
    request: Request, rfp_id: Annotated[UUID, Path(description="The RFP's id.")], reading: Read
) -> Response:
    """Show each hold of an RFP with its elapsed and working time."""
    events = await reading.record.stream(rfp_id, reading.until)
    if not events or type(events[-1].event).kind != Rfp.kind:
        raise NotFound
    in_sight(reading.person, reading.areas, *whose(events))
    scheme = await scheme_as_of(request, reading)
    working = working_time(scheme.closed_days())
    items = holds_of(events, reading.as_of, working)
    shown = Holds(
        id=rfp_id,
        as_of=reading.as_of,
        elapsed_seconds=sum(item.elapsed_seconds for item in items),
        working_seconds=sum(item.working_seconds for item in items),
        items=items,
    )
    return answer_untagged(shown.model_dump(by_alias=True))


def holds_of(events: Sequence[Recorded], as_of: datetime, working: WorkingTime) -> list[HoldRow]:
    """Return the holds among one RFP's events, each charged to whom it is charged now."""
    rfp, rows, ended = Rfp(), list[HoldRow](), dict[int, datetime]()
    for recorded in events:
        held, rfp = rfp.on_hold, recorded.event.apply(rfp)
        if held and not rfp.on_hold:
            ended[len(rows)] = recorded.happened_at
        if isinstance(started := recorded.event, RfpHoldStarted):
            rows.append(
                HoldRow(
                    number=len(rows) + 1,
                    stage=started.stage,
                    waiting_on=started.waiting_on,
                    named_at_first=started.waiting_on,
                    reason_code=started.reason_code,
                    pauses_target=started.pauses_target,
                    started_at=recorded.happened_at,
                    ended_at=None,
                    elapsed_seconds=0,
                    working_seconds=0,
                )
            )
    return [_counted(row, rfp, ended.get(row.number), as_of, working) for row in rows]


def _counted(
    row: HoldRow, rfp: Rfp, ended_at: datetime | None, as_of: datetime, working: WorkingTime
) -> HoldRow:
    until = ended_at or max(as_of, row.started_at)
    return row.model_copy(
        update={
            "waiting_on": rfp.holds[row.number - 1].party,
            "ended_at": ended_at,
            "elapsed_seconds": (until - row.started_at).total_seconds(),
            "working_seconds": working.between(row.started_at, until).total_seconds(),
        }
    )
