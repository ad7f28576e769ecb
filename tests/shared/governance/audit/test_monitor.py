"""A monitor outside goes on across a restore, and after it was killed; nothing that it is sent stops it."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.monitor import LEAVES, PLACES, Followed, Monitor
from shared.ledger.checkpoints import Policy
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader
from shared.ledger.log_writer import LogWriter
from shared.ledger.tiles import TILE_WIDTH, tile_number
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import LOG, kept, newest
from tests.shared.governance.audit.test_bundle import MAPPER, PERIOD, PROGRAM
from tests.shared.governance.audit.test_succession import BOTH, KEPT, LAST, NEW, restored, succeeded

WORKS = {event.__name__: event.body_of_work for event in EVENTS}
Change = Callable[[list[Entry]], list[Entry]]


async def service(pool: asyncpg.Pool, show: Change = lambda entries: entries) -> httpx.Client:
    """Return what serves this record as it is now; what entries say may be shown otherwise."""
    note = await newest(pool)
    size = int(note.split("\n")[1])
    entries = await LogReader(pool).entries(list(range(1, size + 1)))
    shown = show(list(entries))
    works = [WORKS[entry.topic] for entry in entries]
    restores = [entry for entry in shown if entry.topic == "LogSucceeded"]

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/audit/")
        if path == "log/checkpoint":
            return httpx.Response(200, text=note)
        if path == "decisions":
            items = [{"position": entry.position} for entry in restores]
            total = sum(bool(work) for work in works)
            return httpx.Response(200, json={"items": items, "total": total})
        _, _, what, named = path.split("/", 3)
        number, width = tile_number(named)
        part = slice(number * TILE_WIDTH, number * TILE_WIDTH + width)
        if what == "0":
            return httpx.Response(200, content=b"".join(entry.leaf for entry in entries[part]))
        if what == "entries":
            raw = [entry.raw() for entry in shown[part]]
            return httpx.Response(200, content=b"".join(len(one).to_bytes(2, "big") + one for one in raw))
        lines = [f"{e.stream_id} {w or '-'}" for e, w in zip(entries[part], works[part], strict=True)]
        return httpx.Response(200, text="".join(f"{line}\n" for line in lines))

    return httpx.Client(transport=httpx.MockTransport(answer), base_url="http://service")


async def followed(pool: asyncpg.Pool, folder: Path, policy: Policy = BOTH, **served: Change) -> Followed:
    return Monitor(await service(pool, **served), policy, folder, WORKS).follow(words=True)


def a_lie_about_what_was_kept(entries: list[Entry]) -> list[Entry]:
    """Say that less was kept, so that what was rewritten before the restore is not compared."""
    return [
        Entry(**{**vars_of(entry), "state": entry.state.replace(b'"kept":240', b'"kept":100')})
        for entry in entries
    ]


def vars_of(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}


async def test_a_monitor_goes_on_across_a_restore_and_says_what_is_lost(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(pool, store, 0, LAST)
    first = await followed(pool, tmp_path)
    assert (first.findings, first.size) == ([], LAST)
    old = (tmp_path / LEAVES).read_bytes()
    late = await made(pool, MAPPER, PERIOD, PROGRAM)
    await restored(admin)
    await LogWriter(pool, [LOG]).catch_up()
    [cut] = (await followed(pool, tmp_path)).findings  # nobody has said why yet
    assert "it was cut" in cut
    await succeeded(pool, EventStore(pool, MAPPER.topics), late)
    [lied] = (await followed(pool, tmp_path, show=a_lie_about_what_was_kept)).findings
    assert "is not the one that was hashed" in lied
    found = await followed(pool, tmp_path)
    assert (found.findings, found.size) == ([], KEPT + 1)
    assert found.lost == f"entries {KEPT + 1} to {LAST} of {LOG.verifier.name}, after a restore"
    assert (tmp_path / f"lost-after-{KEPT:012}-{LEAVES}").read_bytes() == old
    again = await followed(pool, tmp_path)
    assert (again.findings, again.lost, again.before) == ([], "", KEPT + 1)


async def test_a_log_of_another_name_that_nothing_explains_is_a_finding(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 50)
    await followed(pool, tmp_path)
    await admin.execute("ALTER TABLE log_checkpoints DISABLE TRIGGER ALL")
    await admin.execute("DELETE FROM log_checkpoints")
    await admin.execute("ALTER TABLE log_tiles DISABLE TRIGGER ALL")
    await admin.execute("DELETE FROM log_tiles")
    await LogWriter(pool, [NEW]).catch_up()
    [found] = (await followed(pool, tmp_path)).findings
    assert "nothing on the record says why" in found


async def test_whoever_is_killed_while_writing_finds_nothing_wrong_afterwards(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 40)
    await followed(pool, tmp_path)
    await kept(pool, store, 40, 60)
    for name in (LEAVES, PLACES):
        (tmp_path / f"{name}.new").write_bytes(b"half of")
    found = await followed(pool, tmp_path)
    assert (found.findings, found.before, found.size) == ([], 40, 60)


async def test_what_can_not_be_read_is_a_finding_and_no_traceback(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 5)
    honest = await service(pool)

    def broken(request: httpx.Request) -> httpx.Response:
        if "entries" in request.url.path or "decisions" in request.url.path:
            return httpx.Response(200, content=b"\x00\x03abc[]")
        return honest.get(request.url.raw_path.decode())

    client = httpx.Client(transport=httpx.MockTransport(broken), base_url="http://service")
    found = Monitor(client, BOTH, tmp_path, WORKS).follow(words=True)
    assert len(found.findings) == 1
