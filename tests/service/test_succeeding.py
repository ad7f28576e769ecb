"""Whoever is killed while a new log is to go on after a restore does it again, and it is done once."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from shared.ledger.checkpoints import Policy
from shared.ledger.log_keys import write_signer
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import KeyType, Signer
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import CLERK, LOG, kept, newest
from tests.shared.governance.audit.test_succession import KEPT, LAST, restored
from tests.support.forked import forked
from tests.support.patience import until_true
from tests.support.postgres import Base, session
from tests.support.running import Running

NEW = Signer.new("council.example/log-2")
NEW_CLERK = Signer.new("clerk-2.example", KeyType.WITNESS)
SUCCESSIONS = "SELECT count(*) FROM stored_events WHERE topic = 'LogSucceeded'"
WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE NOT l.granted AND d.datname = current_database()
"""


def countersigned(note: str, *witnesses: Signer) -> str:
    """Return a checkpoint with the signatures of its witnesses."""
    text = note.partition("\n\n")[0] + "\n"
    return note + "".join(witness.line(text, at=1_700_000_000) for witness in witnesses)


@asynccontextmanager
async def held(base: Base, table: str) -> AsyncIterator[None]:
    """Let nobody read or write a table meanwhile."""
    async with session(base.owner) as owner, owner.transaction():
        await owner.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def nobody_listens(path: Path) -> Iterator[Path]:
    """Lend a pipe that is full: whoever says something there waits for ever."""
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        with suppress(BlockingIOError):
            while True:
                os.write(writing, bytes(4_096))
        yield path
    finally:
        os.close(writing)
        os.close(reading)


class Asked(NamedTuple):
    """The program, and what it is asked."""

    program: Running
    command: tuple[str, ...]

    def begun(self, out: Path) -> ForkServerProcess:
        """Begin it as a process of its own."""
        return forked(self.command, self.program.environment, out, self.program.data_dir / "err")


async def killed_on_the_way(base: Base, pool: asyncpg.Pool, asked: Asked) -> None:
    """Kill it before it looks, before it is on the record, and after that, before it says so."""

    async def waits() -> bool:
        return bool(await pool.fetchval(WAITING))

    async def is_recorded() -> bool:
        return bool(await pool.fetchval(SUCCESSIONS))

    for table in ("personal_keys", "event_head"):
        async with held(base, table):
            process = asked.begun(asked.program.data_dir / "out")
            await until_true(waits)
            process.kill()
            await asyncio.to_thread(process.join)
        assert not await is_recorded()
    with nobody_listens(asked.program.data_dir / "pipe") as pipe:
        process = asked.begun(pipe)
        await until_true(is_recorded)
        process.kill()
        await asyncio.to_thread(process.join)


@pytest.mark.slow
async def test_killed_at_any_point_it_is_done_once_when_it_is_asked_again(
    base: Base, pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    await kept(pool, store, 0, LAST)
    saved = countersigned(await newest(pool), CLERK)
    (tmp_path / "saved.txt").write_text(saved)
    (tmp_path / "keys.txt").write_text(Policy((LOG.verifier,), (CLERK.verifier,), 1).text())
    write_signer(tmp_path / "new", NEW)
    async with session(base.admin) as admin:
        await restored(admin)
    running = Running(tmp_path, more={"DATABASE_URL": base.service, "AUDIT_KEYS": str(tmp_path / "new")})
    asked = ("audit", "succeed", str(tmp_path / "saved.txt"), "--keys", str(tmp_path / "keys.txt"))
    command = (*asked, "--reason", "The disk failed.")

    await killed_on_the_way(base, pool, Asked(running, command))
    for _ in range(2):
        done = await asyncio.to_thread(running.run, *command)
        assert f"entries 1 to {KEPT} are kept, {KEPT + 1} to {LAST} are lost" in done.stdout
    assert await pool.fetchval(SUCCESSIONS) == 1
    await with_new_witnesses(running, pool, tmp_path)


async def with_new_witnesses(running: Running, pool: asyncpg.Pool, folder: Path) -> None:
    """The new log is signed, other people witness it, and the check of all knows what is lost."""
    writer = LogWriter(pool, [NEW])
    await writer.catch_up()
    await writer.introduce_witnesses([str(NEW_CLERK.verifier)], KEPT + 1)
    note = await newest(pool)
    at = int(time.time())
    line = NEW_CLERK.line(note.partition("\n\n")[0] + "\n", at=at)
    kept_line = "SELECT keep_cosignature($1, $2, $3, $4)"
    await pool.execute(kept_line, KEPT + 1, str(NEW_CLERK.verifier), line, datetime.fromtimestamp(at, UTC))
    both = Policy((LOG.verifier, NEW.verifier), (CLERK.verifier, NEW_CLERK.verifier), 1)
    (folder / "both.txt").write_text(both.text())
    saved = ("--checkpoint", str(folder / "saved.txt"), "--keys", str(folder / "both.txt"))
    done = await asyncio.to_thread(running.run, "audit", "fsck", *saved, check=False)
    assert done.returncode == 0, done.stdout
    assert "note: " in done.stdout
    assert f"1 witnesses signed the first {KEPT + 1} entries." in done.stdout
