"""What can be seen of RFPs: the board, one row for each."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from rfp_service.rfps.commands.unreachable_tiers import kept_out_of
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, Party, Stage
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import (
    COMPUTED,
    COUNTED,
    SEARCHED,
    Derived,
    From,
    Searched,
    model_table,
    row_of,
    text_index,
)
from shared.record.projecting.views import STILL_VALID, Row, StateView

# What a need says, for finding others like it: the words of its title and the beginning of the rest.
NEED = "to_tsvector('english', need)"
NEED_LENGTH = 400
UNROUTED = "-"  # of no category yet
OF_TARGET = ("stage", "stage_since", "extra_days", "target_paused")  # what is due depends on


class RfpRow(BaseModel):
    """An RFP on the board, and when the scheme says that it should leave its stage."""

    id: UUID
    version: int
    reference: Annotated[str, COMPUTED, SEARCHED]
    stage: Stage
    waiting_on: Party
    on_hold: bool
    title: Annotated[str, From("need.title")]
    service_area: Annotated[str, From("need.service_area"), SEARCHED, COUNTED]
    raised_by: str
    lead: Annotated[str | None, COUNTED]
    cost_centre: Annotated[str | None, From("need.cost_centre"), SEARCHED, COUNTED]
    needed_by: Annotated[date | None, From("need.needed_by")]
    estimate_pence: Annotated[int | None, From("need.estimate_pence")]
    estimate_with_vat_pence: Annotated[int | None, From("need.estimate_with_vat_pence")]
    regime: Annotated[str | None, COUNTED]
    route: Annotated[str | None, COUNTED]
    lots: Annotated[int | None, COMPUTED]
    rework_loops: int
    budget_code: Annotated[str | None, SEARCHED]
    approval_waits_for: Annotated[str | None, From("open_approval.waiting_for"), COUNTED]
    elected_post: Annotated[
        bool, From("waits_for_members"), Field(description="Whether members of the council decide its step.")
    ]
    supplier: Annotated[str | None, From("award.supplier"), SEARCHED]
    award_value_pence: Annotated[int | None, COMPUTED]
    clock_ends_at: Annotated[
        datetime | None, From("clock.ends_at"), Field(description="When the period that runs now is over.")
    ]
    stage_since: Annotated[datetime, COMPUTED]
    extra_days: Annotated[
        int, Field(description="Working days that the stage's target was extended by, or paused for.")
    ]
    target_paused: Annotated[
        bool, From("target_pauses"), Field(description="Whether a hold pauses the stage's target just now.")
    ]
    first_position: int
    opened_at: datetime
    changed_at: datetime
    due_on: Annotated[date | None, Derived(*OF_TARGET)]
    overdue_working_days: Annotated[int, Derived(*OF_TARGET)]


class StoredRfp(RfpRow):
    """An RFP's row, with what is not shown of it."""

    need: Annotated[str, COMPUTED, Searched("title", "description")]
    description: Annotated[str, From("need.description")]
    asked_at: Annotated[datetime | None, From("tender.asked_at")]
    responses_by: Annotated[datetime | None, From("tender.responses_by")]
    approval_value_pence: Annotated[int, COMPUTED]
    kept_out: Annotated[list[str], COMPUTED]
    kept_out_of_step: Annotated[list[str], COMPUTED]
    source: Annotated[str, From("taken_over.source")]
    requester_kind: Annotated[str, COMPUTED]
    is_open: Annotated[bool, COMPUTED]
    split_category: Annotated[str, COMPUTED]
    split_supplier: Annotated[str, COMPUTED]
    suppliers: Annotated[list[str], COMPUTED]
    evaluators: Annotated[list[str], From("tender.evaluators")]


rfps = model_table("rfps", StoredRfp)

# Who asked: one of the council's services, or the outgoing supplier, which handed the RFP over in flight.
OWN_SERVICE, OUTGOING_SUPPLIER = "service", "outgoing_supplier"


def _suppliers(rfp: Rfp) -> list[str]:
    """Return the names and numbers by which a supplier's cases are found, once bids may be opened."""
    said = {text for each in rfp.bidders for text in (each.name, each.number) if text}
    return sorted({" ".join(text.casefold().split()) for text in said})


def _computed(stream: Stream[Rfp]) -> Row:
    """Return what of an RFP's row its state does not hold as it is shown."""
    rfp, need, approval = stream.state, stream.state.need, stream.state.open_approval
    return {
        "reference": rfp.called(stream.first_position),
        "need": f"{need.title} {need.description}"[:NEED_LENGTH],
        "lots": rfp.lots or None,
        "award_value_pence": rfp.award.value_pence if rfp.award.supplier else None,
        "approval_value_pence": rfp.waiver.value_pence
        if rfp.stage is Stage.WAIVER and not rfp.waiver.tier
        else approval.value_pence,
        "stage_since": stream.stage_since,
        "suppliers": [] if rfp.stage is Stage.OPEN else _suppliers(rfp),
        "kept_out": sorted({*(person for _, person in rfp.parts), *rfp.conflicted}),
        "kept_out_of_step": kept_out_of(rfp),
        "requester_kind": OUTGOING_SUPPLIER if rfp.taken_over.reference else OWN_SERVICE,
        "is_open": rfp.stage not in ENDS,
        "split_category": (rfp.category or rfp.contract_kind or "").casefold() if rfp.route else UNROUTED,
        "split_supplier": (rfp.award.supplier or rfp.likely_supplier).casefold(),
    }


board = row_of(StoredRfp, _computed)

BOARD = StateView(
    rfps,
    board,
    Rfp(),
    indexes=(
        f"(stage, first_position) WHERE valid_to = {STILL_VALID}",
        f"(raised_by, first_position) WHERE valid_to = {STILL_VALID}",
        text_index(StoredRfp),
        f"(approval_waits_for) WHERE valid_to = {STILL_VALID} AND approval_waits_for IS NOT NULL",
    ),
)
