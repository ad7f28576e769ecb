"""The checks that several commands share, and the events' common ending: a stage and whom it waits on."""

from typing import TypedDict

from rfp_service.rfps.domain.evaluation_refusals import BidIsSetAside, NoSuchBid
from rfp_service.rfps.domain.refusals import (
    AboveThreshold,
    NoPartInIt,
    NoScheme,
    NotYourRfp,
    OnHold,
    OwnRfp,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import WAITS_ON, Party, Stage
from rfp_service.rfps.domain.tender import Tender
from shared.kernel.messages import Stamp
from shared.kernel.rules import Rules


class Entered(TypedDict):
    """The stage that an event enters, and whom the RFP waits on from then."""

    stage: Stage
    waiting_on: Party


def entering(stage: Stage) -> Entered:
    """Return a stage with its default party."""
    return Entered(stage=stage, waiting_on=WAITS_ON[stage])


def staying(rfp: Rfp) -> Entered:
    """Return the stage and party as they are."""
    return Entered(stage=rfp.stage, waiting_on=rfp.waiting_on)


def going_on(stage: Stage) -> Entered:
    """Return the stage that follows a decision; an award waits on procurement until one is put forward."""
    if stage is Stage.AWARD_APPROVAL:
        return Entered(stage=stage, waiting_on=Party.PROCUREMENT)
    return entering(stage)


def measuring_again(rfp: Rfp) -> Entered:
    """Return where an award that did not hold is made anew: from the bids, or put forward again."""
    return going_on(Stage.AWARD_APPROVAL if rfp.is_direct else Stage.EVALUATION)


def next_clock(rfp: Rfp) -> int:
    """Return the number of the next period that this RFP starts."""
    return rfp.clock.number + 1


def runs(rfp: Rfp, clock: int, stage: Stage) -> bool:
    """Say whether a period is still the one that the RFP waits for in that stage."""
    return rfp.stage is stage and rfp.clock.ends_at is not None and rfp.clock.number == clock


def must_be_at(rfp: Rfp, *stages: Stage) -> None:
    """Refuse unless the RFP is in one of these stages, on hold or not."""
    if rfp.stage not in stages:
        raise WrongStage(stage=rfp.stage, allowed_in=list(stages))


def must_be_in(rfp: Rfp, *stages: Stage) -> None:
    """Refuse unless the RFP is in one of these stages and not on hold."""
    must_be_at(rfp, *stages)
    if rfp.on_hold:
        raise OnHold(waiting_on=rfp.waiting_on)


def must_be_requester(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse unless whoever decides is the requester of this RFP."""
    if not stamp.known.same_person(stamp.by, rfp.raised_by):
        raise NotYourRfp(requester=rfp.raised_by)


def must_not_be_requester(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse the requester where procurement decides, for themselves or for anybody else."""
    if stamp.is_from(rfp.raised_by):
        raise OwnRfp(part="requester", person=rfp.raised_by)


def must_have_a_part(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse requesters of other RFPs; procurement and approvers have a part in each."""
    theirs = stamp.known.same_person(stamp.by, rfp.raised_by)
    if not theirs and stamp.known.roles == ("requester",):
        raise NoPartInIt(requester=rfp.raised_by)


def must_compete(tender: Tender, bid: str | None) -> None:
    """Refuse a bid that did not come in time, or has been set aside."""
    if bid not in tender.timely:
        raise NoSuchBid
    if bid not in tender.competing:
        raise BidIsSetAside


def must_be_under_the_law(rfp: Rfp, stamp: Stamp) -> int | None:
    """Refuse to stay below a threshold that the estimate with VAT reaches; return the regime's own.

    A regime may be followed without need, and what is done in house is no procurement. RFPs from before
    kinds of contract were told apart are not held against any threshold.
    """
    value, kind, rules = rfp.need.estimate_with_vat_pence, rfp.contract_kind, stamp.known.rules
    if rules is None or kind is None or value is None or rfp.route is Route.IN_HOUSE:
        return None
    covering = rules.covering(kind, value)
    if covering and rfp.regime is Regime.BELOW_THRESHOLD:
        raise AboveThreshold(
            estimate_with_vat_pence=value, contract_kind=kind.value, thresholds_pence=covering
        )
    own = (t.from_pence for t in rules.thresholds if (t.regime, t.kind) == (rfp.regime, kind))
    return next(own, None)


def rules_of(stamp: Stamp) -> Rules:
    """Return the scheme's rules as known to this decision, or refuse where there is no scheme."""
    if stamp.known.rules is None:
        raise NoScheme
    return stamp.known.rules
