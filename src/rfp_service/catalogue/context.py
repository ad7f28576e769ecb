"""What the catalogue offers the roof."""

from rfp_service.catalogue.api.items import router as items
from rfp_service.catalogue.api.synonyms import router as synonyms
from rfp_service.catalogue.api.versions import router as versions
from rfp_service.catalogue.views.items import CATALOGUE_ITEMS
from shared.web.context import Context

CATALOGUE = Context(views=(CATALOGUE_ITEMS,), routers=(items, versions, synonyms))
