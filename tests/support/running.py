"""The program as its operators run it: a process of its own, over real sockets, that can be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from shared.embedded.places import Places
from shared.embedded.server import postmaster
from tests.support.forked import forked
from tests.support.patience import Patient

PROGRAM = Path(sys.executable).with_name("rfp-service")
START_SECONDS = 1_200  # nothing waits for so long but a fault
# What the program waits for in quiet, and a specification would wait for too.
SOONER = {"shared.ledger.signing:WITNESSED_EVERY_SECONDS": 0.5}


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    """The service on a data folder."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: ForkServerProcess | None = None
    command: tuple[str, ...] = ("serve", "--worker")
    more: dict[str, str] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=lambda: dict(SOONER))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> Path:
        return self.data_dir / f"said.{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "LOG_LEVEL": "critical"}
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        return kept | own | self.more

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command of the program to its end."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            process = forked(arguments, self.environment, out, err, self.constants)
            status = _ended(process)
            done = subprocess.CompletedProcess(arguments, status, out.read_text(), err.read_text())
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def begin(self) -> None:
        """Start it."""
        self.said.unlink(missing_ok=True)
        self.process = forked(self.command, self.environment, self.said, self.said, self.constants)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        began = time.monotonic()
        self.begin()
        while not self._ready():
            assert self.process is not None
            assert self.process.is_alive(), self.said.read_text()
            assert time.monotonic() < began + START_SECONDS, "it does not become ready"
            time.sleep(0.02)

    def _ready(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            return self.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Read something."""
        with httpx.Client(
            base_url=self.url, timeout=START_SECONDS, trust_env=False, transport=Patient(verify=False)
        ) as client:
            return client.get(path, headers=headers)

    def head(self) -> int:
        """Return the last position of the record."""
        position: int = self.get("/readyz").json()["head"]
        return position

    def kill(self) -> None:
        """Kill it as a machine does that loses its power."""
        assert self.process is not None
        self.process.kill()
        _ended(self.process)
        self.process = None

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to stop; return its exit status and what it said."""
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, sign)
        status = _ended(self.process)
        self.process = None
        return status, self.said.read_text()

    def kill_postgres(self) -> None:
        """Kill the embedded server, and nothing else."""
        pid = postmaster(Places.of(self.data_dir))
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def postgres(self) -> int | None:
        """Return the process of the embedded server."""
        return postmaster(Places.of(self.data_dir))

    def token(self, role: str, *more: str) -> str:
        """Return a bearer token, as a user of the demonstration gets it."""
        return self.run("token", role, *more).stdout.strip()


def _ended(process: ForkServerProcess) -> int:
    """Wait for a process; return its exit status."""
    process.join(START_SECONDS)
    assert process.exitcode is not None, "it does not end"
    return process.exitcode


@contextmanager
def running(
    data_dir: Path, *command: str, constants: Mapping[str, float] | None = None, **more: str
) -> Iterator[Running]:
    """Start the service on a data folder, and stop it afterwards."""
    service = Running(data_dir, command=command or ("serve", "--worker"), more=more)
    service.constants |= constants or {}
    try:
        service.start()
        yield service
    finally:
        if service.process is not None:
            service.stop()


def copied(used: Path, data_dir: Path) -> None:
    """Make a data folder like one on which the program has run once: to make a database takes seconds."""
    source, copy = Places.of(used), Places.of(data_dir)
    for path in used.iterdir():
        if path.is_file() and path.name != "postgres.where":
            shutil.copy2(path, data_dir)
    # With its owner, who may be another account; only a copy by the system keeps that.
    subprocess.run(["cp", "-a", source.cluster, copy.cluster], check=True)
