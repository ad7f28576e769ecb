"""What can have happened to an RFP in flight: the supplier told how it stood, the council took it over."""

from datetime import date, datetime
from uuid import UUID, uuid5

from pydantic import Field

from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Need, Rfp, TakenOver
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.errors import Refused
from shared.kernel.states import replace

IN_FLIGHT = UUID("1f117e00-0000-4000-8000-000000000001")
# Where the council can go on by its own rules: bids, awards and clocks of another are not its own.
GOES_ON_FROM = (Stage.DRAFT, Stage.SUBMITTED, Stage.TRIAGE, Stage.BUSINESS_CASE, Stage.READY_TO_ISSUE)
ROUTED = (Stage.BUSINESS_CASE, Stage.READY_TO_ISSUE)


def taken_over_id(reference: str) -> UUID:
    """Return the id of the RFP of a supplier's reference, however it is written."""
    return uuid5(IN_FLIGHT, " ".join(reference.split()).casefold())


class RfpWaitTold(RfpEvent):
    """Since when it had waited, as the supplier told: the council did not see that wait itself."""

    waited_since: datetime
    told_by: str


class RfpTakenOver(RfpEvent):
    """An RFP in flight came from the supplier: what it asks for, where it stands, and its papers."""

    reference: str
    source: str = ""
    title: str
    description: str = ""
    service_area: str
    raised_by: str
    lead: str = ""
    cost_centre: str = ""
    needed_by: date | None = None
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None
    regime: Regime | None = None
    route: Route | None = None
    since: date
    documents: str = ""
    unread: dict[str, str] = Field(default_factory=dict)

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP as a live case of its requester."""
        need = Need(
            self.title,
            self.description,
            self.service_area,
            self.cost_centre,
            self.needed_by,
            self.estimate_pence,
            self.estimate_with_vat_pence,
        )
        told = TakenOver(
            self.reference,
            self.source,
            self.stage,
            self.waiting_on,
            self.since,
            self.documents,
            tuple(self.unread.items()),
        )
        taken = replace(
            RfpEvent.apply(self, rfp),
            need=need,
            raised_by=self.raised_by,
            lead=self.lead,
            regime=self.regime,
            route=self.route,
            lots=1 if self.route else 0,
            taken_over=told,
        )
        taken = taken.with_part("requester", self.raised_by)
        return taken.with_part("lead", self.lead) if self.lead else taken


class TakenOverTooFar(Refused):
    """An RFP is taken over at a stage that the council can go on from by its own rules."""


class TakenOverIncomplete(Refused):
    """An RFP is taken over with its requester and area; once it is routed, with route, regime and lead."""


class GoesOnHere(Refused):
    """It was taken over, and goes on by decisions here: the register can't put it elsewhere."""


class WaitedAhead(Refused):
    """It has waited since a day that has come."""


TAKEOVER_EVENTS: tuple[type[RfpEvent], ...] = (RfpWaitTold, RfpTakenOver)
