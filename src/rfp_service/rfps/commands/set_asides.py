"""Setting a single bid aside, with ground and reason; letting it compete again where that was wrong."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.evaluators import NOT_SETTLED, SettlingTheWinner
from rfp_service.rfps.commands.rules import must_be_at, must_have_a_bid, staying
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.evaluation_refusals import (
    BidderNotHeard,
    BidIsSetAside,
    NoSuchBid,
    NotSetAside,
    OthersMayBeSeen,
    StillSealed,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.sealed_scores import is_complete
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from rfp_service.rfps.domain.tender_events import BidReadmitted, BidSetAside
from shared.kernel.fields import Code, LongText, Reason
from shared.kernel.messages import Stamp


class SetBidAside(SettlingTheWinner):
    """Take one bid out of the competition, on a ground and with a reason.

    A bid is abnormally low only after its bidder was told and could explain: Procurement Act 2023,
    section 19(4) and (5).
    """

    decision: Literal["set-bid-aside"] = "set-bid-aside"
    bid: Code = Field(examples=["BID-0007"])
    ground: SetAsideGround
    reason: Reason
    bidder_said: LongText | None = Field(
        None, description="What the bidder explained; needed where a bid is abnormally low."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.OPEN, Stage.EVALUATION)
        super().guard(rfp, stamp)
        must_have_a_bid(rfp.tender)

    def decide(self, rfp: Rfp, stamp: Stamp) -> BidSetAside:
        """Set a bid aside before it is awarded; while bids are sealed, only one that was withdrawn."""
        chosen = self.chosen(rfp, stamp)
        if self.bid not in rfp.tender.timely:
            raise NoSuchBid
        if self.bid not in rfp.tender.competing:
            raise BidIsSetAside
        if rfp.stage is Stage.OPEN and self.ground is not SetAsideGround.WITHDRAWN:
            raise StillSealed(ground=self.ground)
        if self.ground is SetAsideGround.ABNORMALLY_LOW and self.bidder_said is None:
            raise BidderNotHeard
        out = BidSetAside(
            bid=self.bid,
            ground=self.ground,
            reason=self.reason,
            bidder_said=self.bidder_said or "",
            **staying(rfp),
            **(chosen or NOT_SETTLED),
        )
        return in_turn(out, rfp, stamp)


class ReadmitBid(SettlingTheWinner):
    """Readmit a bid that was set aside by mistake."""

    decision: Literal["readmit-bid"] = "readmit-bid"
    bid: Code
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, Stage.OPEN, Stage.EVALUATION)
        super().guard(rfp, stamp)
        if not rfp.tender.set_aside:
            raise NotSetAside
        if not any(_may_compete_again(rfp, each.bid) for each in rfp.tender.set_aside):
            raise OthersMayBeSeen

    def decide(self, rfp: Rfp, stamp: Stamp) -> BidReadmitted:
        """Take it back into the comparison, with the scores that it was given."""
        chosen = self.chosen(rfp, stamp)
        if self.bid not in {each.bid for each in rfp.tender.set_aside}:
            raise NotSetAside
        if not _may_compete_again(rfp, self.bid):
            raise OthersMayBeSeen
        readmitted = BidReadmitted(
            bid=self.bid, reason=self.reason, **staying(rfp), **(chosen or NOT_SETTLED)
        )
        return in_turn(readmitted, rfp, stamp)


def _may_compete_again(rfp: Rfp, bid: str) -> bool:
    """Say whether a bid has all its scores, where the others' may have been seen."""
    readmitted = BidReadmitted(bid=bid, reason="", **staying(rfp), **NOT_SETTLED)
    return not is_complete(rfp) or is_complete(readmitted.apply(rfp))
