"""What it costs to start: processor time of a command, beside that of importing the web framework."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from shared.web.access.issuer import demonstration_key
from tests.bench.ground import figure
from tests.support.postgres import Server

ROUNDS = 10
BARE = ["-c", "import fastapi"]
STARTS = (
    ("rfp-service --help", ["-c", "from rfp_service.cli import main; main()", "--help"], 0.8),
    ("rfp-service token", ["-c", "from rfp_service.cli import main; main()", "token", "requester"], 0.8),
    ("import rfp_service.service", ["-c", "import rfp_service.service"], 2.5),
)


def starting(_: Server) -> list[str]:
    """Compare each start with the bare import, turn by turn."""
    with TemporaryDirectory() as folder:
        demonstration_key(Path(folder))
        return [_start(name, code, most, folder) for name, code, most in STARTS]


def _start(name: str, code: Sequence[str], most: float, folder: str) -> str:
    _seconds(code, folder), _seconds(BARE, folder)  # so that both are compiled
    pairs = [(_seconds(code, folder), _seconds(BARE, folder)) for _ in range(ROUNDS)]
    ours, bare = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    return figure(
        f"{name}, CPU", f"{ours:.2f} s", "import fastapi", f"{bare:.2f} s", ratio, f"at most {most}"
    )


def _seconds(code: Sequence[str], folder: str) -> float:
    """Return the processor time of one child, in seconds."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *code], env={**os.environ, "DATA_DIR": folder}, check=True, stdout=subprocess.DEVNULL
    )
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
