"""Who took a part in an RFP over from whom; each leaves stage, wait and hold as they are."""

from typing import ClassVar

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.tender_events import TOLD
from shared.kernel.messages import Sealed
from shared.kernel.personal import Personal
from shared.kernel.states import replace


class EvaluatorAppointed(Aside):
    """Somebody is to evaluate bids."""

    evaluator: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more evaluator."""
        tender = replace(rfp.tender, evaluators=(*rfp.tender.evaluators, self.evaluator))
        return replace(Aside.apply(self, rfp), tender=tender).with_part("evaluator", self.evaluator)


class EvaluatorRemoved(Aside):
    """Somebody no longer evaluates; what they scored stays on record, and no longer counts."""

    evaluator: str
    reason: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one evaluator less."""
        left = tuple(e for e in rfp.tender.evaluators if e != self.evaluator)
        return replace(Aside.apply(self, rfp), tender=replace(rfp.tender, evaluators=left))


class EvaluatorAppointedAfterScores(EvaluatorAppointed):
    """An approver appointed somebody to evaluate bids of which there was a score already."""

    sealed: ClassVar[Sealed | None] = Sealed(("highest_bid_pence",), until=TOLD)

    tier: str
    decided_by: str
    acting_for: str
    highest_bid_pence: int

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more evaluator, and whoever decided on them."""
        appointed = EvaluatorAppointed.apply(self, rfp)
        return appointed.with_settlers(self.decided_by, self.acting_for)


class EvaluatorRemovedAfterScores(EvaluatorRemoved):
    """An approver let somebody no longer evaluate, after there was a score."""

    sealed: ClassVar[Sealed | None] = Sealed(("highest_bid_pence",), until=TOLD)

    tier: str
    decided_by: str
    acting_for: str
    highest_bid_pence: int

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one evaluator less, and whoever decided on them."""
        removed = EvaluatorRemoved.apply(self, rfp)
        return removed.with_settlers(self.decided_by, self.acting_for)


class LeadReassigned(Aside):
    """Somebody else leads the procurement."""

    lead: str
    reason: Personal

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its new lead."""
        return replace(Aside.apply(self, rfp), lead=self.lead).with_part("lead", self.lead)


class RequesterReplaced(Aside):
    """Somebody else asks for it now."""

    requester: str
    reason: Personal

    @property
    def raised_by(self) -> str:
        """Return whose it is from now on, by the name that raising it has for that."""
        return self.requester

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its new requester."""
        return replace(Aside.apply(self, rfp), raised_by=self.requester).with_part(
            "requester", self.requester
        )


PEOPLE_EVENTS: tuple[type[RfpEvent], ...] = (
    EvaluatorAppointed,
    EvaluatorRemoved,
    EvaluatorAppointedAfterScores,
    EvaluatorRemovedAfterScores,
    LeadReassigned,
    RequesterReplaced,
)
