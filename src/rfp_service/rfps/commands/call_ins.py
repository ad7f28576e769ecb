"""Call-in: scrutiny looks at a published key decision again; clocks end what nobody ends."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import (
    entering,
    going_on,
    must_be_at,
    must_be_independent,
    next_clock,
    rules_of,
    runs,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.key_decision_events import (
    CallInLapsed,
    CallInPeriodExpired,
    CallInReleased,
    CallInUpheld,
    DecisionCalledIn,
    ReferredToCouncil,
)
from rfp_service.rfps.domain.refusals import AlreadyReferred, NotPublished, PeriodOver
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.calendar import WorkingDays, day_in_london, end_of
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp
from shared.record.deadlines.deadline import DeadlineCommand


class CallIn(Command[Rfp]):
    """Call a published key decision in."""

    by_the_rules = True

    decision: Literal["call-in"] = "call-in"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.CALL_IN)
        must_be_independent(rfp, stamp)
        if rfp.clock.ends_at is None:
            raise NotPublished
        if stamp.at >= rfp.clock.ends_at:
            raise PeriodOver(ended_at=rfp.clock.ends_at)

    def decide(self, rfp: Rfp, stamp: Stamp) -> DecisionCalledIn:
        """Stop the decision; scrutiny must meet within the scheme's limit."""
        rules = rules_of(stamp)
        days = WorkingDays(frozenset(rules.closed_days))
        last = days.after(day_in_london(stamp.at), rules.call_in_lapse_working_days)
        return DecisionCalledIn(
            reason=self.reason, clock=next_clock(rfp), ends_at=end_of(last), **entering(Stage.CALLED_IN)
        )


class UpholdCallIn(Command[Rfp]):
    """Send the decision back to whoever took it, with scrutiny's reasons."""

    by_the_rules = True

    decision: Literal["uphold-call-in"] = "uphold-call-in"
    reason: Reason
    material_change: bool = Field(
        False,  # noqa: FBT003  # a field
        description="Whether something other is to be decided than was announced: that needs a new notice.",
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.CALLED_IN)
        must_be_independent(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> CallInUpheld:
        """Put the key decision before its decision maker again, on the same notice if that still fits."""
        decided = rfp.award.approval if rfp.key.of_the_award else rfp.approval
        upheld = CallInUpheld(
            reason=self.reason,
            next_tier=decided.last,
            notice_kept=not self.material_change,
            **entering(Stage.KEY_DECISION),
        )
        return in_turn(upheld, rfp, stamp)


class ReleaseCallIn(Command[Rfp]):
    """Let the decision stand, with scrutiny's reasons."""

    decision: Literal["release-call-in"] = "release-call-in"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.CALLED_IN)
        must_be_independent(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> CallInReleased:
        """Go on as decided."""
        return in_turn(CallInReleased(reason=self.reason, **going_on(rfp.key.onward)), rfp, stamp)


class ReferToCouncil(Command[Rfp]):
    """Ask the full council, with scrutiny's reasons."""

    decision: Literal["refer-to-council"] = "refer-to-council"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.CALLED_IN)
        must_be_independent(rfp, stamp)
        if rfp.key.referred:
            raise AlreadyReferred

    def decide(self, rfp: Rfp, stamp: Stamp) -> ReferredToCouncil:
        """Stay called in until the answer is upheld or released; it can't lapse any more."""
        return ReferredToCouncil(reason=self.reason, **entering(Stage.CALLED_IN))


class ExpireCallIn(DeadlineCommand[Rfp]):
    """End a call-in period in which nobody called."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Go on as decided; nothing if that period no longer runs."""
        if not runs(rfp, self.number, Stage.CALL_IN):
            return ()
        onward = going_on(rfp.key.onward)
        expired = CallInPeriodExpired(due_at=self.due_at, late=self.is_late(stamp), **onward)
        return [in_turn(expired, rfp, stamp)]


class LapseCallIn(DeadlineCommand[Rfp]):
    """End a call-in about which scrutiny has not met in time."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Go on as decided; nothing if that clock no longer runs."""
        if not runs(rfp, self.number, Stage.CALLED_IN):
            return ()
        lapsed = CallInLapsed(due_at=self.due_at, late=self.is_late(stamp), **going_on(rfp.key.onward))
        return [in_turn(lapsed, rfp, stamp)]
