"""What must not wait for somebody to look: views that differ from the record, witnesses that don't sign."""

from datetime import datetime

import asyncpg
from prometheus_client import Gauge

from shared.ledger.witness_client import SILENCE

VIEW_DIFFERS = Gauge("rfp_view_differs", "1 where a view shows other than the record gives.", ["view"])
TABLE_DIFFERS = Gauge(
    "rfp_table_differs", "1 where a table beside the views holds other than the record gives.", ["table"]
)
WITNESS_FAILING = Gauge(
    "rfp_witness_failing_seconds", "For how long a witness has not countersigned, though asked.", ["witness"]
)
WITNESS_REFUSES = Gauge(
    "rfp_witness_refuses", "1 where a witness says that the record does not go on.", ["witness"]
)
COPY_FAILING = Gauge(
    "rfp_copy_failing_seconds", "For how long checkpoints could not be copied out of the house.", ["target"]
)
DIFFERING = "SELECT name, differs FROM views ORDER BY name"
DIFFERING_TABLES = "SELECT name, said FROM differing_tables ORDER BY name"
NOT_COPIED = """
SELECT target, said, failing_since, extract(epoch FROM now() - failing_since)::float8 AS seconds
FROM log_copies WHERE failing_since IS NOT NULL ORDER BY target
"""
# Witnesses that are asked now: a retired one may be silent.
WITNESSES = """
SELECT split_part(w.witness, '+', 1) AS name, w.said, w.refused, w.failing_since,
       coalesce(extract(epoch FROM now() - w.failing_since), 0)::float8 AS seconds
FROM witness_answers w JOIN LATERAL (
    SELECT k.change FROM log_keys k WHERE k.verifier = w.witness ORDER BY k.changed_at DESC LIMIT 1
) latest ON latest.change = 'witness' ORDER BY w.witness
"""


async def alarms(pool: asyncpg.Pool) -> list[str]:
    """Return a sentence for each alarm there is now."""
    told = [row["differs"] for row in await pool.fetch(DIFFERING) if row["differs"]]
    told += [f"{row['said']} ({row['name']})" for row in await pool.fetch(DIFFERING_TABLES)]
    told += [
        _of_witness(row["name"], row["failing_since"], row["said"], refused=row["refused"])
        for row in await pool.fetch(WITNESSES)
        if row["failing_since"] and (row["refused"] or row["seconds"] > SILENCE.total_seconds())
    ]
    told += [
        f"No checkpoint was copied to {row['target']}, since {row['failing_since']:%Y-%m-%d %H:%M} UTC:"
        f" {row['said']}"
        for row in await pool.fetch(NOT_COPIED)
    ]
    return told


def _of_witness(name: str, since: datetime, said: str, *, refused: bool) -> str:
    what = "refuses to countersign" if refused else "has not countersigned"
    return f"The witness {name} {what} since {since:%Y-%m-%d %H:%M} UTC: {said}"


async def measure(pool: asyncpg.Pool) -> None:
    """Set the gauges to what there is now."""
    for gauge in (VIEW_DIFFERS, TABLE_DIFFERS, WITNESS_FAILING, WITNESS_REFUSES, COPY_FAILING):
        gauge.clear()
    for row in await pool.fetch(DIFFERING):
        VIEW_DIFFERS.labels(row["name"]).set(row["differs"] is not None)
    for row in await pool.fetch(DIFFERING_TABLES):
        TABLE_DIFFERS.labels(row["name"]).set(1)
    for row in await pool.fetch(WITNESSES):
        WITNESS_FAILING.labels(row["name"]).set(row["seconds"])
        WITNESS_REFUSES.labels(row["name"]).set(row["refused"])
    for row in await pool.fetch(NOT_COPIED):
        COPY_FAILING.labels(row["target"]).set(row["seconds"])
