"""What can be seen of RFPs: the board, one row for each."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COUNTED, SEARCHED, Derived, Searched, model_table, text_index
from shared.record.projecting.views import STILL_VALID, Row, StateView

# What a need says, for finding others like it: the words of its title and the beginning of the rest.
NEED = "to_tsvector('english', need)"
NEED_LENGTH = 400


class RfpRow(BaseModel):
    """An RFP on the board, and when the scheme says that it should leave its stage."""

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    stage: Stage
    waiting_on: Party
    on_hold: bool
    title: str
    service_area: Annotated[str, SEARCHED, COUNTED]
    raised_by: str
    lead: Annotated[str, COUNTED]
    cost_centre: Annotated[str, SEARCHED, COUNTED]
    needed_by: date | None
    estimate_pence: int | None
    estimate_with_vat_pence: int | None
    regime: Annotated[str | None, COUNTED]
    route: Annotated[str | None, COUNTED]
    lots: int
    rework_loops: int
    budget_code: Annotated[str, SEARCHED]
    approval_waits_for: Annotated[str, COUNTED]
    supplier: Annotated[str, SEARCHED]
    award_value_pence: int | None
    clock_ends_at: datetime | None = Field(description="When the period that runs now is over.")
    stage_since: datetime
    first_position: int
    opened_at: datetime
    changed_at: datetime
    due_on: Annotated[date | None, Derived("stage", "stage_since")]
    overdue_working_days: Annotated[int, Derived("stage", "stage_since")]


class StoredRfp(RfpRow):
    """An RFP's row, with what is not shown of it."""

    need: Annotated[str, Searched("title", "description")]
    approval_value_pence: int
    kept_out: list[str]


rfps = model_table("rfps", StoredRfp)


def board(stream: Stream[Rfp]) -> Row:
    """Return an RFP's row on the board."""
    rfp, need, approval = stream.state, stream.state.need, stream.state.open_approval
    return {
        "reference": rfp.called(stream.first_position),
        "stage": rfp.stage,
        "waiting_on": rfp.waiting_on,
        "on_hold": rfp.on_hold,
        "title": need.title,
        "need": f"{need.title} {need.description}"[:NEED_LENGTH],
        "service_area": need.service_area,
        "raised_by": rfp.raised_by,
        "lead": rfp.lead,
        "cost_centre": need.cost_centre,
        "needed_by": need.needed_by,
        "estimate_pence": need.estimate_pence,
        "estimate_with_vat_pence": need.estimate_with_vat_pence,
        "regime": rfp.regime,
        "route": rfp.route,
        "lots": rfp.lots,
        "rework_loops": rfp.rework_loops,
        "budget_code": rfp.budget_code,
        "approval_waits_for": approval.waiting_for,
        "approval_value_pence": rfp.waiver.value_pence if rfp.stage is Stage.WAIVER else approval.value_pence,
        "supplier": rfp.award.supplier,
        "award_value_pence": rfp.award.value_pence,
        "clock_ends_at": rfp.clock.ends_at,
        "stage_since": stream.stage_since,
        "kept_out": sorted({*(person for _, person in rfp.parts), *rfp.conflicted}),
    }


BOARD = StateView(
    rfps,
    board,
    Rfp(),
    indexes=(
        f"(stage, first_position) WHERE valid_to = {STILL_VALID}",
        f"(raised_by, first_position) WHERE valid_to = {STILL_VALID}",
        text_index(StoredRfp),
        f"(approval_waits_for) WHERE valid_to = {STILL_VALID} AND approval_waits_for <> ''",
    ),
)
