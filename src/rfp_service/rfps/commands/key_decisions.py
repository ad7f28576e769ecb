"""Key decisions: announced beforehand, taken by the last tier, published so that scrutiny may call in."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier
from rfp_service.rfps.commands.rules import (
    entering,
    going_on,
    must_be_at,
    must_be_in,
    must_be_independent,
    must_have_a_part,
    must_not_be_requester,
    next_clock,
    rules_of,
    runs,
    staying,
)
from rfp_service.rfps.commands.turns import NO_CLOCK, NoticeClock, can_be_taken_from, in_turn, notice_clock
from rfp_service.rfps.domain.approval import Basis, KeyDecision, KeyGround
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.key_decision_events import (
    DecisionPublished,
    ForwardPlanNoticePublished,
    GeneralExceptionUsed,
    KeyDecisionDeclared,
    KeyDecisionRefused,
    KeyDecisionTaken,
    NoticePeriodExpired,
    SpecialUrgencyAgreed,
    SpecialUrgencyPublished,
)
from rfp_service.rfps.domain.refusals import (
    AlreadyPublished,
    KeyAlready,
    NoticeInTheFuture,
    NoticeTooShort,
    NotUrgent,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE, NOTICE_MAY_RUN, Stage
from shared.kernel.calendar import WorkingDays, day_in_london, end_of
from shared.kernel.fields import Code, Day, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import Rules
from shared.kernel.states import replace
from shared.record.deadlines.deadline import DeadlineCommand


class DeclareKeyDecision(Command[Rfp]):
    """Say that what is to be decided is a key decision, by its value or by its effect on the divisions."""

    decision: Literal["declare-key-decision"] = "declare-key-decision"
    ground: KeyGround
    reason: Reason = Field(examples=["It closes both libraries of the Ribble valley for a month."])

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *(stage for stage in NOTICE_MAY_RUN if stage is not Stage.KEY_DECISION))
        must_have_a_part(rfp, stamp, "procurement_officer")
        if rfp.key_declared:
            raise KeyAlready

    def decide(self, rfp: Rfp, stamp: Stamp) -> KeyDecisionDeclared:
        """Let approval, and that of the award, lead to a key decision; until what is approved changes."""
        return KeyDecisionDeclared(ground=self.ground, reason=self.reason, **staying(rfp))


class PublishForwardPlanNotice(Command[Rfp]):
    """Record that the coming key decision was announced in the forward plan."""

    by_the_rules = True

    decision: Literal["publish-forward-plan-notice"] = "publish-forward-plan-notice"
    reference: Code = Field(examples=["FP-2026-07"])
    published_on: Day

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *NOTICE_MAY_RUN)
        must_have_a_part(rfp, stamp, "procurement_officer")

    def decide(self, rfp: Rfp, stamp: Stamp) -> ForwardPlanNoticePublished:
        """Let the notice run, from the business case on."""
        _must_have_happened(self.published_on, stamp)
        published = ForwardPlanNoticePublished(
            reference=self.reference,
            published_on=self.published_on,
            **staying(rfp),
            **_clock(rfp, replace(rfp.key, notice_on=self.published_on), stamp),
        )
        return in_turn(published, rfp, stamp)


class UseGeneralException(Command[Rfp]):
    """Record the shorter notice that is enough where the full one is impracticable, and why it is."""

    by_the_rules = True

    decision: Literal["use-general-exception"] = "use-general-exception"
    reference: Code = Field(examples=["GE-2026-02"])
    published_on: Day
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.KEY_DECISION)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> GeneralExceptionUsed:
        """Let the shorter notice run, once the decision is known to be a key decision."""
        _must_have_happened(self.published_on, stamp)
        used = GeneralExceptionUsed(
            reference=self.reference,
            published_on=self.published_on,
            reason=self.reason,
            **staying(rfp),
            **_clock(rfp, replace(rfp.key, exception_on=self.published_on), stamp),
        )
        return in_turn(used, rfp, stamp)


class AgreeSpecialUrgency(Command[Rfp]):
    """Agree, for scrutiny, that the decision can't wait for any notice; it can't be called in then."""

    decision: Literal["agree-special-urgency"] = "agree-special-urgency"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.KEY_DECISION)
        must_be_independent(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> SpecialUrgencyAgreed:
        """Free the key decision of its notice."""
        return in_turn(SpecialUrgencyAgreed(reason=self.reason, **staying(rfp)), rfp, stamp)


class PublishSpecialUrgency(Command[Rfp]):
    """Record that the reasons of a special urgency were published."""

    decision: Literal["publish-special-urgency"] = "publish-special-urgency"
    reference: Code = Field(examples=["SU-2026-01"])
    published_on: Day

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_not_be_requester(rfp, stamp)
        if not rfp.urgency_agreed:
            raise NotUrgent
        if rfp.urgency_published:
            raise AlreadyPublished

    def decide(self, rfp: Rfp, stamp: Stamp) -> SpecialUrgencyPublished:
        """Keep where it can be read, once scrutiny has agreed to the urgency."""
        _must_have_happened(self.published_on, stamp)
        return SpecialUrgencyPublished(
            reference=self.reference, published_on=self.published_on, **staying(rfp)
        )


class ExpireNoticePeriod(DeadlineCommand[Rfp]):
    """Say that a notice has run for as long as it must."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Hand the key decision to who takes it; nothing if that notice no longer counts."""
        if not runs(rfp, self.number, Stage.KEY_DECISION):
            return ()
        expired = NoticePeriodExpired(due_at=self.due_at, late=self.is_late(stamp), **staying(rfp))
        return [in_turn(expired, rfp, stamp)]


class TakeKeyDecision(Approving):
    """Take the key decision, as its decision maker."""

    decision: Literal["take-key-decision"] = "take-key-decision"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)
        basis_of(rfp.key, day_in_london(stamp.at), rules_of(stamp))

    def decide(self, rfp: Rfp, stamp: Stamp) -> KeyDecisionTaken:
        """Take it on the strength of a notice; only special urgency spares it the call-in."""
        basis = basis_of(rfp.key, day_in_london(stamp.at), rules_of(stamp))
        exempt = basis is Basis.SPECIAL_URGENCY
        return KeyDecisionTaken(
            basis=basis,
            onward=rfp.key.onward,
            reason=self.reason,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            **(going_on(rfp.key.onward) if exempt else entering(Stage.CALL_IN)),
        )


class RefuseKeyDecision(Approving):
    """Refuse the key decision: the RFP ends."""

    decision: Literal["refuse-key-decision"] = "refuse-key-decision"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> KeyDecisionRefused:
        """End the RFP: rejected before the market was asked, terminated where it was about the award."""
        end = Stage.TERMINATED if rfp.key.of_the_award else Stage.REJECTED
        return KeyDecisionRefused(reason=self.reason, **entering(end))


class PublishDecision(Command[Rfp]):
    """Record that the key decision was published; the period for calling it in begins."""

    by_the_rules = True

    decision: Literal["publish-decision"] = "publish-decision"
    reference: Code = Field(examples=["D-2026-118"])

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CALL_IN)
        must_not_be_requester(rfp, stamp)
        if rfp.clock.ends_at is not None:
            raise AlreadyPublished(ends_at=rfp.clock.ends_at)

    def decide(self, rfp: Rfp, stamp: Stamp) -> DecisionPublished:
        """Start the clock: it ends with the scheme's last working day after today."""
        rules = rules_of(stamp)
        days = WorkingDays(frozenset(rules.closed_days))
        last = days.after(day_in_london(stamp.at), rules.call_in_working_days)
        published = DecisionPublished(
            reference=self.reference, clock=next_clock(rfp), ends_at=end_of(last), **staying(rfp)
        )
        return in_turn(published, rfp, stamp)


def basis_of(key: KeyDecision, today: date, rules: Rules) -> Basis:
    """Return by which notice a key decision may be taken today; refuse while there is none that is enough.

    Clear days are those between the day of the notice and the day of the decision.
    """
    if key.urgent:
        return Basis.SPECIAL_URGENCY
    if _clear(key.notice_on, today, rules.forward_plan_clear_days):
        return Basis.FORWARD_PLAN
    if _clear(key.exception_on, today, rules.general_exception_clear_days):
        return Basis.GENERAL_EXCEPTION
    raise NoticeTooShort(
        today=today,
        notice_on=key.notice_on,
        clear_days=rules.forward_plan_clear_days,
        exception_on=key.exception_on,
        exception_clear_days=rules.general_exception_clear_days,
        earliest_at=can_be_taken_from(key, rules),
    )


def _clear(notice_on: date | None, today: date, days: int) -> bool:
    return notice_on is not None and today > notice_on + timedelta(days=days)


def _may_decide(rfp: Rfp, stamp: Stamp) -> None:
    must_be_in(rfp, Stage.KEY_DECISION)
    must_be_independent(rfp, stamp)
    must_be_of_the_tier(rfp.open_approval, stamp)


def _clock(rfp: Rfp, key: KeyDecision, stamp: Stamp) -> NoticeClock:
    """Return the clock of a notice; it runs only once the key decision is waited for."""
    if rfp.stage is not Stage.KEY_DECISION:
        return NO_CLOCK
    return notice_clock(rfp, key, stamp)


def _must_have_happened(day: date, stamp: Stamp) -> None:
    if day > day_in_london(stamp.at):
        raise NoticeInTheFuture(published_on=day)
