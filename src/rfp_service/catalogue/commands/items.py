"""Adding to the catalogue, retiring from it, and looking into it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter
from typing_extensions import TypeAliasType

from rfp_service.catalogue.domain.items import (
    AlreadyRetired,
    CatalogueCheck,
    CatalogueItem,
    CatalogueItemAdded,
    CatalogueItemRetired,
    CatalogueItemRevised,
    CatalogueSearched,
    NothingRevised,
)
from shared.kernel.fields import WHOLE, Day, LongText, Pence, Reason, ShortText
from shared.kernel.messages import Command, Stamp

LEAD_TIME_DAYS_LIMIT = 730
SERVICE_AREAS_LIMIT = 50

LeadTime = Annotated[int, Field(ge=0, le=LEAD_TIME_DAYS_LIMIT), WHOLE]
ServiceAreas = Annotated[list[ShortText], Field(max_length=SERVICE_AREAS_LIMIT)]

_IDS = TypeAdapter(tuple[UUID, ...])


class AddCatalogueItem(Command[CatalogueItem]):
    """Add something that services can have without an RFP."""

    name: ShortText = Field(examples=["Standard laptop"])
    description: LongText = Field(examples=["14-inch laptop with dock, delivered to a council office."])
    category: ShortText = Field(examples=["Devices"])
    price_pence: Pence = Field(description="Without VAT.", examples=[74_900])
    lead_time_days: LeadTime = Field(examples=[10])
    service_areas: ServiceAreas = Field([], description="Whose it is; everybody's where none is named.")
    available_from: Day | None = Field(None, description="From today on where it is left out.")
    approval_above_pence: Pence | None = Field(
        None, description="An order above it needs the tier of its value; none does where it is left out."
    )

    def decide(self, item: CatalogueItem, stamp: Stamp) -> CatalogueItemAdded:
        """Add it."""
        return CatalogueItemAdded(**self.model_dump())


class ReviseCatalogueItem(Command[CatalogueItem]):
    """Say what has changed about an item; leave out what stays as it is. Earlier versions are kept."""

    decision: Literal["revise"] = "revise"
    name: ShortText | None = None
    description: LongText | None = None
    category: ShortText | None = None
    price_pence: Pence | None = Field(None, description="Without VAT.")
    lead_time_days: LeadTime | None = None
    service_areas: ServiceAreas | None = None
    available_from: Day | None = None
    approval_above_pence: Pence | None = None
    reason: Reason

    @classmethod
    def guard(cls, item: CatalogueItem, stamp: Stamp) -> None:
        if item.available_until is not None:
            raise AlreadyRetired(available_until=item.available_until)

    def decide(self, item: CatalogueItem, stamp: Stamp) -> CatalogueItemRevised:
        """Revise an item that has not been retired."""
        given = self.model_dump(exclude={"decision", "reason"}, exclude_none=True)
        if not given:
            raise NothingRevised
        return CatalogueItemRevised(**given, reason=self.reason)


class RetireCatalogueItem(Command[CatalogueItem]):
    """Say until when an item is available."""

    decision: Literal["retire"] = "retire"
    available_until: Day
    reason: Reason

    @classmethod
    def guard(cls, item: CatalogueItem, stamp: Stamp) -> None:
        if item.available_until is not None:
            raise AlreadyRetired(available_until=item.available_until)

    def decide(self, item: CatalogueItem, stamp: Stamp) -> CatalogueItemRetired:
        """Retire it once."""
        return CatalogueItemRetired(available_until=self.available_until, reason=self.reason)


class SearchCatalogue(Command[CatalogueCheck]):
    """Search the catalogue for something that would meet the need; what is shown is kept with the check."""

    query: ShortText = Field(examples=["laptop for registrars"])
    service_area: ShortText | None = Field(
        None, description="For whom: what belongs to other services is left out."
    )

    def decide(self, check: CatalogueCheck, stamp: Stamp) -> CatalogueSearched:
        """Keep what the catalogue showed, which arrives as a fact."""
        found = stamp.known.facts["catalogue"]
        assert isinstance(found, dict)
        return CatalogueSearched(
            query=self.query,
            service_area=self.service_area or "",
            made_by=stamp.by,
            catalogue_position=int(str(found["position"])),
            shown=_IDS.validate_python(found["shown"]),
        )


# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
CatalogueDecision = TypeAliasType(
    "CatalogueDecision", Annotated[ReviseCatalogueItem | RetireCatalogueItem, Field(discriminator="decision")]
)
