"""The checks that several commands share, and the events' common ending: a stage and whom it waits on."""

from collections.abc import Sequence
from typing import TypedDict

from rfp_service.rfps.domain.correction_refusals import BiddersMissing
from rfp_service.rfps.domain.evaluation_refusals import BidIsSetAside, NoSuchBid, TooFewEvaluators
from rfp_service.rfps.domain.refusals import (
    AboveThreshold,
    Conflicted,
    NoPartInIt,
    NotYourRfp,
    OnHold,
    OwnRfp,
    UnknownServiceArea,
    VatMissing,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import WAITS_ON, Party, Stage
from rfp_service.rfps.domain.takeover_events import TakeoverUnconfirmed
from rfp_service.rfps.domain.tender import Tender
from shared.governance.scheme.tiers import NoScheme
from shared.kernel.messages import Stamp
from shared.kernel.rules import ContractKind, Rules


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
    """Return where an award that did not hold is made again: from the bids, or put forward again."""
    return going_on(Stage.AWARD_APPROVAL if rfp.is_direct else Stage.EVALUATION)


def must_be_a_listed_area(stamp: Stamp) -> None:
    """Refuse a service area that the scheme in force does not list; where it lists none, any is taken."""
    if isinstance(listed := stamp.known.facts.get("areas_listed"), list):
        raise UnknownServiceArea(service_areas=listed)


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
    """Refuse whoever asks for it or once did where procurement decides, for themselves or for anybody else.

    Every move of procurement goes by this. What approves goes by `must_be_independent`, which keeps out
    whoever ever had any part.
    """
    _must_not_hold(rfp.parts_of("requester"), stamp)


def must_be_independent(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse whoever has or once had a part in it, or a conflict, for themselves or for anybody else."""
    _must_not_hold(rfp.parts, stamp)
    for person in rfp.conflicted:
        if stamp.is_from(person):
            raise Conflicted(person=person)


def _must_not_hold(parts: Sequence[tuple[str, str]], stamp: Stamp) -> None:
    for part, holder in parts:
        if stamp.is_from(holder):
            raise OwnRfp(part=part, person=holder)


def must_have_a_part(rfp: Rfp, stamp: Stamp, *roles: str) -> None:
    """Refuse all but its requester and whoever has a role that may decide this on any RFP.

    Having other roles beside does not matter: each right comes with the role that gives it.
    """
    _must_be_among((rfp.raised_by,), roles, rfp, stamp)


def must_take_part(rfp: Rfp, stamp: Stamp, *roles: str) -> None:
    """Refuse all but its requester, lead and evaluators, and whoever has a role that may decide this."""
    _must_be_among((rfp.raised_by, rfp.lead, *rfp.tender.evaluators), roles, rfp, stamp)


def _must_be_among(people: Sequence[str], roles: Sequence[str], rfp: Rfp, stamp: Stamp) -> None:
    theirs = stamp.known.among(stamp.by, [person for person in people if person])
    if not theirs and set(roles).isdisjoint(stamp.known.roles):
        raise NoPartInIt(requester=rfp.raised_by)


def must_compete(tender: Tender, bid: str | None) -> None:
    """Refuse a bid that did not come in time, or has been set aside."""
    if bid not in tender.timely:
        raise NoSuchBid
    if bid not in tender.competing:
        raise BidIsSetAside


def must_name_every_bidder(rfp: Rfp, told: Sequence[str]) -> None:
    """Refuse while the bidder of an assessed bid is not named, or somebody is who was not assessed."""
    assessed = rfp.tender.assessed
    missing = [bid for bid in assessed if bid not in told]
    unknown = [bid for bid in told if bid not in assessed]
    if missing or unknown or len(set(told)) < len(told):
        raise BiddersMissing(missing=missing, unknown=unknown)


def must_have_a_bid(tender: Tender) -> None:
    """Refuse where no bid competes that this could be about."""
    if not tender.competing:
        raise BidIsSetAside if tender.timely else NoSuchBid


def must_be_enough_evaluators(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse to ask the market, or to say who won, with fewer evaluators than the scheme wants."""
    least, there = rules_of(stamp).minimum_evaluators, len(rfp.tender.evaluators)
    if there < least:
        raise TooFewEvaluators(evaluators=there, minimum=least)


def must_be_confirmed(rfp: Rfp) -> None:
    """Refuse to go on with what was awarded before it came, while its tier has not confirmed that."""
    if rfp.is_to_be_confirmed:
        raise TakeoverUnconfirmed(waiting_for=rfp.taken_over.to_confirm)


def must_be_under_the_law(rfp: Rfp, stamp: Stamp) -> int | None:
    """Refuse to stay below a threshold that the estimate with VAT reaches; return the regime's own.

    A regime may be followed without need, and what is done in house is no procurement. RFPs from before
    kinds of contract were told apart are not held against any threshold; one that was taken over is of
    services, unless its lead says otherwise.
    """
    value, rules = rfp.need.least_with_vat_pence, stamp.known.rules
    kind = rfp.contract_kind or (ContractKind.SERVICES if rfp.taken_over.reference else None)
    if rules is None or kind is None or value is None or rfp.route is Route.IN_HOUSE:
        return None
    covering = rules.covering(kind, value)
    if covering and rfp.regime is Regime.BELOW_THRESHOLD:
        raise AboveThreshold(
            estimate_with_vat_pence=value, contract_kind=kind.value, thresholds_pence=covering
        )
    own = (t.from_pence for t in rules.thresholds if (t.regime, t.kind) == (rfp.regime, kind))
    return next(own, None)


def must_hold_its_vat(without_pence: int | None, with_vat_pence: int | None) -> None:
    """Refuse an estimate with VAT that is below the one without."""
    if without_pence is not None and with_vat_pence is not None and with_vat_pence < without_pence:
        raise VatMissing(estimate_pence=without_pence, estimate_with_vat_pence=with_vat_pence)


def rules_of(stamp: Stamp) -> Rules:
    """Return the scheme's rules as known to this decision, or refuse where there is no scheme."""
    if stamp.known.rules is None:
        raise NoScheme
    return stamp.known.rules
