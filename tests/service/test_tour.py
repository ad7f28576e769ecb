"""The tour that newcomers are given runs as it stands: every block of it, in order, in one shell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running import Running

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "deploy" / "tour.md"
OURS = Path(sys.executable).parent


def blocks() -> list[str]:
    """Return what a reader would paste."""
    return re.findall(r"^```bash\n(.*?)^```$", TOUR.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.slow
@pytest.mark.xdist_group("demonstration")
def test_every_block_of_the_tour_runs_as_it_stands(demonstration: Running, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("the tour needs curl")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(OURS)
    assert len(blocks()) > 8
    script = "set -euo pipefail\n" + "\n".join(blocks())
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, **demonstration.environment, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "SOUND" in done.stdout
