"""Work on one parcel: whatever goes wrong with it holds up no other."""

from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import structlog

from shared.governance.notifications.claims import Claimed
from shared.governance.notifications.outside import CourierAway
from shared.record.database import AWAY, being_cancelled

LEASED = (
    "UPDATE deliveries SET leased_until = clock_timestamp() + $2 * interval '1 second' WHERE id = ANY ($1)"
)

log = structlog.get_logger(__name__)


async def alone(parcel: Sequence[Claimed], work: Callable[[], Awaitable[None]]) -> bool:
    """Do the work on a parcel, and say whether it was done; its lease lets it be tried again."""
    try:
        await work()
    except CourierAway:
        log.warning("courier ended with a delivery", delivery=parcel[0].id)
    except Exception as error:  # whatever it was, it is this delivery's alone
        if being_cancelled():
            raise
        if isinstance(error, (*AWAY, asyncpg.PostgresError)):
            log.warning("delivery waits for the database", error=type(error).__name__)
        else:
            log.exception("delivery failed", delivery=parcel[0].id)
    else:
        return True
    return False


async def put_off(pool: asyncpg.Pool, parcel: Sequence[Claimed], lease_seconds: float) -> None:
    """Keep what was answered and could not be judged from being sent again before it is judged."""
    await pool.execute(LEASED, [each.id for each in parcel], lease_seconds)
