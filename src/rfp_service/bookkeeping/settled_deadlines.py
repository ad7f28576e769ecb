"""Deadlines that were settled as moot: each case has moved on, so that its clock decides nothing any more.

Only clocks of RFPs that need to know nothing of other things are asked again, by what their case is now:
what they are for has a number of its own, which never comes back. Those of contracts go by rules known then.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from rfp_service.bookkeeping.difference import TableDifference
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rooms import DEADLINES
from shared.kernel.messages import Recorded
from shared.kernel.system_actors import CLOCK, stamp_of
from shared.record.database import Connection
from shared.record.deadlines.deadline import Deadline
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import unread

AT_A_TIME = 200
ASKED_AGAIN: Mapping[str, Deadline] = {
    each.kind: each for each in DEADLINES if each.find is None and isinstance(each.blank, Rfp)
}
MOOT = """
SELECT id, case_id, kind, version, due_at, settled_at FROM deadlines
WHERE settled_at IS NOT NULL AND outcome <> 'moved' AND outcome !~ '^(refused|failed)' AND kind = ANY ($1)
  AND id > $2 ORDER BY id LIMIT $3
"""


async def of_settled_deadlines(connection: Connection, reader: Reader) -> AsyncIterator[TableDifference]:
    """Yield the deadlines that are said to be moot, and are not."""
    last, head = 0, await reader.head()
    while rows := await connection.fetch(MOOT, list(ASKED_AGAIN), last, AT_A_TIME):
        last = rows[-1]["id"]
        cases: defaultdict[UUID, list[Recorded]] = defaultdict(list)
        wanted = sorted({UUID(str(row["case_id"])) for row in rows})
        for recorded in await reader.streams(wanted, head):
            cases[recorded.stream_id].append(recorded)
        for row in rows:
            if _still_waits(row, cases[UUID(str(row["case_id"]))]):
                name = f"The deadline {row['kind']} {row['version']} of {row['case_id']}"
                yield TableDifference(
                    "deadlines", f"{name} is settled as moot, and its case still waits for it"
                )


def _still_waits(row: asyncpg.Record, events: Sequence[Recorded]) -> bool:
    """Say whether the clock would still decide something on the case as it is."""
    deadline = ASKED_AGAIN[row["kind"]]
    if not events or type(events[0].event).kind != deadline.blank.kind or any(map(unread, events)):
        return False
    state: Any = deadline.blank
    for recorded in events:
        state = recorded.event.apply(state)
    at: datetime = row["settled_at"]
    command = deadline.command(number=row["version"], due_at=row["due_at"])
    return command.decide(state, stamp_of(CLOCK, at)) != ()
