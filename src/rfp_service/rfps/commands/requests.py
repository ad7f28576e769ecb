"""The requester's decisions up to submission: raise, amend, search the catalogue, submit."""

from typing import Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from rfp_service.rfps.commands.failed_orders import must_be_their_failed_order
from rfp_service.rfps.commands.rules import (
    entering,
    must_be_a_listed_area,
    must_be_in,
    must_be_requester,
    staying,
)
from rfp_service.rfps.domain.events import (
    CatalogueChecked,
    CatalogueMatchDeclined,
    DemandDiverted,
    DiversionFailed,
    NoCatalogueMatch,
    RfpRaised,
    RfpSubmitted,
)
from rfp_service.rfps.domain.reasons import DeclineReason
from rfp_service.rfps.domain.refusals import (
    CheckFirst,
    Incomplete,
    NoSuchCheck,
    NothingShown,
    NotShown,
    SomethingShown,
)
from rfp_service.rfps.domain.rfp import NEED_FIELDS, Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.fields import LongText, Reason, ShortText
from shared.kernel.messages import Command, Stamp

_IDS = TypeAdapter(tuple[UUID, ...])


class RaiseRfp(Command[Rfp]):
    """Raise an RFP: say what your service needs."""

    title: ShortText = Field(examples=["Laptops for the registrars"])
    description: LongText = Field(examples=["Forty laptops that run the registration software."])
    service_area: ShortText = Field(examples=["Registrars"])
    near_duplicate_of: UUID | None = Field(
        None, description="An RFP that asks for nearly the same: both count once as demand."
    )

    order_id: UUID | None = Field(
        None, description="An order of yours from the catalogue, for no RFP, that failed or was refused."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.ABSENT)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpRaised:
        """Open a draft that belongs to whoever asks."""
        must_be_a_listed_area(stamp)
        if self.order_id is not None:
            must_be_their_failed_order(self.order_id, stamp)
        return RfpRaised(
            title=self.title,
            description=self.description,
            service_area=self.service_area,
            raised_by=stamp.by,
            near_duplicate_of=self.near_duplicate_of,
            order_id=self.order_id,
            same_need=_IDS.validate_python(stamp.known.facts.get("same_need", [])),
            **entering(Stage.DRAFT),
        )


class CheckCatalogue(Command[Rfp]):
    """Hand in a search of the catalogue, made at `/v1/catalogue-checks`."""

    decision: Literal["check-catalogue"] = "check-catalogue"
    check_id: UUID

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.DRAFT, Stage.CATALOGUE_CHECK)
        must_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> CatalogueChecked:
        """Keep what the check showed; it must be the requester's own."""
        check = stamp.known.facts.get("catalogue_check")
        if not isinstance(check, dict) or not stamp.is_from(str(check["made_by"])):
            raise NoSuchCheck(check_id=str(self.check_id))
        return CatalogueChecked(
            check_id=self.check_id,
            query=str(check["query"]),
            catalogue_position=_number(check["position"]),
            shown=_IDS.validate_python(check["shown"]),
            **entering(Stage.CATALOGUE_CHECK),
        )


class DivertDemand(Command[Rfp]):
    """Take an item that the catalogue check showed: no RFP is necessary."""

    decision: Literal["divert"] = "divert"
    item_id: UUID

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CATALOGUE_CHECK)
        must_be_requester(rfp, stamp)
        if not rfp.check.shown:
            raise NotShown

    def decide(self, rfp: Rfp, stamp: Stamp) -> DemandDiverted:
        """End the RFP with an item of its own check."""
        if self.item_id not in rfp.check.shown:
            raise NotShown(item_id=str(self.item_id))
        return DemandDiverted(item_id=self.item_id, **entering(Stage.DIVERTED))


class ReportDiversionFailed(Command[Rfp]):
    """Say that the catalogue item did not meet the need after all; the RFP is a draft again."""

    decision: Literal["report-diversion-failed"] = "report-diversion-failed"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.DIVERTED)
        must_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> DiversionFailed:
        """Reopen the draft under the same id."""
        return DiversionFailed(reason=self.reason, **entering(Stage.DRAFT))


class DeclineMatch(Command[Rfp]):
    """Say why nothing that the catalogue showed will do."""

    decision: Literal["decline-match"] = "decline-match"
    reason_code: DeclineReason = Field(examples=["not_for_our_software"])
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CATALOGUE_CHECK)
        must_be_requester(rfp, stamp)
        if not rfp.check.shown:
            raise NothingShown

    def decide(self, rfp: Rfp, stamp: Stamp) -> CatalogueMatchDeclined:
        """Answer a check that showed something."""
        return CatalogueMatchDeclined(reason_code=self.reason_code.value, reason=self.reason, **staying(rfp))


class ConfirmNoMatch(Command[Rfp]):
    """Confirm that the catalogue had nothing to show."""

    decision: Literal["confirm-no-match"] = "confirm-no-match"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CATALOGUE_CHECK)
        must_be_requester(rfp, stamp)
        if rfp.check.shown:
            raise SomethingShown(shown=[str(item) for item in rfp.check.shown])

    def decide(self, rfp: Rfp, stamp: Stamp) -> NoCatalogueMatch:
        """Answer a check that showed nothing."""
        return NoCatalogueMatch(**staying(rfp))


class SubmitRfp(Command[Rfp]):
    """Hand the RFP to procurement."""

    decision: Literal["submit"] = "submit"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.CATALOGUE_CHECK)
        must_be_requester(rfp, stamp)
        if not rfp.check.answered:
            raise CheckFirst(check_id=str(rfp.check.id))
        if missing := [name for name in NEED_FIELDS if getattr(rfp.need, name) in (None, "")]:
            raise Incomplete(missing=missing)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpSubmitted:
        """Submit a complete need whose catalogue check is answered."""
        return RfpSubmitted(**entering(Stage.SUBMITTED))


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
