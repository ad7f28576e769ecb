"""What the catalogue offers the roof."""

from rfp_service.catalogue.api.fact_finders import FACTS
from rfp_service.catalogue.api.waiting_things import ORDERS_WAITING
from rfp_service.catalogue.deadlines import DEADLINES
from rfp_service.catalogue.domain.orders import Order
from rfp_service.catalogue.reactions import (
    SET_ORDER_CLOCKS,
    TELL_OF_ORDERS,
    amount_of_order,
    order_waits,
    people_of_order,
)
from rfp_service.catalogue.views.items import CATALOGUE_ITEMS
from rfp_service.catalogue.views.orders import ORDER_STEPS, ORDERS
from shared.web.context import Context, NotificationSubject

CATALOGUE = Context(
    waiting=(ORDERS_WAITING,),
    facts=FACTS,
    views=(CATALOGUE_ITEMS, ORDERS, ORDER_STEPS),
    reactions=(SET_ORDER_CLOCKS, TELL_OF_ORDERS),
    deadlines=DEADLINES,
    subjects=(
        NotificationSubject(
            Order.kind,
            "/v1/catalogue-orders",
            Order(),
            lambda order: order.service_area,
            lambda order: order.raised_by,
            lambda order: order.barred,
            people_of_order,
            order_waits,
            amount=amount_of_order,
        ),
    ),
    routes=(
        "rfp_service.catalogue.api.items:router",
        "rfp_service.catalogue.api.versions:router",
        "rfp_service.catalogue.api.synonyms:router",
        "rfp_service.catalogue.api.orders:router",
    ),
    tags={"catalogue": "What is available without an RFP."},
    seen_with={
        "catalogue-check": "read-catalogue",
        "catalogue-item": "read-catalogue",
        "catalogue-order": "read-catalogue",
        "catalogue-synonyms": "read-catalogue",
    },
)
