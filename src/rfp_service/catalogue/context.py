"""What the catalogue offers the roof."""

from rfp_service.catalogue.api import router
from rfp_service.catalogue.views import CATALOGUE_ITEMS
from shared.web.context import Context

CATALOGUE = Context(views=(CATALOGUE_ITEMS,), routers=(router,))
