"""What `audit fsck` takes of memory and time: every row, view and index of a record, and of a part of it."""

import os
from time import perf_counter
from typing import NamedTuple

import uvloop

from rfp_service.migrating import rebuild_views
from rfp_service.operator.verification import mapper
from shared.governance.audit.record_index.indexer import Indexer
from shared.ledger.log_writer import LogWriter
from shared.record.database import connected
from shared.record.eventstore.store import EventStore
from tests.bench.auditing import LOG
from tests.bench.ground import figure, fill, histories
from tests.bench.processes import ran
from tests.support.postgres import Base, Server

ENTRIES = int(os.environ.get("CHECKED_EVENTS", "100000"))
FEWER = ENTRIES * 3 // 10  # of which a look at the views is full as well: a record of less holds less at once


class Checked(NamedTuple):
    """What one check took."""

    seconds: float
    peak_mib: float


def checking(server: Server) -> list[str]:
    """Compare the check of a whole record with that of three tenths of it."""
    with server.fresh() as base:
        few = _of(base, FEWER)
    with server.fresh() as base:
        many = _of(base, ENTRIES)
    return [
        figure(
            f"fsck of {ENTRIES:,} entries, peak memory",
            f"{many.peak_mib:.0f} MiB",
            f"{FEWER:,}",
            f"{few.peak_mib:.0f} MiB",
            many.peak_mib / few.peak_mib,
            "at most 1.2",
        ),
        figure(
            "  and by the clock",
            f"{many.seconds:.1f} s",
            "",
            f"{few.seconds:.1f} s",
            many.seconds / few.seconds,
            "said",
        ),
    ]


def _of(base: Base, entries: int) -> Checked:
    """Make a record with its log, its index and its views, and check it as an operator does."""
    uvloop.run(_filled(base, entries))
    began = perf_counter()
    check = ran(["audit", "fsck"], {**os.environ, "DATABASE_URL": base.service})
    assert check.code == 0, check.said[-2_000:]
    return Checked(perf_counter() - began, check.peak)


async def _filled(base: Base, entries: int) -> None:
    await fill(base, histories(entries // 10, 10))
    async with connected(base.service) as pool:
        await Indexer(pool, EventStore(pool, mapper().topics)).commit()
        await LogWriter(pool, [LOG]).catch_up()
    await rebuild_views(base.owner, base.service)
