"""A catalogue item, and a look into the catalogue with what it showed."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.errors import Refused
from shared.messages import Event
from shared.states import replace


@dataclass(frozen=True)
class CatalogueItem:
    """Something that a service can have without an RFP; the price in pence, without VAT."""

    kind: ClassVar[str] = "catalogue-item"

    name: str = ""
    description: str = ""
    category: str = ""
    price_pence: int = 0
    lead_time_days: int = 0
    available_until: date | None = None


@dataclass(frozen=True)
class CatalogueCheck:
    """One look into the catalogue."""

    kind: ClassVar[str] = "catalogue-check"

    query: str = ""
    made_by: str = ""
    catalogue_position: int = 0
    shown: tuple[UUID, ...] = ()


class CatalogueItemAdded(Event[CatalogueItem]):
    """Something can be had from the catalogue."""

    kind: ClassVar[str] = "catalogue-item"

    name: str
    description: str
    category: str
    price_pence: int
    lead_time_days: int

    def apply(self, item: CatalogueItem) -> CatalogueItem:
        """Return the item."""
        return CatalogueItem(
            self.name, self.description, self.category, self.price_pence, self.lead_time_days
        )


class CatalogueItemRetired(Event[CatalogueItem]):
    """Something can no longer be had after a day."""

    kind: ClassVar[str] = "catalogue-item"

    available_until: date
    reason: str

    def apply(self, item: CatalogueItem) -> CatalogueItem:
        """Return the item with its last day."""
        return replace(item, available_until=self.available_until)


class CatalogueSearched(Event[CatalogueCheck]):
    """Somebody looked for something; what the catalogue showed is evidence."""

    kind: ClassVar[str] = "catalogue-check"

    query: str
    made_by: str
    catalogue_position: int
    shown: tuple[UUID, ...]

    def apply(self, check: CatalogueCheck) -> CatalogueCheck:
        """Return the check."""
        return CatalogueCheck(self.query, self.made_by, self.catalogue_position, self.shown)


class AlreadyRetired(Refused):
    """This catalogue item has been retired."""


EVENTS = (CatalogueItemAdded, CatalogueItemRetired, CatalogueSearched)
