"""Putting right what was recorded wrongly: a bid, an answer, who was told, a conflict; both are kept."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.awards import BIDDERS_LIMIT
from rfp_service.rfps.commands.responses import (
    QUESTIONS_LIMIT,
    ended_for_want_of_bids,
    is_late,
    must_be_taking_bids,
    must_have_come,
)
from rfp_service.rfps.commands.rules import (
    must_be_at,
    must_be_in,
    must_name_every_bidder,
    must_not_be_requester,
    must_take_part,
    staying,
)
from rfp_service.rfps.commands.tender import closed
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.correction_events import (
    AnswerCorrected,
    BidCorrected,
    BidderConflictDeclared,
    ConflictWithdrawalAsked,
    ConflictWithdrawn,
    SummariesCorrected,
)
from rfp_service.rfps.domain.correction_refusals import (
    AnotherConfirms,
    AnotherCorrects,
    NotConflicted,
    NotInDoubt,
)
from rfp_service.rfps.domain.evaluation_refusals import NoSuchBid, ScoringHasBegun
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.refusals import AlreadyReceived, NoSuchQuestion, NothingAmended, SummariesFirst
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE, Stage
from rfp_service.rfps.domain.tender import Bid, Bidder
from shared.kernel.fields import WHOLE, Code, Instant, LongText, PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.personal import text_about

MAY_DOUBT = ("procurement_officer", "approver")  # a conflict on any RFP


class CorrectBid(Command[Rfp]):
    """Correct a bid's reference, or the time at which it was received; leave out what was right."""

    by_the_rules = True

    decision: Literal["correct-bid"] = "correct-bid"
    bid: Code = Field(description="Its reference as recorded.", examples=["BID-0007"])
    reference: Code | None = None
    received_at: Instant | None = None
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_taking_bids(rfp)
        must_not_be_requester(rfp, stamp)
        if not rfp.tender.bids:
            raise NoSuchBid
        if not any(_may_correct(rfp, bid, stamp) for bid in rfp.tender.bids):
            raise AnotherCorrects(recorded_by=rfp.tender.bids[-1].recorded_by)

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Keep both; once bids are open, somebody else than who recorded it puts it right.

        Where the RFP ended because nobody was known to have bid in time, it goes on after all.
        """
        bid = self._corrected(rfp)
        received_at = self.received_at or bid.received_at
        late = is_late(rfp, received_at, stamp) if self.received_at else bid.late
        reopens = not late and ended_for_want_of_bids(rfp)
        if not reopens:
            must_be_at(rfp, Stage.OPEN, Stage.EVALUATION)
        self._must_be_fair(rfp, bid, stamp, joins=bid.late and not late)
        corrected = in_turn(
            BidCorrected(
                bid=bid.reference,
                reference=self.reference or bid.reference,
                was_received_at=bid.received_at,
                received_at=received_at,
                was_late=bid.late,
                late=late,
                reason=self.reason,
                **staying(rfp),
            ),
            rfp,
            stamp,
        )
        ends = rfp.tender.responses_by
        if not reopens or ends is None:
            return [corrected]
        return [corrected, closed(corrected.apply(rfp), ends, late=True)]

    def _corrected(self, rfp: Rfp) -> Bid:
        """Return the bid that is meant; refuse if there is none, or nothing to correct."""
        found = next((b for b in rfp.tender.bids if b.reference == self.bid), None)
        if found is None:
            raise NoSuchBid
        same_name = self.reference in (None, found.reference)
        if same_name and self.received_at in (None, found.received_at):
            raise NothingAmended
        return found

    def _must_be_fair(self, rfp: Rfp, bid: Bid, stamp: Stamp, *, joins: bool) -> None:
        if self.received_at is not None:
            must_have_come(rfp, self.received_at, stamp)
        if self.reference in {b.reference for b in rfp.tender.bids if b is not bid}:
            raise AlreadyReceived(reference=self.reference)
        if not _may_correct(rfp, bid, stamp):
            raise AnotherCorrects(recorded_by=bid.recorded_by)
        if joins and rfp.tender.scores:
            raise ScoringHasBegun(ended_at=rfp.tender.responses_by)


class CorrectAnswer(Command[Rfp]):
    """Correct an answer to a bidder's question; the right one goes to every bidder."""

    decision: Literal["correct-answer"] = "correct-answer"
    number: Annotated[int, Field(ge=1, le=QUESTIONS_LIMIT), WHOLE]
    answer: LongText
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.OPEN)
        must_not_be_requester(rfp, stamp)
        if rfp.tender.questions <= len(rfp.tender.unanswered):
            raise NoSuchQuestion(unanswered=list(rfp.tender.unanswered))

    def decide(self, rfp: Rfp, stamp: Stamp) -> AnswerCorrected:
        """Send another answer; the first one stays on record."""
        if self.number > rfp.tender.questions or self.number in rfp.tender.unanswered:
            raise NoSuchQuestion(unanswered=list(rfp.tender.unanswered))
        return AnswerCorrected(number=self.number, answer=self.answer, reason=self.reason, **staying(rfp))


class CorrectSummaries(Command[Rfp]):
    """Say which bidders had really been told how they were assessed."""

    decision: Literal["correct-summaries"] = "correct-summaries"
    told: list[Code] = Field(min_length=1, max_length=BIDDERS_LIMIT, examples=[["BID-0007"]])
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_not_be_requester(rfp, stamp)
        if not rfp.award.summaries_sent:
            raise SummariesFirst

    def decide(self, rfp: Rfp, stamp: Stamp) -> SummariesCorrected:
        """Name every bidder; what was recorded stays beside it."""
        must_name_every_bidder(rfp, self.told)
        return SummariesCorrected(
            told=tuple(self.told),
            was=rfp.award.told,
            was_bidders=rfp.award.bidders,
            reason=self.reason,
            **staying(rfp),
        )


class DeclareBidderConflict(Command[Rfp]):
    """Say that you have a conflict with a supplier: it bars you from when that one bids or is put forward."""

    decision: Literal["declare-bidder-conflict"] = "declare-bidder-conflict"
    supplier: Bidder
    statement: Reason = Field(description="Kept as a personal text about you.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)

    def decide(self, rfp: Rfp, stamp: Stamp) -> BidderConflictDeclared:
        """Keep it, whether or not that supplier has bid yet."""
        return BidderConflictDeclared(
            person=stamp.by,
            with_supplier=self.supplier.name,
            with_number=self.supplier.number or "",
            statement=text_about([stamp.by], self.statement),
            **staying(rfp),
        )


class WithdrawConflict(Command[Rfp]):
    """Say that a conflict was declared by mistake; another person must confirm it."""

    decision: Literal["withdraw-conflict"] = "withdraw-conflict"
    person: PersonId = Field(examples=["derek-director"])
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_take_part(rfp, stamp, *MAY_DOUBT)
        if not rfp.conflicted:
            raise NotConflicted

    def decide(self, rfp: Rfp, stamp: Stamp) -> ConflictWithdrawalAsked:
        """Put it before somebody else; until they confirm it, the conflict counts."""
        if not (person := stamp.known.among(self.person, rfp.conflicted)):
            raise NotConflicted(person=self.person)
        return ConflictWithdrawalAsked(
            person=person, asked_by=stamp.by, reason=text_about([person], self.reason), **staying(rfp)
        )


class ConfirmNoConflict(Command[Rfp]):
    """Confirm that a conflict was declared by mistake."""

    decision: Literal["confirm-no-conflict"] = "confirm-no-conflict"
    person: PersonId = Field(examples=["derek-director"])
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        if not rfp.doubted:
            raise NotInDoubt
        if not any(_may_confirm(rfp, person, stamp) for person, _ in rfp.doubted):
            raise AnotherConfirms(asked_by=sorted({by for _, by in rfp.doubted}))

    def decide(self, rfp: Rfp, stamp: Stamp) -> ConflictWithdrawn:
        """End the conflict; neither whom it is about nor who asked for that confirms it."""
        asked = _asked_of(rfp, self.person, stamp)
        if not asked:
            raise NotInDoubt(person=self.person)
        if not _may_confirm(rfp, self.person, stamp):
            raise AnotherConfirms(asked_by=sorted(asked))
        person = next(iter(asked.values()))
        return ConflictWithdrawn(person=person, reason=text_about([person], self.reason), **staying(rfp))


def _may_correct(rfp: Rfp, bid: Bid, stamp: Stamp) -> bool:
    return rfp.stage is Stage.OPEN or not stamp.is_from(bid.recorded_by)


def _asked_of(rfp: Rfp, person: str, stamp: Stamp) -> dict[str, str]:
    """Return who asked to withdraw somebody's conflict, and by which id they named them."""
    same = stamp.known.same_person
    return {by: doubted for doubted, by in rfp.doubted if same(doubted, person)}


def _may_confirm(rfp: Rfp, person: str, stamp: Stamp) -> bool:
    return not any(stamp.is_from(each) for each in (person, *_asked_of(rfp, person, stamp)))
