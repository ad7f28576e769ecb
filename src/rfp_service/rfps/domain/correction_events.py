"""Corrections of what was recorded wrongly: each keeps what it was beside what it is."""

from datetime import datetime
from typing import ClassVar, TypeVar

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.tender import Bidder, Moderated, Score, SetAside, Tender
from rfp_service.rfps.domain.tender_events import OVER
from shared.kernel.messages import Sealed
from shared.kernel.personal import Personal
from shared.kernel.states import replace

Named = TypeVar("Named", SetAside, Score, Moderated)


class BidCorrected(Aside):
    """A bid's reference, or the time it was received, had been recorded wrongly."""

    sealed: ClassVar[Sealed | None] = Sealed(
        ("bid", "reference", "reason"), until=("ResponsesClosed", *OVER), within=("reference",)
    )

    bid: str
    reference: str
    was_received_at: datetime
    received_at: datetime
    was_late: bool
    late: bool
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with that bid corrected wherever it is named."""
        return replace(Aside.apply(self, rfp), tender=self._put_right(rfp.tender))

    def _put_right(self, tender: Tender) -> Tender:
        return replace(
            tender,
            bids=tuple(
                replace(bid, reference=self.reference, received_at=self.received_at, late=self.late)
                if bid.reference == self.bid
                else bid
                for bid in tender.bids
            ),
            set_aside=tuple(self._renamed(each) for each in tender.set_aside),
            scores=tuple(self._renamed(each) for each in tender.scores),
            moderated=tuple(self._renamed(each) for each in tender.moderated),
        )

    def _renamed(self, of_a_bid: Named) -> Named:
        return replace(of_a_bid, bid=self.reference) if of_a_bid.bid == self.bid else of_a_bid


class AnswerCorrected(RfpEvent):
    """An answer to a bidder's question was wrong; the right one went to every bidder, too."""

    number: int
    answer: str
    reason: str


class SummariesCorrected(Aside):
    """Other bidders had been told how they were assessed than was recorded."""

    told: tuple[str, ...]
    was: tuple[str, ...]
    was_bidders: int
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with those who were told."""
        award = replace(rfp.award, told=self.told, bidders=len(self.told))
        return replace(Aside.apply(self, rfp), award=award)


class BidderConflictDeclared(Aside):
    """Somebody has a conflict with a supplier: it counts from when that one bids, or is put forward."""

    person: str
    with_supplier: str
    with_number: str = ""
    statement: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with that; whoever has it is conflicted where that supplier has bid already."""
        supplier = Bidder.model_construct(name=self.with_supplier, number=self.with_number or None)
        declared = (*rfp.bidder_conflicts, (self.person, supplier))
        return replace(Aside.apply(self, rfp), bidder_conflicts=declared).with_bidders_conflicts()


class ConflictWithdrawalAsked(Aside):
    """Somebody says that a conflict was declared by mistake; it counts until another person confirms that."""

    person: str
    asked_by: str
    reason: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with that waiting to be confirmed."""
        asked = (*rfp.doubted, (self.person, self.asked_by))
        return replace(Aside.apply(self, rfp), doubted=asked)


class ConflictWithdrawn(Aside):
    """Another person confirmed that there is no conflict: what was declared stays on record, and ends."""

    person: str
    reason: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one conflict less."""
        return replace(
            Aside.apply(self, rfp),
            conflicted=tuple(one for one in rfp.conflicted if one != self.person),
            doubted=tuple(each for each in rfp.doubted if each[0] != self.person),
            bidder_conflicts=tuple(each for each in rfp.bidder_conflicts if each[0] != self.person),
        )


CORRECTION_EVENTS: tuple[type[RfpEvent], ...] = (
    BidCorrected,
    AnswerCorrected,
    SummariesCorrected,
    BidderConflictDeclared,
    ConflictWithdrawalAsked,
    ConflictWithdrawn,
)
