"""What an operator's bundle of a long period takes of memory: as much as its largest part, and no more."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from shared.governance.audit.bundle.parts import PART_ENTRIES
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import Signer
from shared.record.database import connected
from tests.bench.ground import figure, fill, histories
from tests.bench.processes import ran
from tests.support.postgres import Base, Server

SMALL, LARGE = 40_000, 300_000  # two parts, and fifteen
EVENTS_A_CASE = 10
LOG = Signer.new("council.example/log")
PERIOD = ("--from", "2000-01-01T00:00Z", "--to", "2099-01-01T00:00Z")
SOUND = (0, 3)  # 3: no keys were given


def bundling(server: Server) -> list[str]:
    """Make and check a bundle of few entries, and of ten times as many; compare what each took."""
    (small_made, small_checked), (large_made, large_checked) = (
        _peaks(server, entries) for entries in (SMALL, LARGE)
    )
    return [
        _line("audit bundle", large_made, small_made),
        _line("audit verify", large_checked, small_checked),
    ]


def _line(name: str, large: float, small: float) -> str:
    return figure(
        f"{name} of {LARGE:,} entries, memory",
        f"{large:.0f} MB",
        f"{SMALL:,}",
        f"{small:.0f} MB",
        large / small,
        "at most 1.3",
    )


def _peaks(server: Server, entries: int) -> tuple[float, float]:
    """Return how much memory it took to make a bundle of so many entries, and to check it."""
    with server.fresh() as base, TemporaryDirectory() as folder:
        uvloop.run(_recorded(base, entries))
        made = _peak(["bundle", f"{folder}/all.zip", *PERIOD], base, folder)
        files = sorted(str(path) for path in Path(folder).glob("*.zip"))
        return made, _peak(["verify", *files], base, folder)


async def _recorded(base: Base, entries: int) -> None:
    for _ in range(entries // PART_ENTRIES):  # cases end with their part, so that each holds as many of them
        await fill(base, histories(PART_ENTRIES // EVENTS_A_CASE, EVENTS_A_CASE))
    async with connected(base.service) as pool:
        await LogWriter(pool, [LOG]).catch_up()


def _peak(command: Sequence[str], base: Base, folder: str) -> float:
    """Run a command to its end; return the most memory that it held, in MB."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = ran(["audit", *command], {**kept, "DATABASE_URL": base.service, "DATA_DIR": folder})
    assert done.code in SOUND, done.said[-2_000:]
    return done.peak
