"""Ann's RFP at every turn of its way, as the events that brought it there."""

from datetime import date
from uuid import UUID

from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRequested
from rfp_service.rfps.domain.events import (
    CatalogueChecked,
    CatalogueMatchDeclined,
    DemandDiverted,
    NoCatalogueMatch,
    RfpAccepted,
    RfpAmended,
    RfpHoldStarted,
    RfpRaised,
    RfpSubmitted,
    RfpWithdrawn,
    RouteSelected,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from shared.kernel.personal import openly
from shared.kernel.rules import ContractKind

CHECK = UUID("c4ec0000-0000-4000-8000-000000000001")
LAPTOP = UUID("1a970000-0000-4000-8000-000000000002")
OTHER = UUID("07e40000-0000-4000-8000-000000000003")

RAISED = RfpRaised(
    stage=Stage.DRAFT,
    waiting_on=Party.REQUESTER,
    title="Laptops",
    description="Forty of them.",
    service_area="Registrars",
    raised_by="ann",
)
COMPLETED = RfpAmended(
    stage=Stage.DRAFT,
    waiting_on=Party.REQUESTER,
    cost_centre="CC-1",
    needed_by=date(2026, 9, 1),
    estimate_pence=2_000_000,
    estimate_with_vat_pence=2_400_000,
)
CHECKED = CatalogueChecked(
    stage=Stage.CATALOGUE_CHECK,
    waiting_on=Party.REQUESTER,
    check_id=CHECK,
    query="laptops",
    catalogue_position=7,
    shown=(LAPTOP,),
)
CHECKED_EMPTY = CHECKED.model_copy(update={"shown": ()})
DECLINED = CatalogueMatchDeclined(
    stage=Stage.CATALOGUE_CHECK, waiting_on=Party.REQUESTER, reason_code="too_small", reason="Small."
)
NO_MATCH = NoCatalogueMatch(stage=Stage.CATALOGUE_CHECK, waiting_on=Party.REQUESTER)
DIVERTED = DemandDiverted(stage=Stage.DIVERTED, waiting_on=Party.NOBODY, item_id=LAPTOP)
SUBMITTED = RfpSubmitted(stage=Stage.SUBMITTED, waiting_on=Party.PROCUREMENT)
ACCEPTED = RfpAccepted(stage=Stage.TRIAGE, waiting_on=Party.PROCUREMENT)
ROUTED = RouteSelected(
    stage=Stage.BUSINESS_CASE,
    waiting_on=Party.REQUESTER,
    regime=Regime.PROCUREMENT_ACT_2023,
    route=Route.OPEN_TENDER,
    lots=1,
    lead="priya",
    contract_kind=ContractKind.SERVICES,
)
ONE_TIER = ApprovalRequested(
    stage=Stage.APPROVAL,
    waiting_on=Party.APPROVER,
    budget_code="IT-1",
    options_considered="Buy or not.",
    conflicts=openly("None"),
    value_pence=2_000_000,
    tiers=("head",),
    scheme_version=1,
)
TWO_TIERS = ONE_TIER.model_copy(update={"tiers": ("head", "director"), "value_pence": 9_000_000})
HEAD_GRANTED = ApprovalGranted(
    stage=Stage.APPROVAL,
    waiting_on=Party.APPROVER,
    tier="head",
    next_tier="director",
    reason="In budget.",
    scheme_version=1,
    decided_by="hana",
)
HELD = RfpHoldStarted(stage=Stage.TRIAGE, waiting_on=Party.FINANCE, reason="Budget check.")
WITHDRAWN = RfpWithdrawn(stage=Stage.WITHDRAWN, waiting_on=Party.NOBODY, reason="Closed.")

ABSENT = Rfp()
DRAFT = (RAISED,)
COMPLETE_DRAFT = (RAISED, COMPLETED)
IN_CHECK = (*COMPLETE_DRAFT, CHECKED)
ANSWERED = (*IN_CHECK, DECLINED)
AT_PROCUREMENT = (*ANSWERED, SUBMITTED)
IN_TRIAGE = (*AT_PROCUREMENT, ACCEPTED)
IN_BUSINESS_CASE = (*IN_TRIAGE, ROUTED)
IN_APPROVAL = (*IN_BUSINESS_CASE, ONE_TIER)
IN_TWO_TIER_APPROVAL = (*IN_BUSINESS_CASE, TWO_TIERS)
ON_HOLD = (*IN_TRIAGE, HELD)
ENDED = (*DRAFT, WITHDRAWN)
