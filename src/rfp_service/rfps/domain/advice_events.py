"""What can have happened to advice: asked of an advisory body, and given by it."""

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.states import replace


class AdviceRequested(Aside):
    """An advisory body was asked for its advice, and is waited on until it gives it or the stage is left."""

    body: str
    question: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP waiting on that body."""
        return replace(Aside.apply(self, rfp), advice_from=self.body)


class AdviceGiven(Aside):
    """An advisory body gave its advice; whoever gave it for the body decides nothing of this RFP."""

    body: str
    adviser: str
    advice: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its adviser, waiting on whoever must act next."""
        given = replace(Aside.apply(self, rfp), advice_from="")
        return given.with_part("adviser", self.adviser)


ADVICE_EVENTS: tuple[type[RfpEvent], ...] = (AdviceRequested, AdviceGiven)
