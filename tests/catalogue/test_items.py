"""Items of the catalogue: added, revised, retired; and what a look into it keeps."""

from datetime import date
from uuid import UUID

from rfp_service.catalogue.commands.items import (
    AddCatalogueItem,
    RetireCatalogueItem,
    ReviseCatalogueItem,
    SearchCatalogue,
)
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
from tests.support.specs import given

ADDED = CatalogueItemAdded(
    name="Standard laptop",
    description="14-inch.",
    category="Devices",
    price_pence=74_900,
    lead_time_days=10,
    service_areas=("Registrars",),
    available_from=date(2026, 4, 1),
)
RETIRED = CatalogueItemRetired(available_until=date(2026, 12, 31), reason="Out of stock.")
REVISE = ReviseCatalogueItem(price_pence=69_900, service_areas=[], reason="Cheaper, for all.")
ITEM = UUID(int=7)


def test_an_item_says_whose_it_is_and_from_when() -> None:
    add = AddCatalogueItem(
        name="Standard laptop",
        description="14-inch.",
        category="Devices",
        price_pence=74_900,
        lead_time_days=10,
        service_areas=["Registrars"],
        available_from=date(2026, 4, 1),
    )
    given(CatalogueItem()).when(add).then(ADDED)


def test_a_revision_changes_what_it_names() -> None:
    given(CatalogueItem(), ADDED).when(REVISE).then(
        CatalogueItemRevised(price_pence=69_900, service_areas=(), reason="Cheaper, for all.")
    )
    given(CatalogueItem(), ADDED).when(REVISE).leads_to(
        price_pence=69_900, service_areas=(), name="Standard laptop", lead_time_days=10
    )


def test_a_revision_names_something() -> None:
    given(CatalogueItem(), ADDED).when(ReviseCatalogueItem(reason="Hm.")).refused(NothingRevised)


def test_what_is_retired_is_neither_revised_nor_retired_again() -> None:
    retire = RetireCatalogueItem(available_until=date(2026, 12, 31), reason="Out of stock.")
    given(CatalogueItem(), ADDED).when(retire).then(RETIRED)
    for command in (retire, REVISE):
        given(CatalogueItem(), ADDED, RETIRED).when(command).refused(AlreadyRetired)


def test_a_look_into_it_keeps_what_was_asked_and_shown_as_of_which_position() -> None:
    search = SearchCatalogue(query="laptop", service_area="Registrars")
    given(CatalogueCheck()).when(search, catalogue={"position": 7, "shown": [str(ITEM)]}).then(
        CatalogueSearched(
            query="laptop", service_area="Registrars", made_by="ann", catalogue_position=7, shown=(ITEM,)
        )
    )
