"""What can be seen of RFPs: the board, one row for each."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Integer, Text

from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

# What a need says, for finding others like it: the words of its title and the beginning of the rest.
NEED = "to_tsvector('english', need)"
NEED_LENGTH = 400

rfps = state_table(
    "rfps",
    Column("reference", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("waiting_on", Text, nullable=False),
    Column("on_hold", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("need", Text, nullable=False),
    Column("service_area", Text, nullable=False),
    Column("raised_by", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("cost_centre", Text, nullable=False),
    Column("needed_by", Date),
    Column("estimate_pence", BigInteger),
    Column("estimate_with_vat_pence", BigInteger),
    Column("regime", Text),
    Column("route", Text),
    Column("lots", Integer, nullable=False),
    Column("rework_loops", Integer, nullable=False),
    Column("budget_code", Text, nullable=False),
    Column("approval_waits_for", Text, nullable=False),
    Column("approval_value_pence", BigInteger, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("award_value_pence", BigInteger, nullable=False),
    Column("clock_ends_at", DateTime(timezone=True)),
    Column("stage_since", DateTime(timezone=True), nullable=False),
    Column("extra_days", Integer, nullable=False),
    Column("target_paused", Boolean, nullable=False),
    Column("kept_out", ARRAY(Text), nullable=False),
)


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
        "approval_value_pence": rfp.waiver.value_pence
        if rfp.stage is Stage.WAIVER and not rfp.waiver.tier
        else approval.value_pence,
        "supplier": rfp.award.supplier,
        "award_value_pence": rfp.award.value_pence,
        "clock_ends_at": rfp.clock.ends_at,
        "stage_since": stream.stage_since,
        "extra_days": rfp.extra_days,
        "target_paused": rfp.target_pauses,
        "kept_out": sorted({*(person for _, person in rfp.parts), *rfp.conflicted}),
    }


BOARD = StateView(
    rfps,
    board,
    Rfp(),
    indexes=(
        f"(stage, first_position) WHERE valid_to = {STILL_VALID}",
        f"(raised_by, first_position) WHERE valid_to = {STILL_VALID}",
        f"USING gin ({NEED}) WHERE valid_to = {STILL_VALID}",
        f"(approval_waits_for) WHERE valid_to = {STILL_VALID} AND approval_waits_for <> ''",
    ),
)
