"""Measuring bids: declared interests first, then independent scores, then agreement where they differ."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.evaluators import NOT_SETTLED, SettlingTheWinner
from rfp_service.rfps.commands.participants import must_not_be_conflicted
from rfp_service.rfps.commands.rules import (
    entering,
    must_be_in,
    must_compete,
    must_have_a_bid,
    must_not_be_requester,
    staying,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.evaluation_refusals import (
    AlreadyDeclared,
    AlreadyScored,
    DeclarationsMissing,
    NoSuchCriterion,
    NotAnEvaluator,
    NothingToModerate,
    NotScored,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import SCORE_LIMIT, Tender
from rfp_service.rfps.domain.tender_events import (
    EvaluatorDeclared,
    NoCompliantBid,
    ScoreCorrected,
    ScoreRecorded,
    ScoresModerated,
)
from shared.kernel.fields import WHOLE, Code, LongText, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.personal import text_about

Points = Annotated[int, Field(ge=0, le=SCORE_LIMIT, examples=[70]), WHOLE]


class DeclareInterests(Command[Rfp]):
    """Declare your interests as an evaluator; with a conflict you evaluate nothing."""

    decision: Literal["declare-interests"] = "declare-interests"
    conflict: bool
    statement: LongText = Field(
        description="Kept as a personal text about you.", examples=["I know none of the bidders."]
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.READY_TO_ISSUE, Stage.OPEN, Stage.EVALUATION)
        if stamp.known.among(_must_evaluate(rfp, stamp), rfp.tender.declared):
            raise AlreadyDeclared

    def decide(self, rfp: Rfp, stamp: Stamp) -> EvaluatorDeclared:
        """Take one declaration from each evaluator."""
        evaluator = _must_evaluate(rfp, stamp)
        statement = text_about([stamp.by], self.statement)
        declared = EvaluatorDeclared(
            evaluator=evaluator, conflict=self.conflict, statement=statement, **staying(rfp)
        )
        return in_turn(declared, rfp, stamp)


class OfABid(Command[Rfp]):
    """What is said of one bid on one criterion."""

    bid: Code = Field(examples=["BID-0007"])
    criterion: ShortText = Field(examples=["Price"])
    score: Points


class RecordScore(OfABid):
    """Score a bid on a criterion, by yourself."""

    decision: Literal["record-score"] = "record-score"
    comment: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        if None not in _own_scores(rfp, stamp):
            raise AlreadyScored

    def decide(self, rfp: Rfp, stamp: Stamp) -> ScoreRecorded:
        """Take the score once every evaluator has declared."""
        evaluator, earlier = _may_score(rfp, stamp, self)
        if earlier is not None:
            raise AlreadyScored(bid=self.bid, criterion=self.criterion)
        recorded = ScoreRecorded(
            evaluator=evaluator,
            bid=self.bid,
            criterion=self.criterion,
            score=self.score,
            comment=self.comment,
            **staying(rfp),
        )
        return in_turn(recorded, rfp, stamp)


class CorrectScore(OfABid):
    """Correct a score of yours, with a reason; what it was stays on record."""

    decision: Literal["correct-score"] = "correct-score"
    comment: LongText = Field(description="The reason.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        if not any(score is not None for score in _own_scores(rfp, stamp)):
            raise NotScored

    def decide(self, rfp: Rfp, stamp: Stamp) -> ScoreCorrected:
        """Put the new score beside the old one."""
        evaluator, earlier = _may_score(rfp, stamp, self)
        if earlier is None:
            raise NotScored(bid=self.bid, criterion=self.criterion)
        corrected = ScoreCorrected(
            evaluator=evaluator,
            bid=self.bid,
            criterion=self.criterion,
            score=self.score,
            comment=self.comment,
            was=earlier,
            **staying(rfp),
        )
        return in_turn(corrected, rfp, stamp)


class ModerateScores(OfABid, SettlingTheWinner):
    """Record what the evaluators agreed on where they had differed, and why."""

    decision: Literal["moderate-scores"] = "moderate-scores"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.EVALUATION)
        super().guard(rfp, stamp)
        must_have_a_bid(rfp.tender)
        if not any(_differ(rfp.tender, *pair) for pair in _pairs(rfp.tender)):
            given = [rfp.tender.given(*pair) for pair in _pairs(rfp.tender)]
            missing = [e for e in rfp.tender.evaluators if any(e not in each for each in given)]
            raise NothingToModerate(missing=missing)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ScoresModerated:
        """Keep the agreed score beside those of each evaluator."""
        chosen = self.chosen(rfp, stamp)
        _must_be_measured(rfp.tender, self)
        given = rfp.tender.given(self.bid, self.criterion)
        if not _differ(rfp.tender, self.bid, self.criterion):
            missing = [e for e in rfp.tender.evaluators if e not in given]
            raise NothingToModerate(missing=missing)
        moderated = ScoresModerated(
            bid=self.bid,
            criterion=self.criterion,
            given=given,
            score=self.score,
            reason=self.reason,
            **staying(rfp),
            **(chosen or NOT_SETTLED),
        )
        return in_turn(moderated, rfp, stamp)


class FindNoCompliantBid(Command[Rfp]):
    """Say that no bid does what was asked for: the RFP ends."""

    decision: Literal["find-no-compliant-bid"] = "find-no-compliant-bid"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.EVALUATION)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> NoCompliantBid:
        """End the RFP without success."""
        return NoCompliantBid(reason=self.reason, **entering(Stage.UNSUCCESSFUL))


def _may_score(rfp: Rfp, stamp: Stamp, of: OfABid) -> tuple[str, int | None]:
    """Return the evaluator and what they gave that bid on that criterion before."""
    evaluator = _must_evaluate(rfp, stamp)
    _must_be_measured(rfp.tender, of)
    return evaluator, rfp.tender.given(of.bid, of.criterion).get(evaluator)


def _own_scores(rfp: Rfp, stamp: Stamp) -> list[int | None]:
    """Return all that an evaluator gave or has yet to give, once they and everybody else have declared."""
    must_be_in(rfp, Stage.EVALUATION)
    evaluator, tender = _must_evaluate(rfp, stamp), rfp.tender
    if tender.undeclared:
        raise DeclarationsMissing(missing=list(tender.undeclared))
    must_have_a_bid(tender)
    return [tender.given(bid, criterion).get(evaluator) for bid, criterion in _pairs(tender)]


def _pairs(tender: Tender) -> Iterator[tuple[str, str]]:
    return product(tender.competing, [criterion.name for criterion in tender.criteria])


def _differ(tender: Tender, bid: str, criterion: str) -> bool:
    """Say whether every evaluator has scored a bid on a criterion, and they differ."""
    given = tender.given(bid, criterion)
    return len(given) == len(tender.evaluators) and len(set(given.values())) > 1


def _must_evaluate(rfp: Rfp, stamp: Stamp) -> str:
    """Return the id by which whoever decides was appointed, whichever account they use now.

    A conflict may be declared after somebody was appointed; they then wait to be removed.
    """
    if not (evaluator := stamp.known.among(stamp.by, rfp.tender.evaluators)):
        raise NotAnEvaluator
    must_not_be_conflicted(rfp, stamp.by, stamp)
    return evaluator


def _must_be_measured(tender: Tender, of: OfABid) -> None:
    must_compete(tender, of.bid)
    if of.criterion not in {criterion.name for criterion in tender.criteria}:
        raise NoSuchCriterion(criteria=[criterion.name for criterion in tender.criteria])
