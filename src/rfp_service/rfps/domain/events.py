"""What can have happened to an RFP. Names are for ever; each event says which stage it entered."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from rfp_service.rfps.domain.rfp import (
    NEED_FIELDS,
    Approval,
    Check,
    Need,
    Party,
    Regime,
    Rfp,
    Route,
    Stage,
)
from shared.messages import Event
from shared.states import replace


class RfpEvent(Event[Rfp]):
    """Something that happened to an RFP: the stage it entered or stayed in, and whom it waits on now."""

    kind: ClassVar[str] = "rfp"

    stage: Stage
    waiting_on: Party

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP in the stage that this event says; a hold ends with the stage it was in."""
        return replace(rfp, stage=self.stage, waiting_on=self.waiting_on, on_hold=False)


class RfpRaised(RfpEvent):
    """A service asks for something."""

    title: str
    description: str
    service_area: str
    raised_by: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return a draft that belongs to whoever raised it."""
        need = Need(self.title, self.description, self.service_area)
        return replace(RfpEvent.apply(self, rfp), raised_by=self.raised_by, need=need)


class RfpAmended(RfpEvent):
    """The need was put differently; fields that were not given keep their values."""

    title: str | None = None
    description: str | None = None
    service_area: str | None = None
    cost_centre: str | None = None
    needed_by: date | None = None
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None
    reason: str = ""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the given fields replaced."""
        given = {name: value for name in NEED_FIELDS if (value := getattr(self, name)) is not None}
        return replace(RfpEvent.apply(self, rfp), need=replace(rfp.need, **given))


class CatalogueChecked(RfpEvent):
    """The requester looked into the catalogue; what it showed is kept as evidence."""

    check_id: UUID
    query: str
    catalogue_position: int
    shown: tuple[UUID, ...]

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with this check, not answered yet."""
        return replace(RfpEvent.apply(self, rfp), check=Check(self.check_id, self.shown))


class CatalogueMatchDeclined(RfpEvent):
    """The catalogue showed something, and it does not do."""

    reason_code: str
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its check answered."""
        return replace(RfpEvent.apply(self, rfp), check=replace(rfp.check, answered=True))


class NoCatalogueMatch(RfpEvent):
    """The catalogue had nothing to show."""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its check answered."""
        return replace(RfpEvent.apply(self, rfp), check=replace(rfp.check, answered=True))


class DemandDiverted(RfpEvent):
    """The catalogue meets the need: no RFP is necessary."""

    item_id: UUID


class DiversionFailed(RfpEvent):
    """What the catalogue offered did not meet the need after all."""

    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP as a draft that must look into the catalogue again."""
        return replace(RfpEvent.apply(self, rfp), check=Check())


class RfpSubmitted(RfpEvent):
    """The requester hands the RFP to procurement."""


class RfpAccepted(RfpEvent):
    """Procurement takes the RFP on."""


class RfpReturnedForRework(RfpEvent):
    """Somebody needs more before they can go on."""

    reason_code: str
    reason: str
    loop: int

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more loop counted; an open approval is over."""
        return replace(RfpEvent.apply(self, rfp), rework_loops=self.loop, approval=Approval())


class RfpRejected(RfpEvent):
    """Procurement will not take the RFP on."""

    reason: str


class RouteSelected(RfpEvent):
    """Procurement fixed the path that the RFP takes, and who leads it."""

    regime: Regime
    route: Route
    lots: int
    lead: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP on its path."""
        return replace(
            RfpEvent.apply(self, rfp),
            regime=self.regime, route=self.route, lots=self.lots, lead=self.lead,
        )  # fmt: skip


class ApprovalRequested(RfpEvent):
    """The requester asks for approval of a value; the scheme named the tiers."""

    budget_code: str
    options_considered: str
    conflicts: str
    value_pence: int
    tiers: tuple[str, ...]
    scheme_version: int

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with an approval that waits for its first tier."""
        approval = Approval(self.value_pence, self.tiers)
        return replace(RfpEvent.apply(self, rfp), budget_code=self.budget_code, approval=approval)


class ApprovalGranted(RfpEvent):
    """One tier approved; the last one opens the path."""

    tier: str
    next_tier: str
    reason: str
    scheme_version: int

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more tier granted."""
        approval = replace(rfp.approval, granted=rfp.approval.granted + 1)
        return replace(RfpEvent.apply(self, rfp), approval=approval)


class ApprovalRefused(RfpEvent):
    """A tier refused; the RFP ends."""

    tier: str
    reason: str
    scheme_version: int


class RfpWithdrawn(RfpEvent):
    """The requester no longer asks."""

    reason: str


class RfpHoldStarted(RfpEvent):
    """The RFP waits on somebody else for a time."""

    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP on hold, in the stage it was in."""
        return replace(rfp, stage=self.stage, waiting_on=self.waiting_on, on_hold=True)


class RfpHoldEnded(RfpEvent):
    """The wait for somebody else is over."""


EVENTS: tuple[type[RfpEvent], ...] = (
    RfpRaised,
    RfpAmended,
    CatalogueChecked,
    CatalogueMatchDeclined,
    NoCatalogueMatch,
    DemandDiverted,
    DiversionFailed,
    RfpSubmitted,
    RfpAccepted,
    RfpReturnedForRework,
    RfpRejected,
    RouteSelected,
    ApprovalRequested,
    ApprovalGranted,
    ApprovalRefused,
    RfpWithdrawn,
    RfpHoldStarted,
    RfpHoldEnded,
)
