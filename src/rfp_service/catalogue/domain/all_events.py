"""Everything that can happen in the catalogue, in one list."""

from typing import Any

from rfp_service.catalogue.domain.items import EVENTS as ITEM_EVENTS
from rfp_service.catalogue.domain.orders import ORDER_EVENTS
from rfp_service.catalogue.domain.synonyms import SYNONYM_EVENTS
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (*ITEM_EVENTS, *SYNONYM_EVENTS, *ORDER_EVENTS)
