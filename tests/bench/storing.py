"""Appending and folding."""

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import uvloop
from eventsourcing.persistence import StoredEvent

from rfp_service.events import EVENTS
from rfp_service.rfps.domain.rfp import Rfp
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.bench.ground import AMENDED, ANN, MAPPER, RAISED, figure, fill, histories, pgbench
from tests.bench.stock import Needs, environment
from tests.support.postgres import Base, Server

SECONDS = 6
CLIENTS = 32
FOLDED, FOLDS = 1_000, 100

ONE_ROW = """
INSERT INTO plain (stream, version, topic, state)
VALUES (gen_random_uuid(), 1, 'RfpRaised', decode(repeat('7b', {bytes}), 'hex'));
"""


def plain_inserts(base: Base, size: int) -> float:
    """Return the rows a second that pgbench inserts one by one, with 32 clients."""
    asyncio.run(_plain_table(base))
    return pgbench(base, ONE_ROW.format(bytes=size), "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS))


async def _plain_table(base: Base) -> None:
    async with connected(base.admin) as pool:
        await pool.execute(
            "CREATE TABLE IF NOT EXISTS plain (stream uuid, version bigint, topic text, state bytea,"
            " PRIMARY KEY (stream, version))"
        )


async def commands(base: Base, next_events: Callable[[int], Sequence[StoredEvent]]) -> float:
    """Return the commands a second that 32 callers, each waiting for its own, have appended."""
    async with connected(base.service) as pool:
        store = EventStore(pool, Topics(EVENTS))
        ends = time.perf_counter() + SECONDS
        done = 0

        async def caller(number: int) -> None:
            nonlocal done
            while time.perf_counter() < ends:
                await store.append(next_events(number))
                done += 1

        began = time.perf_counter()
        await asyncio.gather(*(caller(n) for n in range(CLIENTS)))
        return done / (time.perf_counter() - began)


def appending(server: Server) -> list[str]:
    """Compare appends with plain inserts; and say what existing streams and three events cost."""
    state = MAPPER.stored(uuid4(), 1, RAISED, ANN).state
    amended = MAPPER.stored(uuid4(), 1, AMENDED, ANN).state
    streams: list[UUID] = [uuid4() for _ in range(CLIENTS)]
    versions = [0] * CLIENTS

    def new(_: int) -> list[StoredEvent]:
        return [StoredEvent(uuid4(), 1, "RfpRaised", state)]

    def existing(number: int) -> list[StoredEvent]:
        versions[number] += 1
        return [StoredEvent(streams[number], versions[number], "RfpAmended", amended)]

    def three(_: int) -> list[StoredEvent]:
        stream = uuid4()
        return [StoredEvent(stream, n, "RfpRaised", state) for n in (1, 2, 3)]

    with server.fresh() as base:
        # Turn by turn, so that what the machine does besides falls on both.
        theirs, ours = [], []
        for _ in range(3):
            theirs.append(plain_inserts(base, len(state)))
            ours.append(uvloop.run(commands(base, new)))
        plain = max(theirs)
        rows = [
            figure(
                "append, 32 callers, one event each",
                f"{max(ours):,.0f}/s",
                "pgbench",
                f"{plain:,.0f}/s",
                max(ours) / plain,
                "at least 1.2",
            )
        ]
        for name, events in (("to existing streams", existing), ("three events each", three)):
            rate = uvloop.run(commands(base, events))
            rows.append(
                figure(
                    f"the same, {name}",
                    f"{rate:,.0f}/s",
                    "pgbench",
                    f"{plain:,.0f}/s",
                    rate / plain,
                    "commands",
                )
            )
    return rows


def folding(server: Server) -> list[str]:
    """Compare the fold of a long stream, for the first time and again, with the library's repository."""
    with server.fresh() as base:
        first, again, theirs = uvloop.run(_folds(base))
    return [
        figure(
            f"fold of {FOLDED:,} events, {which}",
            f"{ours * 1e3:.2f} ms",
            "library",
            f"{theirs * 1e3:.2f} ms",
            theirs / ours,
            target,
        )
        for which, ours, target in (("first", first, "at least 5"), ("again", again, ""))
    ]


async def _folds(base: Base) -> tuple[float, float, float]:
    """Return the best time of ours at first, ours again, and the library's, taken turn by turn."""
    times: tuple[list[float], ...] = ([], [], [])
    app = Needs(dict(environment(base)))
    try:
        need = app.repository.get(app.raise_need())
        for pence in range(FOLDED - 1):
            need.amend(pence)  # type: ignore[attr-defined]
        app.save(need)
        await fill(base, histories(1, FOLDED))
        async with connected(base.service) as pool:
            stream = await pool.fetchval("SELECT originator_id FROM stored_events WHERE topic = 'RfpRaised'")
            for _ in range(FOLDS):
                store = EventStore(pool, Topics(EVENTS))
                for taken in times[:2]:
                    began = time.perf_counter()
                    assert (await store.load(stream, Rfp())).version == FOLDED
                    taken.append(time.perf_counter() - began)
                began = time.perf_counter()
                assert app.repository.get(need.id).version == FOLDED
                times[2].append(time.perf_counter() - began)
    finally:
        app.close()
    return min(times[0]), min(times[1]), min(times[2])
