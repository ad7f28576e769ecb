"""While the market answers: questions, answers to everybody, and bids of which only a seal is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import must_be_at, must_be_in, must_not_be_requester, staying
from rfp_service.rfps.commands.tender import closed
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.evaluation_refusals import ScoringHasBegun
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.refusals import (
    AlreadyReceived,
    NoSuchQuestion,
    ReceivedBeforeAsked,
    ReceivedInTheFuture,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import Bidder
from rfp_service.rfps.domain.tender_events import (
    ClarificationAnswered,
    ClarificationReceived,
    ResponseReceived,
)
from shared.kernel.fields import WHOLE, Code, Instant, LongText
from shared.kernel.messages import CLOCKS_APART, Command, Stamp

QUESTIONS_LIMIT = 1_000

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]


class RecordClarification(Command[Rfp]):
    """Record a bidder's question, without saying whose it is."""

    decision: Literal["record-clarification"] = "record-clarification"
    question: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.OPEN)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ClarificationReceived:
        """Number the question."""
        return ClarificationReceived(number=rfp.tender.questions + 1, question=self.question, **staying(rfp))


class AnswerClarification(Command[Rfp]):
    """Answer a question; the answer goes to every bidder."""

    decision: Literal["answer-clarification"] = "answer-clarification"
    number: Annotated[int, Field(ge=1, le=QUESTIONS_LIMIT), WHOLE]
    answer: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.OPEN)
        must_not_be_requester(rfp, stamp)
        if not rfp.tender.unanswered:
            raise NoSuchQuestion(unanswered=[])

    def decide(self, rfp: Rfp, stamp: Stamp) -> ClarificationAnswered:
        """Close the question."""
        if self.number not in rfp.tender.unanswered:
            raise NoSuchQuestion(unanswered=list(rfp.tender.unanswered))
        return ClarificationAnswered(number=self.number, answer=self.answer, **staying(rfp))


class RecordResponse(Command[Rfp]):
    """Record that the tendering portal received a bid; the bid itself stays there, sealed."""

    by_the_rules = True

    decision: Literal["record-response"] = "record-response"
    reference: Code = Field(examples=["BID-0007"])
    sha256: Sha256
    received_at: Instant
    bidder: Bidder | None = Field(None, description="Who bids: sealed with the bid, until it is opened.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_taking_bids(rfp)
        must_not_be_requester(rfp, stamp)
        # Until here nothing that has come can be late.
        if rfp.tender.scores and not is_late(rfp, stamp.at + CLOCKS_APART, stamp):
            raise ScoringHasBegun(ended_at=rfp.tender.responses_by)

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Record it: late is what came after the time was up, whenever it is recorded, and not opened.

        What came in time and is recorded afterwards competes, until the first score is given. Where the
        RFP ended because nobody was known to have bid, it goes on after all.
        """
        ends = rfp.tender.responses_by
        late = is_late(rfp, self.received_at, stamp)
        reopens = not late and ended_for_want_of_bids(rfp)
        if not reopens:
            must_be_at(rfp, Stage.OPEN, Stage.EVALUATION)
        self._must_be_new(rfp, stamp)
        if rfp.tender.scores and not late:
            raise ScoringHasBegun(ended_at=ends)
        received = in_turn(
            ResponseReceived(
                reference=self.reference,
                sha256=self.sha256,
                received_at=self.received_at,
                late=late,
                recorded_by=stamp.by,
                bidder=self.bidder,
                **staying(rfp),
            ),
            rfp,
            stamp,
        )
        if not reopens:
            return [received]
        assert ends is not None, "what was open had an end"
        return [received, closed(received.apply(rfp), ends, late=True)]

    def _must_be_new(self, rfp: Rfp, stamp: Stamp) -> None:
        """Refuse a bid that is recorded already, came later than now, or before it was asked for."""
        must_have_come(rfp, self.received_at, stamp)
        if self.reference in {bid.reference for bid in rfp.tender.bids}:
            raise AlreadyReceived(reference=self.reference)


def is_late(rfp: Rfp, received_at: datetime, stamp: Stamp) -> bool:
    """Say whether a bid came after its time; the scheme says what holds at the very instant."""
    ends, rules = rfp.tender.responses_by, stamp.known.rules
    if ends is None or received_at < ends:
        return False
    return received_at > ends or rules is None or not rules.bid_at_the_instant_in_time


def must_have_come(rfp: Rfp, received_at: datetime, stamp: Stamp) -> None:
    """Refuse a time of receipt that lies ahead or before the market was asked, by more than clocks differ."""
    if received_at > stamp.at + CLOCKS_APART:
        raise ReceivedInTheFuture(received_at=received_at)
    asked_at = rfp.tender.asked_at
    if asked_at is not None and received_at < asked_at - CLOCKS_APART:
        raise ReceivedBeforeAsked(received_at=received_at, asked_at=asked_at)


def must_be_taking_bids(rfp: Rfp) -> None:
    """Refuse where no bid is taken in any more; what ended for want of bids may go on by one."""
    if not ended_for_want_of_bids(rfp):
        must_be_at(rfp, Stage.OPEN, Stage.EVALUATION)


def ended_for_want_of_bids(rfp: Rfp) -> bool:
    """Say whether the RFP ended because no bid was known to have come in time."""
    return rfp.stage is Stage.UNSUCCESSFUL and not rfp.tender.timely
