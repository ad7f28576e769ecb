"""What the catalogue offers the roof."""

from rfp_service.catalogue.api.fact_finders import FACTS
from rfp_service.catalogue.api.waiting_things import ORDERS_WAITING
from rfp_service.catalogue.views.items import CATALOGUE_ITEMS
from rfp_service.catalogue.views.orders import ORDER_STEPS, ORDERS
from shared.web.context import Context

CATALOGUE = Context(
    waiting=(ORDERS_WAITING,),
    facts=FACTS,
    views=(CATALOGUE_ITEMS, ORDERS, ORDER_STEPS),
    routes=(
        "rfp_service.catalogue.api.items:router",
        "rfp_service.catalogue.api.versions:router",
        "rfp_service.catalogue.api.synonyms:router",
        "rfp_service.catalogue.api.orders:router",
    ),
    tags={"catalogue": "What can be had without an RFP."},
    seen_with={
        "catalogue-check": "read-catalogue",
        "catalogue-item": "read-catalogue",
        "catalogue-order": "read-catalogue",
        "catalogue-synonyms": "read-catalogue",
    },
)
