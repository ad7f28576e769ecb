"""What batches offer the roof."""

from shared.bulk.batches import EVENTS
from shared.context import Context

BULK = Context(events=EVENTS)
