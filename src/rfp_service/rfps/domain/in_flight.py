"""How an RFP that came in flight stands here: what its supplier told, as the state of its stage.

What was approved before it came counts as approved, with one exception: an award that was approved
elsewhere must be confirmed here. What was still to be approved is approved here from the first tier on.
"""

from datetime import date, datetime
from typing import NamedTuple

from rfp_service.rfps.domain.approval import Approval, Clock, KeyDecision, Waiver
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import AFTER_APPROVAL, DIRECT, Route
from rfp_service.rfps.domain.stages import ABOUT_A_DECISION, LIVE, Stage
from rfp_service.rfps.domain.tender import Award, Tender
from shared.kernel.calendar import start_of
from shared.kernel.states import replace

UNROUTED = (Stage.DRAFT, Stage.CATALOGUE_CHECK, Stage.SUBMITTED, Stage.TRIAGE)
DECIDED_ON = (Stage.WAIVER, Stage.APPROVAL, *ABOUT_A_DECISION)
COMPETED = (Stage.READY_TO_ISSUE, Stage.OPEN, Stage.EVALUATION)
AWARDED = (Stage.AWARD_NOTICE, Stage.STANDSTILL, Stage.CHALLENGED, Stage.CONTRACTING)
CLOCKED = (Stage.OPEN, Stage.STANDSTILL, Stage.CALLED_IN)  # by a clock that must be told
NO_WAIVER = frozenset({Route.IN_HOUSE, Route.DIRECT_CALL_OFF})


class ToldInFlight(NamedTuple):
    """What bears on how it stands; its value decides as the estimate, or the award, where one is told."""

    stage: Stage
    since: date
    estimate_pence: int | None
    supplier: str
    supplier_number: str
    award_value_pence: int | None
    notice_on: date | None
    clock: int
    ends_at: datetime | None
    tiers: tuple[str, ...]

    @property
    def value_pence(self) -> int:
        """Return what it is approved by."""
        return (self.award_value_pence if self.supplier else self.estimate_pence) or 0


def stages_on(route: Route | None) -> tuple[Stage, ...]:
    """Return the stages that RFPs of a route pass through before their end."""
    if route is None:
        return UNROUTED
    left_out: set[Stage] = set()
    if route in NO_WAIVER:
        left_out |= {Stage.WAIVER}
    if route in DIRECT or route is Route.IN_HOUSE:
        left_out |= {*COMPETED}
    if route is Route.IN_HOUSE:
        left_out |= {Stage.AWARD_APPROVAL, *AWARDED[:-1]}
    return tuple(stage for stage in LIVE if stage not in left_out)


def standing_as_told(rfp: Rfp, told: ToldInFlight) -> Rfp:
    """Return the RFP with its approval, tender, award and clock as its stage wants them."""
    clock = Clock(told.clock, told.ends_at if told.clock else None)
    stands = replace(rfp, clock=clock, key=_key_decision(rfp, told), tender=_tender(told))
    if told.supplier:
        stands = replace(stands, award=_award(told)).with_bidders_conflicts()
    return _approved(stands, told)


def _approved(rfp: Rfp, told: ToldInFlight) -> Rfp:
    value, stage = told.estimate_pence or 0, told.stage
    if stage in (*UNROUTED, Stage.BUSINESS_CASE):
        return rfp
    if stage is Stage.WAIVER:
        return replace(rfp, waiver=Waiver(value, tier=told.tiers[-1], larger_pence=value))
    tiers = told.tiers if stage in DECIDED_ON and not told.supplier else ()
    granted = 0 if stage is Stage.APPROVAL else len(tiers)
    waiver = Waiver(value, granted=True) if rfp.route is Route.DIRECT_AWARD else rfp.waiver
    return replace(rfp, approval=Approval(value, tiers, granted), waiver=waiver)


def _key_decision(rfp: Rfp, told: ToldInFlight) -> KeyDecision:
    if told.stage not in ABOUT_A_DECISION or rfp.route is None:
        return replace(rfp.key, notice_on=told.notice_on)
    onward = Stage.AWARD_NOTICE if told.supplier else AFTER_APPROVAL[rfp.route]
    if told.stage is Stage.KEY_DECISION:
        return KeyDecision(told.notice_on, onward=onward)
    return KeyDecision(onward=onward, used=(told.notice_on, None))


def _tender(told: ToldInFlight) -> Tender:
    match told.stage:
        case Stage.OPEN:
            return Tender(asked_at=start_of(told.since), responses_by=told.ends_at)
        case Stage.EVALUATION:
            return Tender(responses_by=told.ends_at)
        case _:
            return Tender()


def _award(told: ToldInFlight) -> Award:
    granted = 0 if told.stage is Stage.AWARD_APPROVAL else len(told.tiers)
    return Award(
        supplier=told.supplier,
        supplier_number=told.supplier_number,
        value_pence=told.value_pence,
        approval=Approval(told.value_pence, told.tiers, granted),
        standstill_ends=told.ends_at if told.stage in AWARDED[1:] else None,
    )
