"""Standstill: how long nothing is signed, and what happens when it is over or somebody challenges."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from rfp_service.rfps.commands.rules import (
    entering,
    measuring_again,
    must_be_at,
    must_not_be_requester,
    next_clock,
    runs,
    staying,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.award_events import (
    AwardRevoked,
    ChallengeOutcome,
    ChallengeReceived,
    ChallengeResolved,
    StandstillExpired,
)
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.refusals import DoneInHouse
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.calendar import WorkingDays, end_of
from shared.kernel.fields import LongText, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import Counting, Rules, Standstill
from shared.record.deadlines.deadline import DeadlineCommand


def standstill_ends(required: Standstill, notice_on: date, rules: Rules) -> datetime:
    """Return the midnight at which a standstill ends.

    Procurement Act 2023, section 51: working days, of which the day of the notice is the first; they leave
    out bank holidays of any part of the United Kingdom (section 123), unless the scheme says so no closed
    days of the council's own. The 2015
    regulations, regulation 87: calendar days from the day after; one that would end on a day that is
    not worked ends with the next that is.
    """
    closed = frozenset(rules.closed_days)
    if required.counting is Counting.WORKING_FROM_NOTICE:
        statutory = WorkingDays(
            closed if rules.statutory_days_leave_out_closed_days else frozenset(),
            whole_kingdom=rules.statutory_days_of_whole_kingdom,
        )
        return end_of(statutory.counting(notice_on, required.days))
    days = WorkingDays(closed)
    return end_of(days.on_or_after(notice_on + timedelta(days=required.days)))


class ExpireStandstill(DeadlineCommand[Rfp]):
    """End a standstill that nobody challenged."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Go on to the contract; nothing if that standstill no longer runs."""
        there = runs(rfp, self.number, Stage.CONTRACTING)
        if not there and not runs(rfp, self.number, Stage.STANDSTILL):
            return ()
        follows = staying(rfp) if there and rfp.on_hold else entering(Stage.CONTRACTING)
        expired = StandstillExpired(due_at=self.due_at, late=self.is_late(stamp), **follows)
        return [in_turn(expired, rfp, stamp)]


class RecordChallenge(Command[Rfp]):
    """Record that somebody challenged the award: nothing is signed until that is resolved."""

    decision: Literal["record-challenge"] = "record-challenge"
    grounds: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.STANDSTILL, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        must_have_an_award(rfp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ChallengeReceived:
        """Stop the clock, and hand the case to legal."""
        return ChallengeReceived(grounds=self.grounds, **entering(Stage.CHALLENGED))


class ResolveChallenge(Command[Rfp]):
    """Say what follows a challenge."""

    decision: Literal["resolve-challenge"] = "resolve-challenge"
    outcome: ChallengeOutcome
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.CHALLENGED)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ChallengeResolved:
        """Go on to the contract, measure again, or end."""
        match self.outcome:
            case ChallengeOutcome.AWARD_STANDS:
                follows = entering(Stage.CONTRACTING)
            case ChallengeOutcome.EVALUATE_AGAIN:
                follows = measuring_again(rfp)
            case ChallengeOutcome.TERMINATE:
                follows = entering(Stage.TERMINATED)
        ends = rfp.award.standstill_ends
        still = follows["stage"] is Stage.CONTRACTING and ends is not None and stamp.at < ends
        resolved = ChallengeResolved(
            outcome=self.outcome,
            reason=self.reason,
            **follows,
            clock=next_clock(rfp) if still else 0,
            ends_at=ends if still else None,
        )
        return in_turn(resolved, rfp, stamp)


class RevokeAward(Command[Rfp]):
    """Take back an award that was a mistake, before anything is signed."""

    decision: Literal["revoke-award"] = "revoke-award"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.AWARD_NOTICE, Stage.STANDSTILL, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        must_have_an_award(rfp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> AwardRevoked:
        """Measure again; what was awarded stays on record."""
        return in_turn(AwardRevoked(reason=self.reason, **measuring_again(rfp)), rfp, stamp)


def must_have_an_award(rfp: Rfp) -> None:
    """Refuse what is done in house: it has no award."""
    if not rfp.award.supplier:
        raise DoneInHouse(route=rfp.route)
