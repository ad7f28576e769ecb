"""Holds: a wait on somebody else for a time, which may pause a stage's target; and extending that."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from rfp_service.rfps.commands.approvers import Approving
from rfp_service.rfps.commands.rules import (
    must_be_at,
    must_be_in,
    must_be_independent,
    must_take_part,
    staying,
)
from rfp_service.rfps.commands.turns import turn
from rfp_service.rfps.domain.correction_refusals import NoSuchHold, SameParty, UnknownHoldReason
from rfp_service.rfps.domain.events import RfpHoldEnded, RfpHoldStarted
from rfp_service.rfps.domain.hold_events import HoldCorrected, TargetExtended
from rfp_service.rfps.domain.refusals import Incomplete, NotOnHold, WaitsOnNobody
from rfp_service.rfps.domain.rfp import Hold, Rfp
from rfp_service.rfps.domain.stages import LIVE, Party
from shared.governance.scheme.tiers import NotYourTier, must_be_delegated, tiers_for
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.fields import WHOLE, Code, Reason
from shared.kernel.messages import Command, Stamp

EXTENSION_LIMIT = 60
MAY_HOLD = ("procurement_officer", "approver", "legal")  # on any RFP
HOLDS_LIMIT = 1_000

_DAYS = TypeAdapter(frozenset[date])


class StartHold(Command[Rfp]):
    """Record that the RFP waits on somebody else for a time."""

    by_the_rules = True

    decision: Literal["hold"] = "hold"
    waiting_on: Party
    reason: Reason
    reason_code: Code | None = Field(
        None,
        description="One of the scheme's reasons for a hold, which says whether it pauses the target.",
        examples=["budget-check"],
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, *LIVE)
        must_take_part(rfp, stamp, *MAY_HOLD)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpHoldStarted:
        """Charge the wait to that party until the hold ends."""
        if self.waiting_on is Party.NOBODY:
            raise WaitsOnNobody
        return RfpHoldStarted(
            stage=rfp.stage,
            waiting_on=self.waiting_on,
            reason=self.reason,
            reason_code=self.reason_code or "",
            pauses_target=self._pauses(stamp),
            started_at=stamp.at,
        )

    def _pauses(self, stamp: Stamp) -> bool:
        """Say whether the scheme lets the target pause for that reason."""
        if self.reason_code is None:
            return False
        rules = stamp.known.rules
        codes = {each.code: each.pauses_target for each in rules.hold_reasons} if rules else {}
        if self.reason_code not in codes:
            raise UnknownHoldReason(reasons=sorted(codes))
        return codes[self.reason_code]


class EndHold(Command[Rfp]):
    """Record that the wait is over."""

    decision: Literal["end-hold"] = "end-hold"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        if not rfp.on_hold:
            raise NotOnHold(stage=rfp.stage)
        must_take_part(rfp, stamp, *MAY_HOLD)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpHoldEnded:
        """Charge whoever's turn it is now; a target that was paused is so much later."""
        hold = rfp.holds[-1] if rfp.holds else Hold()
        return RfpHoldEnded(
            stage=rfp.stage,
            waiting_on=turn(rfp, stamp.at),
            ended_at=stamp.at,
            paused_working_days=_paused(hold, stamp),
        )


class CorrectHold(Command[Rfp]):
    """Say that a hold had named the wrong party, and which is the right one."""

    decision: Literal["correct-hold"] = "correct-hold"
    number: Annotated[int, Field(ge=1, le=HOLDS_LIMIT), WHOLE] = Field(
        description="Which of its holds: the first is 1."
    )
    waiting_on: Party
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_take_part(rfp, stamp, *MAY_HOLD)
        if not any(hold.started_at for hold in rfp.holds):
            raise NoSuchHold(holds=len(rfp.holds))

    def decide(self, rfp: Rfp, stamp: Stamp) -> HoldCorrected:
        """Charge that hold to the right party from its beginning; what it was stays on record."""
        if self.waiting_on is Party.NOBODY:
            raise WaitsOnNobody
        if self.number > len(rfp.holds):
            raise NoSuchHold(holds=len(rfp.holds))
        hold = rfp.holds[self.number - 1]
        if hold.started_at is None:  # from before holds said when they began
            raise NoSuchHold(holds=len(rfp.holds))
        if hold.party is self.waiting_on:
            raise SameParty(waiting_on=hold.party)
        runs = rfp.on_hold and self.number == len(rfp.holds)
        return HoldCorrected(
            stage=rfp.stage,
            waiting_on=self.waiting_on if runs else rfp.waiting_on,
            number=self.number,
            charged_to=self.waiting_on,
            was=hold.party,
            charged_since=hold.started_at,
            charged_until=hold.ended_at,
            reason=self.reason,
        )


class ExtendTarget(Approving):
    """Give a case more working days in its stage, with a reason, as the tier that its value needs."""

    decision: Literal["extend-target"] = "extend-target"
    working_days: Annotated[int, Field(ge=1, le=EXTENSION_LIMIT), WHOLE] = Field(examples=[10])
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_be_independent(rfp, stamp)
        value = _worth(rfp)
        tier, yours = tiers_for(value, stamp.known)[-1], stamp.known.own_tiers
        if stamp.acting_for:
            yours = must_be_delegated(value, stamp)
        if tier not in yours:
            raise NotYourTier(waiting_for=tier, yours=list(yours))

    def decide(self, rfp: Rfp, stamp: Stamp) -> TargetExtended:
        """Move the day on which the stage should be over."""
        return TargetExtended(
            working_days=self.working_days,
            reason=self.reason,
            tier=tiers_for(_worth(rfp), stamp.known)[-1],
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            **staying(rfp),
        )


def _worth(rfp: Rfp) -> int:
    """Return what a case is worth: its award, what was approved or is to be, or the estimate."""
    value = (
        rfp.award.value_pence or rfp.waiver.value_pence or rfp.approval.value_pence or rfp.need.estimate_pence
    )
    if value is None:
        raise Incomplete(missing=["estimate_pence"])
    return value


def _paused(hold: Hold, stamp: Stamp) -> int:
    """Return the working days that a hold lasted where it paused the target; its first day is not one."""
    if not hold.pauses_target or hold.started_at is None:
        return 0
    closed = _DAYS.validate_python(stamp.known.facts.get("closed_days", ()), strict=False)
    first, last = day_in_london(hold.started_at), day_in_london(stamp.at)
    assert last - first >= timedelta(0), "a hold ends after it began"
    return WorkingDays(closed).between(first, last)
