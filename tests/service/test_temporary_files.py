"""Nothing stays among the temporary files: of who ends at once, of who was killed until the next start."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from rfp_service.temporary_files import own_temporary_folder
from shared.embedded.places import AT_WORK
from tests.support.patience import PATIENCE_SECONDS, SECONDS_BETWEEN
from tests.support.running import Running, running

WORKS = """
import tempfile, time
from rfp_service.temporary_files import own_temporary_folder
with own_temporary_folder() as folder:
    kept = tempfile.mkdtemp(prefix="rfp-batch-")
    print(kept, flush=True)
    time.sleep(600)
"""


def at_work(usual: Path) -> "subprocess.Popen[str]":
    """Begin a process that keeps something on the way."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKS],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(usual)},
    )


def kept_by(process: "subprocess.Popen[str]") -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_is_removed_by_the_next_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    strangers = tmp_path / "rfp-batch-of-somebody"
    strangers.mkdir()
    with at_work(tmp_path) as killed, at_work(tmp_path) as alive:
        try:
            left, needed = kept_by(killed), kept_by(alive)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            assert left.is_dir()
            assert left.parent.name.startswith(AT_WORK)
            with own_temporary_folder() as own:
                assert Path(tempfile.mkdtemp()).parent == own
                assert not left.parent.exists()
                assert needed.is_dir()
        finally:
            alive.kill()
    assert tempfile.gettempdir() == str(tmp_path)
    with own_temporary_folder():
        pass
    assert list(tmp_path.iterdir()) == [strangers]


def held_by(service: Running) -> Path:
    """Return the folder for temporary files that a process holds."""
    assert service.process is not None
    found: set[Path] = set()
    for link in Path(f"/proc/{service.process.pid}/fd").iterdir():
        with suppress(OSError):  # it has just been closed
            found.add(link.readlink())
    [folder] = [path for path in found if path.name.startswith(AT_WORK)]
    return folder


def must_go(folder: Path) -> None:
    last = time.monotonic() + PATIENCE_SECONDS
    while folder.exists():
        assert time.monotonic() < last, "it is still there"
        time.sleep(SECONDS_BETWEEN)


@pytest.mark.slow
def test_a_service_that_is_killed_leaves_its_folder_to_the_next_start(data_folder: Path) -> None:
    with running(data_folder) as service:
        killed = held_by(service)
        (killed / "rfp-batch-1").mkdir()
        service.kill()
        service.start()
        ended = held_by(service)
        must_go(killed)  # another's start may be removing it just now
        assert ended.is_dir()
    assert not ended.exists()
