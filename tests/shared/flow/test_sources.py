"""The live log kept by a process follows the journals it is made of, also where one of them had stopped."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from rfp_service.rooms import VIEWS
from shared.flow.addends import Manner
from shared.flow.bottlenecks import FlowQuery, told
from shared.flow.journals import CASES, CORRECTIONS, STEPS
from shared.flow.live import LiveLog
from shared.flow.sources import LIVE, FlowLogs
from shared.kernel.calendar import microseconds
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from shared.record.projecting.views import create_table
from tests.shared.record.projecting.examples import happen, year_of_rfps
from tests.support.postgres import Base

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def recorded(pool: asyncpg.Pool, position: int, party: str, case: str = "a") -> None:
    """Record a step of a case, a day after the last."""
    at = microseconds(MONDAY + position * DAY)
    values = (position, LIVE, case, position, at, "Moved", "triage", party, "ann", False, None, False)
    await pool.execute("INSERT INTO flow_steps VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)", *values)


async def corrected(pool: asyncpg.Pool, position: int, since: int, until: int) -> None:
    """Record that finance's wait was legal's."""
    began, ended = (microseconds(MONDAY + at * DAY) for at in (since, until))
    values = (position, LIVE, "a", began, ended, "finance", "legal")
    await pool.execute("INSERT INTO flow_corrections VALUES ($1,$2,$3,$4,$5,$6,$7)", *values)


async def come_to(pool: asyncpg.Pool, **positions: int) -> None:
    """Say how far the journals have come."""
    for name, position in positions.items():
        await pool.execute("UPDATE views SET position = $2 WHERE name = $1", name, position)


def days(live: LiveLog) -> dict[str, float]:
    """Return for how many days each party was waited on, closed waits only."""
    as_of = MONDAY + 9 * DAY
    question = FlowQuery("live", live.position, as_of, microseconds(as_of))
    rows = told(live.tally(Manner()), question, live.working)["parties"]
    return {row["party"]: row["elapsed_seconds"] / 86_400 for row in rows if row["elapsed_seconds"]}


async def test_what_a_stopped_journal_comes_to_later_is_not_passed_over(base: Base, tmp_path: Path) -> None:
    async with asyncpg.create_pool(base.admin, min_size=1, max_size=3) as pool:
        for view in (STEPS, CASES, CORRECTIONS):
            await pool.execute(f"DROP TABLE IF EXISTS {view.name}")
            await pool.execute(create_table(view, view.name))
        await pool.execute("DELETE FROM views")
        await pool.execute(
            "INSERT INTO views (name, fingerprint, position) SELECT n, '', 0 FROM unnest($1::text[]) n",
            [STEPS.name, CORRECTIONS.name],
        )
        flow = FlowLogs(pool, tmp_path)
        for position, party in enumerate(("procurement", "finance", "procurement"), start=1):
            await recorded(pool, position, party)
        await corrected(pool, 1, 0, 1)  # of a time before there was anything to correct
        await come_to(pool, flow_steps=3, flow_corrections=3)
        live = await flow.live(3, frozenset())
        assert (live.position, days(live)) == (3, {"procurement": 1, "finance": 1})
        await corrected(pool, 5, 2, 3)
        await come_to(pool, flow_steps=3, flow_corrections=6)  # the steps have stopped
        live = await flow.live(6, frozenset())
        assert (live.position, days(live)) == (3, {"procurement": 1, "finance": 1})
        assert await flow.live_log(6, frozenset()) is None
        assert (await flow.live_log(3, frozenset()) or ())[2:] == (3,)
        await recorded(pool, 4, "finance")
        await recorded(pool, 6, "requester")
        await come_to(pool, flow_steps=6)
        live = await flow.live(6, frozenset())
        assert (live.position, days(live)) == (6, {"procurement": 2, "legal": 1, "finance": 2})
        assert (await flow.live_log(6, frozenset()) or ())[2:] == (6,)
        again = await FlowLogs(pool, tmp_path).live(6, frozenset())
        assert days(again) == days(live)


async def test_a_start_goes_on_from_what_was_kept_of_this_record_and_of_no_other(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.flow.live_log_files.KEPT_AFTER", 1)
    await happen(store, year_of_rfps()[:120])
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    head = await store.reader.head()
    half = days(await FlowLogs(pool, tmp_path / "flow").live(head // 2, frozenset()))
    monkeypatch.setattr("shared.flow.sources.fetched", None)  # from here on, nothing is fetched whole
    later = await FlowLogs(pool, tmp_path / "flow").live(head, frozenset())
    monkeypatch.undo()
    anew = await FlowLogs(pool, tmp_path / "another").live(head, frozenset())
    assert (later.position, later.length, days(later)) == (head, anew.length, days(anew))
    assert days(anew) != half
    for mark in await asyncio.to_thread(lambda: list(tmp_path.glob("flow-live/*/mark.json"))):
        mark.write_text(mark.read_text().replace('"leaf":"', '"leaf":"0'))  # of another record
    assert days(await FlowLogs(pool, tmp_path / "flow").live(head // 2, frozenset())) == half
