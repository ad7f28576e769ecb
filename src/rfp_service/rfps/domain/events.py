"""What can have happened to an RFP. Names are for ever; each event says which stage it entered."""

from dataclasses import fields
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from rfp_service.rfps.domain.approval import Approval, Waiver
from rfp_service.rfps.domain.rfp import Check, Hold, Need, Rfp, Split
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import Award
from shared.kernel.messages import Event
from shared.kernel.rules import ContractKind
from shared.kernel.states import fields_of, replace, state_of

NEED_FIELDS = frozenset(field.name for field in fields(Need))
RFP_FIELDS = frozenset(field.name for field in fields(Rfp))


class RfpEvent(Event[Rfp]):
    """Something that happened to an RFP: the stage it entered or stayed in, and whom it waits on now."""

    kind: ClassVar[str] = "rfp"
    body_of_work: ClassVar[str] = "rfps"
    in_flow: ClassVar[bool] = True

    stage: Stage
    waiting_on: Party

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP in the stage that this event says; a hold ends with the stage it was in."""
        same = self.stage is rfp.stage
        return replace(
            rfp,
            stage=self.stage,
            waiting_on=self.waiting_on,
            on_hold=False,
            rework_by=rfp.rework_by if same else Party.NOBODY,
            extra_days=rfp.extra_days if same else 0,
            advice_from=rfp.advice_from if same else "",
        )


class Aside(RfpEvent):
    """Something that happened beside the way: the stage and a hold stay as they are."""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP where it was, waiting on whoever's turn it is; on hold, on whom the hold names."""
        if self.waiting_on is rfp.waiting_on:
            return rfp
        return replace(rfp, waiting_on=self.waiting_on)


class RfpRaised(RfpEvent):
    """A service asks for something."""

    title: str
    description: str
    service_area: str
    raised_by: str
    copied_from: UUID | None = None
    near_duplicate_of: UUID | None = None
    same_need: tuple[UUID, ...] = ()  # open RFPs that asked for the same
    order_id: UUID | None = None  # of the catalogue, that had failed for the same need

    def apply(self, rfp: Rfp) -> Rfp:
        """Return a draft that belongs to whoever raised it."""
        need = Need(self.title, self.description, self.service_area)
        raised = replace(
            RfpEvent.apply(self, rfp),
            raised_by=self.raised_by,
            need=need,
            near_duplicate_of=self.near_duplicate_of,
            same_need=self.same_need,
            after_order=self.order_id,
        )
        return raised.with_part("requester", self.raised_by)


class RfpAmended(RfpEvent):
    """The need was put differently; fields that were not given keep their values."""

    title: str | None = None
    description: str | None = None
    service_area: str | None = None
    cost_centre: str | None = None
    needed_by: date | None = None
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None
    route: Route | None = None
    reason: str = ""
    regime: Regime | None = None
    contract_kind: ContractKind | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the given fields replaced; another route has no waiver yet."""
        said, of_rfp, of_need = self.__dict__, fields_of(rfp), fields_of(rfp.need)
        for name in self.__pydantic_fields_set__:
            if (value := said[name]) is not None:
                if name in NEED_FIELDS:
                    of_need[name] = value
                elif name in RFP_FIELDS:
                    of_rfp[name] = value
        of_rfp["on_hold"] = False
        if self.stage is not rfp.stage:
            of_rfp |= {"extra_days": 0, "rework_by": Party.NOBODY, "advice_from": ""}
        of_rfp["need"] = state_of(Need, of_need)
        if said["route"] is not None:
            of_rfp["waiver"] = Waiver()
        return state_of(Rfp, of_rfp)


class CatalogueChecked(RfpEvent):
    """The requester searched the catalogue; what it showed is kept as evidence."""

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
    order_id: UUID | None = None  # that failed, where this followed from it

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP as a draft that must search the catalogue again."""
        return replace(RfpEvent.apply(self, rfp), check=Check(), after_order=self.order_id)


class RfpSubmitted(RfpEvent):
    """The requester hands the RFP to procurement."""


class RfpAccepted(RfpEvent):
    """Procurement takes the RFP on."""


class RfpReturnedForRework(RfpEvent):
    """Somebody needs more before they can go on."""

    reason_code: str
    reason: str
    loop: int
    named: Party = Party.NOBODY  # who is to do it, where whoever sent it back said so
    asked_tier: str = ""  # that was asked to approve it, and is done

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with one more loop counted; the open approval, or recommendation, is over."""
        returned = replace(RfpEvent.apply(self, rfp), rework_loops=self.loop, rework_by=self.named)
        if rfp.stage is Stage.AWARD_APPROVAL:
            return replace(returned, award=replace(Award(), announced=rfp.award.announced))
        return replace(returned, approval=Approval())


class RfpRejected(RfpEvent):
    """Procurement will not take the RFP on."""

    reason: str


class RouteSelected(RfpEvent):
    """Procurement fixed the path that the RFP takes, and who leads it."""

    regime: Regime
    route: Route
    lots: int
    lead: str
    contract_kind: ContractKind | None = None
    threshold_pence: int | None = None  # of the regime, with VAT, where the scheme has one
    category: str = ""
    likely_supplier: str = ""
    split_with: tuple[UUID, ...] = ()  # others like it of twelve months, with which it passes
    split_passes: tuple[str, ...] = ()  # a tier, or the thresholds of regimes, which none of them does alone

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP on its path."""
        routed = replace(
            RfpEvent.apply(self, rfp),
            regime=self.regime,
            route=self.route,
            lots=self.lots,
            lead=self.lead,
            waiver=Waiver(),
            contract_kind=self.contract_kind,
            category=self.category,
            likely_supplier=self.likely_supplier,
            split=Split(self.split_with, self.split_passes),
        )
        return routed.with_part("lead", self.lead)


class RfpWithdrawn(RfpEvent):
    """The requester no longer asks."""

    reason: str
    asked_tier: str = ""  # that was asked to approve it, and need not


class RfpHoldStarted(RfpEvent):
    """The RFP waits on somebody else for a time."""

    reason: str
    reason_code: str = ""
    pauses_target: bool = False
    started_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP on hold, in the stage it was in."""
        hold = Hold(self.waiting_on, self.pauses_target, self.started_at)
        return replace(
            rfp,
            waiting_on=self.waiting_on,
            on_hold=True,
            before_hold=rfp.waiting_on,
            holds=(*rfp.holds, hold),
        )


class RfpHoldEnded(RfpEvent):
    """The wait for somebody else is over; for so many working days the stage's target was paused."""

    ended_at: datetime | None = None
    paused_working_days: int = 0

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the hold over, and its target so much later."""
        *before, last = rfp.holds or (Hold(),)
        return replace(
            RfpEvent.apply(self, rfp),
            holds=(*before, replace(last, ended_at=self.ended_at)),
            extra_days=rfp.extra_days + self.paused_working_days,
        )


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
    RfpWithdrawn,
    RfpHoldStarted,
    RfpHoldEnded,
)
