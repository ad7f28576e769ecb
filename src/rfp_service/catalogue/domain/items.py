"""A catalogue item, and a search of the catalogue with what it showed."""

from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


@dataclass(frozen=True)
class CatalogueItem:
    """Something that a service can have without an RFP; the price in pence, without VAT."""

    kind: ClassVar[str] = "catalogue-item"

    name: str = ""
    description: str = ""
    category: str = ""
    price_pence: int = 0
    lead_time_days: int = 0
    service_areas: tuple[str, ...] = ()  # whose it is; everybody's where none is named
    available_from: date | None = None
    available_until: date | None = None
    approval_above_pence: int | None = None  # an order above it needs the tier of its value


ITEM_FIELDS = tuple(field.name for field in fields(CatalogueItem))


@dataclass(frozen=True)
class CatalogueCheck:
    """One search of the catalogue."""

    kind: ClassVar[str] = "catalogue-check"

    query: str = ""
    service_area: str = ""
    made_by: str = ""
    catalogue_position: int = 0
    shown: tuple[UUID, ...] = ()


class CatalogueItemAdded(Event[CatalogueItem]):
    """Something is available from the catalogue."""

    kind: ClassVar[str] = "catalogue-item"
    body_of_work: ClassVar[str] = "rfps"

    name: str
    description: str
    category: str
    price_pence: int
    lead_time_days: int
    service_areas: tuple[str, ...] = ()
    available_from: date | None = None
    approval_above_pence: int | None = None

    def apply(self, item: CatalogueItem) -> CatalogueItem:
        return CatalogueItem(
            self.name,
            self.description,
            self.category,
            self.price_pence,
            self.lead_time_days,
            self.service_areas,
            self.available_from,
            approval_above_pence=self.approval_above_pence,
        )


class CatalogueItemRevised(Event[CatalogueItem]):
    """What is available, or its price, changed; fields that were not given keep their values."""

    kind: ClassVar[str] = "catalogue-item"
    body_of_work: ClassVar[str] = "rfps"

    name: str | None = None
    description: str | None = None
    category: str | None = None
    price_pence: int | None = None
    lead_time_days: int | None = None
    service_areas: tuple[str, ...] | None = None
    available_from: date | None = None
    approval_above_pence: int | None = None
    reason: str

    def apply(self, item: CatalogueItem) -> CatalogueItem:
        """Return the item with the given fields replaced."""
        given = {name: value for name in ITEM_FIELDS if (value := getattr(self, name, None)) is not None}
        return replace(item, **given)


class CatalogueItemRetired(Event[CatalogueItem]):
    """Something is no longer available after a day."""

    kind: ClassVar[str] = "catalogue-item"
    body_of_work: ClassVar[str] = "rfps"

    available_until: date
    reason: str

    def apply(self, item: CatalogueItem) -> CatalogueItem:
        """Return the item with its last day."""
        return replace(item, available_until=self.available_until)


class CatalogueSearched(Event[CatalogueCheck]):
    """Somebody looked for something; what the catalogue showed is evidence."""

    kind: ClassVar[str] = "catalogue-check"
    body_of_work: ClassVar[str] = "rfps"

    query: str
    made_by: str
    catalogue_position: int
    shown: tuple[UUID, ...]
    service_area: str = ""

    def apply(self, check: CatalogueCheck) -> CatalogueCheck:
        return CatalogueCheck(
            self.query, self.service_area, self.made_by, self.catalogue_position, self.shown
        )


class AlreadyRetired(Refused):
    """This catalogue item has been retired."""


class NothingRevised(Refused):
    """Say what is to be revised."""


EVENTS = (CatalogueItemAdded, CatalogueItemRevised, CatalogueItemRetired, CatalogueSearched)
