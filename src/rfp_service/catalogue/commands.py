"""Adding to the catalogue, retiring from it, and looking into it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from rfp_service.catalogue.domain import (
    AlreadyRetired,
    CatalogueCheck,
    CatalogueItem,
    CatalogueItemAdded,
    CatalogueItemRetired,
    CatalogueSearched,
)
from shared.fields import WHOLE, Day, LongText, Pence, Reason, ShortText
from shared.messages import Command, Stamp

LEAD_TIME_DAYS_LIMIT = 730

_IDS = TypeAdapter(tuple[UUID, ...])


class AddCatalogueItem(Command[CatalogueItem]):
    """Add something that services can have without an RFP."""

    name: ShortText = Field(examples=["Standard laptop"])
    description: LongText = Field(
        examples=["14-inch laptop with dock, delivered to a council office."]
    )
    category: ShortText = Field(examples=["Devices"])
    price_pence: Pence = Field(description="Without VAT.", examples=[74_900])
    lead_time_days: Annotated[int, Field(ge=0, le=LEAD_TIME_DAYS_LIMIT), WHOLE] = Field(
        examples=[10]
    )

    def decide(self, item: CatalogueItem, stamp: Stamp) -> CatalogueItemAdded:
        """Add it."""
        return CatalogueItemAdded(**self.model_dump())


class RetireCatalogueItem(Command[CatalogueItem]):
    """Say until when an item can be had."""

    decision: Literal["retire"] = "retire"
    available_until: Day
    reason: Reason

    def decide(self, item: CatalogueItem, stamp: Stamp) -> CatalogueItemRetired:
        """Retire it once."""
        if item.available_until is not None:
            raise AlreadyRetired(available_until=item.available_until)
        return CatalogueItemRetired(available_until=self.available_until, reason=self.reason)


class SearchCatalogue(Command[CatalogueCheck]):
    """Look for something that would meet the need; what is shown is kept with the check."""

    query: ShortText = Field(examples=["laptop for registrars"])

    def decide(self, check: CatalogueCheck, stamp: Stamp) -> CatalogueSearched:
        """Keep what the catalogue showed, which arrives as a fact."""
        found = stamp.known.facts["catalogue"]
        assert isinstance(found, dict)
        return CatalogueSearched(
            query=self.query,
            made_by=stamp.by,
            catalogue_position=int(str(found["position"])),
            shown=_IDS.validate_python(found["shown"]),
        )
