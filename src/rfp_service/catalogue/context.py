"""What the catalogue offers the roof."""

from rfp_service.catalogue.api.items import router as items
from rfp_service.catalogue.api.orders import router as orders
from rfp_service.catalogue.api.synonyms import router as synonyms
from rfp_service.catalogue.api.versions import router as versions
from rfp_service.catalogue.views.items import CATALOGUE_ITEMS
from rfp_service.catalogue.views.orders import ORDER_STEPS, ORDERS
from shared.web.context import Context

CATALOGUE = Context(views=(CATALOGUE_ITEMS, ORDERS, ORDER_STEPS), routers=(items, versions, synonyms, orders))
