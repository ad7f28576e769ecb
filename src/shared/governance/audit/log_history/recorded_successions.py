"""Which logs succeeded which, as the record says."""

from typing import NamedTuple

import asyncpg
import orjson

from shared.governance.audit.log_history.domain import HISTORY_ID, LogSucceeded
from shared.ledger.successions import Succession
from shared.record.database import Connection

SUCCESSIONS = (
    "SELECT notification_id, state FROM stored_events"
    " WHERE originator_id = $1 AND topic = $2 ORDER BY originator_version"
)


class RecordedSuccession(NamedTuple):
    """A succession, and the entry that says so."""

    position: int
    succession: Succession


async def successions(connection: Connection | asyncpg.Pool) -> list[RecordedSuccession]:
    """Return every succession on the record, in order."""
    rows = await connection.fetch(SUCCESSIONS, HISTORY_ID, LogSucceeded.__name__)
    return [
        RecordedSuccession(row[0], LogSucceeded.model_validate(orjson.loads(row[1])["data"]).succession())
        for row in rows
    ]
