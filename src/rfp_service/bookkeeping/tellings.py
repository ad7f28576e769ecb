"""Comparing what became of what is told with what shows it: attempts, turns, first looks, forecasts."""

from collections.abc import AsyncIterator

from rfp_service.bookkeeping.difference import TableDifference
from shared.governance.notifications.attempts_log import batches_that_differ
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader

# Each statement finds what can't be so, and each sentence says it of one row.
IMPOSSIBLE = (
    (
        "deliveries",
        "The delivery {} is said to be delivered, and no attempt shows it",
        """SELECT d.id FROM deliveries d WHERE d.status = 'delivered' AND NOT EXISTS (
            SELECT FROM delivery_attempts a WHERE a.delivery_id = d.id AND a.outcome = 'delivered'
              AND a.status_code BETWEEN 200 AND 299) ORDER BY d.id""",
    ),
    (
        "delivery_attempts",
        "The delivery {} was tried another number of times than its attempts show",
        """SELECT d.id FROM deliveries d LEFT JOIN delivery_attempts a ON a.delivery_id = d.id
        GROUP BY d.id HAVING d.attempts <> count(a.id) ORDER BY d.id""",
    ),
    (
        "told_waits",
        "{} was not told of the turn that they are said to know of",
        """SELECT w.person || ' (' || w.wait || ' of ' || w.thing || ')' FROM told_waits w WHERE NOT EXISTS (
            SELECT FROM notifications n WHERE n.case_id = w.thing AND n.type = 'turn.began'
              AND n.wait = w.wait AND n.wait_turn = w.turn) ORDER BY 1""",
    ),
    (
        "first_looks",
        "{} is said to have looked at what they were not told of",
        """SELECT l.person FROM first_looks l JOIN notifications n ON n.id = l.notification_id
        WHERE NOT l.person = ANY (n.people) ORDER BY 1""",
    ),
    (
        "flow_forecasts",
        "The forecast of {} was not made when it says",
        """SELECT DISTINCT f.week::text FROM flow_forecasts f
        WHERE abs(extract(epoch FROM f.kept_at) - f.made_us / 1000000.0) > 86400 ORDER BY 1""",
    ),
)


async def of_tellings(connection: Connection, reader: Reader) -> AsyncIterator[TableDifference]:
    """Yield what can't be so of what was told."""
    for table, sentence, statement in IMPOSSIBLE:
        for row in await connection.fetch(statement):
            yield TableDifference(table, sentence.format(row[0]))
    for batch in await batches_that_differ(connection, reader):
        said = f"The attempts of batch {batch} are not those that the record has"
        yield TableDifference("delivery_attempts", said)
