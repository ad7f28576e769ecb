"""What can have happened while the market was asked and its answers were measured."""

from datetime import datetime
from typing import ClassVar

from rfp_service.rfps.domain.approval import Clock
from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.key_decision_events import ClockStarted, ClockStopped
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party
from rfp_service.rfps.domain.tender import Bid, Bidder, Criterion, Moderated, Score, SetAside, SetAsideGround
from shared.kernel.messages import Sealed
from shared.kernel.personal import Personal
from shared.kernel.states import replace

# Scores are sealed until the bidders or the world are told, or it is over without an award.
OVER = ("NoResponses", "NoCompliantBid", "AwardRefused", "KeyDecisionRefused", "ProcurementTerminated")
TOLD = ("AssessmentSummariesSent", "AwardNoticePublished", *OVER)


class CriteriaFixed(RfpEvent):
    """What bids will be measured by was fixed, before any came in."""

    criteria: tuple[Criterion, ...]
    decided_by: str = ""  # where bids may have been open: of an RFP that was taken over in evaluation

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with these criteria; whoever could choose them by the bids has settled something."""
        fixed = replace(RfpEvent.apply(self, rfp), tender=replace(rfp.tender, criteria=self.criteria))
        if not self.decided_by or self.decided_by in rfp.settlers:
            return fixed
        return replace(fixed, settlers=(*rfp.settlers, self.decided_by))


class MarketAsked(ClockStarted):
    """The market was asked, or asked again by another time: responses close when the clock ends."""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its time for responses."""
        tender = replace(rfp.tender, responses_by=self.ends_at, kept_open=False)
        return replace(ClockStarted.apply(self, rfp), tender=tender)


class _AskedForBids(MarketAsked):
    """The market was asked for the first time: no bid came before."""

    reference: str
    asked_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        asked = MarketAsked.apply(self, rfp)
        return replace(asked, tender=replace(asked.tender, asked_at=self.asked_at))


class TenderNoticePublished(_AskedForBids):
    """A notice told the whole market."""


class InvitationIssued(_AskedForBids):
    """Named suppliers were invited."""


class DeadlineExtended(MarketAsked):
    """Everybody was given more time."""

    reason: str


class ClarificationReceived(Aside):
    """A bidder asked something; who asked is nobody's business."""

    number: int
    question: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more question open."""
        unanswered = (*rfp.tender.unanswered, self.number)
        tender = replace(rfp.tender, questions=self.number, unanswered=unanswered)
        return replace(Aside.apply(self, rfp), tender=tender)


class ClarificationAnswered(RfpEvent):
    """A question was answered, to every bidder."""

    number: int
    answer: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the question closed."""
        unanswered = tuple(n for n in rfp.tender.unanswered if n != self.number)
        tender = replace(rfp.tender, unanswered=unanswered)
        return replace(RfpEvent.apply(self, rfp), tender=tender)


class ResponseReceived(Aside):
    """The portal took a bid in: its reference, hash and time; a late one is recorded, and not opened."""

    sealed: ClassVar[Sealed | None] = Sealed(
        ("reference", "sha256", "bidder"), until=("ResponsesClosed", *OVER), within=("reference",)
    )

    reference: str
    sha256: str
    received_at: datetime
    late: bool
    recorded_by: str = ""
    bidder: Bidder | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more bid, sealed."""
        bid = Bid(self.reference, self.received_at, self.late, self.recorded_by, self.bidder)
        tender = replace(rfp.tender, bids=(*rfp.tender.bids, bid))
        return replace(Aside.apply(self, rfp), tender=tender).with_bidders_conflicts()


class ResponsesKeptOpen(Aside):
    """Time was up, and questions had no answer: by the scheme, bids stay closed until they have."""

    unanswered: tuple[int, ...]
    due_at: datetime
    late: bool

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP without a running clock, waiting for answers."""
        tender = replace(rfp.tender, kept_open=True)
        return replace(Aside.apply(self, rfp), tender=tender, clock=Clock(rfp.clock.number))


class ResponsesClosed(ClockStopped):
    """Time was up, and there were bids: they may be opened; questions may have been left unanswered."""

    bids: int
    due_at: datetime
    late: bool
    unanswered: tuple[int, ...] = ()


class NoResponses(ClockStopped):
    """Time was up, and nobody had bid; the RFP ends."""

    due_at: datetime
    late: bool


class EvaluatorDeclared(RfpEvent):
    """An evaluator declared their interests; one with a conflict evaluates nothing."""

    evaluator: str
    conflict: bool
    statement: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more evaluator who has declared, or one evaluator less."""
        tender = rfp.tender
        if self.conflict:
            left = tuple(e for e in tender.evaluators if e != self.evaluator)
            conflicted = (*rfp.conflicted, self.evaluator)
            return replace(
                RfpEvent.apply(self, rfp), tender=replace(tender, evaluators=left), conflicted=conflicted
            )
        declared = (*tender.declared, self.evaluator)
        return replace(RfpEvent.apply(self, rfp), tender=replace(tender, declared=declared))


class ScoreRecorded(RfpEvent):
    """An evaluator scored a bid on a criterion, by themselves."""

    sealed: ClassVar[Sealed | None] = Sealed(("score", "comment"), until=TOLD, author="evaluator")

    evaluator: str
    bid: str
    criterion: str
    score: int
    comment: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more score; earlier ones are kept."""
        score = Score(self.evaluator, self.bid, self.criterion, self.score)
        tender = replace(rfp.tender, scores=(*rfp.tender.scores, score))
        return replace(RfpEvent.apply(self, rfp), tender=tender, rework_by=Party.NOBODY)


class ScoreCorrected(ScoreRecorded):
    """An evaluator corrected one of their scores; what it was stays on record."""

    sealed: ClassVar[Sealed | None] = Sealed(("score", "comment", "was"), until=TOLD, author="evaluator")

    was: int


class ScoresModerated(RfpEvent):
    """The evaluators had differed, and agreed; what each had given stays beside it."""

    sealed: ClassVar[Sealed | None] = Sealed(("score", "given", "highest_bid_pence"), until=TOLD)

    bid: str
    criterion: str
    given: dict[str, int]
    score: int
    reason: str
    tier: str = ""
    decided_by: str = ""
    acting_for: str = ""
    highest_bid_pence: int = 0

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more moderated score."""
        moderated = Moderated(self.bid, self.criterion, self.score)
        tender = replace(rfp.tender, moderated=(*rfp.tender.moderated, moderated))
        moderated_rfp = replace(RfpEvent.apply(self, rfp), tender=tender, rework_by=Party.NOBODY)
        return moderated_rfp.with_settlers(self.decided_by, self.acting_for)


class BidSetAside(Aside):
    """One bid is out of the competition; what it was given stays on record, and no longer counts."""

    sealed: ClassVar[Sealed | None] = Sealed(
        ("bid", "reason", "bidder_said", "highest_bid_pence"), until=TOLD
    )

    bid: str
    ground: SetAsideGround
    reason: str
    bidder_said: str
    tier: str = ""  # of the approver who decided, once there was a score
    decided_by: str = ""
    acting_for: str = ""
    highest_bid_pence: int = 0

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one bid less to compare."""
        out = SetAside(self.bid, self.ground, self.reason)
        tender = replace(rfp.tender, set_aside=(*rfp.tender.set_aside, out))
        aside = replace(Aside.apply(self, rfp), tender=tender)
        return aside.with_settlers(self.decided_by, self.acting_for)


class BidReadmitted(Aside):
    """A bid was set aside by mistake, and competes again: a correction, nothing is edited."""

    sealed: ClassVar[Sealed | None] = Sealed(("bid", "reason", "highest_bid_pence"), until=TOLD)

    bid: str
    reason: str
    tier: str = ""
    decided_by: str = ""
    acting_for: str = ""
    highest_bid_pence: int = 0

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with that bid to compare again."""
        left = tuple(each for each in rfp.tender.set_aside if each.bid != self.bid)
        again = replace(Aside.apply(self, rfp), tender=replace(rfp.tender, set_aside=left))
        return again.with_settlers(self.decided_by, self.acting_for)


class NoCompliantBid(RfpEvent):
    """No bid did what was asked for; the RFP ends."""

    reason: str


TENDER_EVENTS: tuple[type[RfpEvent], ...] = (
    CriteriaFixed,
    TenderNoticePublished,
    InvitationIssued,
    DeadlineExtended,
    ClarificationReceived,
    ClarificationAnswered,
    ResponseReceived,
    ResponsesKeptOpen,
    ResponsesClosed,
    NoResponses,
    EvaluatorDeclared,
    ScoreRecorded,
    ScoreCorrected,
    ScoresModerated,
    BidSetAside,
    BidReadmitted,
    NoCompliantBid,
)
