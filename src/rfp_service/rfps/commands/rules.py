"""The checks that several commands share, and the events' common ending: a stage and whom it waits on."""

from typing import TypedDict

from rfp_service.rfps.domain.refusals import (
    NoPartInIt,
    NotYourRfp,
    NotYourTier,
    OnHold,
    OwnRfp,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import WAITS_ON, Party, Rfp, Stage
from shared.messages import Stamp


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


def must_be_in(rfp: Rfp, *stages: Stage) -> None:
    """Refuse unless the RFP is in one of these stages and not on hold."""
    if rfp.stage not in stages:
        raise WrongStage(stage=rfp.stage, allowed_in=list(stages))
    if rfp.on_hold:
        raise OnHold(waiting_on=rfp.waiting_on)


def must_be_requester(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse unless whoever decides raised this RFP."""
    if not stamp.known.same_person(stamp.by, rfp.raised_by):
        raise NotYourRfp(requester=rfp.raised_by)


def must_be_independent(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse the requester and the lead, acting for themselves or for anybody else."""
    parts = {"requester": rfp.raised_by, "lead": rfp.lead}
    for part, holder in parts.items():
        if stamp.is_from(holder):
            raise OwnRfp(part=part, person=holder)


def must_be_of_the_tier(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse unless whoever decides belongs to the tier that the approval waits for."""
    if rfp.approval.waiting_for not in stamp.known.own_tiers:
        raise NotYourTier(waiting_for=rfp.approval.waiting_for, yours=list(stamp.known.own_tiers))


def must_have_a_part(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse requesters of other RFPs; procurement and approvers have a part in each."""
    if stamp.by != rfp.raised_by and stamp.known.roles == ("requester",):
        raise NoPartInIt(requester=rfp.raised_by)
