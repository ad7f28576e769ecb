"""RFPs that have been in their stage for longer than 85% of those before them: who can act on one is told.

Once for each stay in a stage. It follows from the record, so it is found by looking, and is no event.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import DECIDING, LIVE, PARTY, Party
from shared.flow.forecast_records import LiveLogAt
from shared.flow.stuck_cases import past_usual
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import MESSAGES
from shared.kernel.calendar import microseconds
from shared.record.projecting.views import STILL_VALID

REST_SECONDS = 300.0  # after a start, and between looks: there is no hurry
# A market, a supplier or a clock reads no notification.
ACTING = frozenset(
    {
        Party.REQUESTER,
        Party.PROCUREMENT,
        *DECIDING,
        Party.EVALUATORS,
        Party.LEGAL,
        Party.FINANCE,
        Party.SCRUTINY,
    }
)
STANDING = f"""
SELECT id, version, waiting_on, approval_waits_for FROM rfps
WHERE valid_to = {STILL_VALID} AND id = ANY ($1) AND stage = ANY ($2) AND NOT on_hold
"""
TELL = """
INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, tier, told_tier,
                           happened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (message_id) DO NOTHING
"""


class SlowCases:
    """Looks for RFPs that wait for unusually long, and has whoever can act told."""

    def __init__(self, pool: asyncpg.Pool, live: LiveLogAt) -> None:
        """Write to this database's outbox; `live` returns the log, its calendar, and its position.

        It returns nothing while its journals stand: nobody is told then.
        """
        self._pool = pool
        self._live = live
        self._not_before = time.monotonic() + REST_SECONDS

    async def look_when_due(self) -> int:
        """Look, where that is due; there is nothing left to do after it."""
        if time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + REST_SECONDS
            await self.look(datetime.now(UTC))
        return 0

    async def look(self, now: datetime) -> int:
        """Tell of every RFP that waits for unusually long, once; return how many there are."""
        if (live := await self._live()) is None:
            return 0
        log, working, position = live
        found = dict(await asyncio.to_thread(past_usual, log, microseconds(now), working))
        rows = await self._pool.fetch(STANDING, [UUID(case) for case in found], list(LIVE))
        slow = [row for row in rows if row["waiting_on"] in ACTING]
        told = [_told(dict(row), found[str(row["id"])], position, now) for row in slow]
        await self._pool.executemany(TELL, told)
        return len(told)


def _told(row: Mapping[str, Any], entered: int, position: int, now: datetime) -> tuple[object, ...]:
    """Return what is told of an RFP: to the tier that it waits for, or to a party."""
    of_a_tier = row["waiting_on"] in DECIDING
    kind = NotificationType.CASE_SLOW
    return (
        uuid5(MESSAGES, f"{kind.value} {row['id']} {entered}"),
        position,
        kind.value,
        Rfp.kind,
        row["id"],
        row["version"],
        (row["approval_waits_for"] or "") if of_a_tier else "",
        "" if of_a_tier else f"{PARTY}{row['waiting_on']}",
        now,
    )
