"""What can have happened to an RFP in flight: the supplier told how it stood, the council took it over."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from pydantic import Field

from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.in_flight import ToldInFlight, standing_as_told
from rfp_service.rfps.domain.rfp import Need, Rfp, TakenOver
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.calendar import LONDON, day_in_london, end_of
from shared.kernel.errors import Refused
from shared.kernel.states import replace

IN_FLIGHT = UUID("1f117e00-0000-4000-8000-000000000001")
MOMENT = timedelta(microseconds=1)
TOOK_OVER = "took it over"  # the part of whoever did: they approve nothing of it


# What is kept of a row as it was told, beside its need.
AS_TOLD = (
    "reference",
    "source",
    "stage",
    "since",
    "documents",
    "notice_on",
    "supplier",
    "supplier_number",
    "award_value_pence",
)


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
    supplier: str = ""  # to whom it is to be awarded, or was
    supplier_number: str = ""
    award_value_pence: int | None = None
    notice_on: date | None = None  # of its key decision
    clock: int = 0
    ends_at: datetime | None = None  # of the clock that runs, or did while bids were asked for
    told_ends_on: date | None = None  # events from before these were kept lack them
    told_ends_at: str = ""
    tiers: tuple[str, ...] = ()  # of its value, once anybody is to approve it
    elected_posts: tuple[str, ...] = ()  # among them
    to_confirm: str = ""  # the tier that must see what was awarded elsewhere before it goes on here
    taken_over_by: str = ""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP as a live case of its requester; the parts of one that was taken off are kept."""
        blank = replace(Rfp(), parts=rfp.parts) if rfp.taken_over.taken_off else rfp
        taken = replace(
            RfpEvent.apply(self, blank),
            need=self._need(),
            raised_by=self.raised_by,
            lead=self.lead,
            regime=self.regime,
            route=self.route,
            lots=1 if self.route else 0,
            elected_posts=self.elected_posts,
            taken_over=self._told(),
        )
        told = ToldInFlight(**{name: getattr(self, name) for name in ToldInFlight._fields})
        taken = standing_as_told(taken, told).with_part("requester", self.raised_by)
        for part, person in (("lead", self.lead), (TOOK_OVER, self.taken_over_by)):
            taken = taken.with_part(part, person) if person else taken
        return taken

    def _need(self) -> Need:
        return Need(
            self.title,
            self.description,
            self.service_area,
            self.cost_centre,
            self.needed_by,
            self.estimate_pence,
            self.estimate_with_vat_pence,
        )

    def _told(self) -> TakenOver:
        said: dict[str, Any] = {name: getattr(self, name) for name in (*AS_TOLD, "to_confirm")}
        ends: dict[str, Any] = {"ends_on": self.told_ends_on, "ends_at": self.told_ends_at}
        if self.told_ends_on is None and self.ends_at is not None and self.stage is not Stage.KEY_DECISION:
            ends = _day_and_time(self.ends_at)
        return TakenOver(party=self.waiting_on, unread=tuple(self.unread.items()), **said, **ends)


def _day_and_time(ends_at: datetime) -> dict[str, Any]:
    """Return a moment as a register tells it: a day, and a time where that is not the day's end."""
    day = day_in_london(ends_at - MOMENT)
    if end_of(day) == ends_at:
        return {"ends_on": day, "ends_at": ""}
    return {"ends_on": day_in_london(ends_at), "ends_at": f"{ends_at.astimezone(LONDON):%H:%M}"}


class TakeoverConfirmed(Aside):
    """The tier of its value saw what was awarded before it came: it goes on here."""

    tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP whose award holds here as well."""
        return Aside.apply(self, rfp).confirmed().with_deciders(self.decided_by, self.acting_for)


class TakenOverTooFar(Refused):
    """An RFP can be taken over only at a stage that its route passes through."""


class TakenOverIncomplete(Refused):
    """The row lacks something that an RFP at its stage needs."""


class GoesOnHere(Refused):
    """It was taken over and is decided on here: the register can't move it."""


class WaitedAhead(Refused):
    """It can't have waited since a future day."""


class ClockIsOver(Refused):
    """The period that runs in this stage is over: name the stage that followed it."""


class BidsStillAskedFor(Refused):
    """The time for bids is not over yet: the RFP is still open."""


class NothingAwardedYet(Refused):
    """Nothing is awarded at this stage: leave the supplier out, or name the stage it has reached."""


class TakeoverUnconfirmed(Refused):
    """An award made before the takeover must first be confirmed by an approver of its value's tier."""


class NothingToConfirm(Refused):
    """This RFP has no award from elsewhere that is still to be confirmed."""


TAKEOVER_EVENTS: tuple[type[RfpEvent], ...] = (RfpWaitTold, RfpTakenOver, TakeoverConfirmed)
