"""Since when an endpoint's failures count: it begins anew once somebody has it sent to again."""

from datetime import datetime
from uuid import UUID

from shared.governance.notifications.claims import PERSONAL, Claimed
from shared.governance.notifications.domain import EndpointResumed
from shared.record.eventstore.reader import Reader


async def resumed_at(reader: Reader, claimed: Claimed) -> datetime | None:
    """Return when the endpoint of a delivery was last resumed; nothing for people, and if it never was."""
    if claimed.target_kind in PERSONAL:
        return None
    said = await reader.stream(UUID(claimed.target))
    return max((one.recorded_at for one in said if isinstance(one.event, EndpointResumed)), default=None)
