"""The program as its operators run it: a process of its own, over real sockets, that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from shared.embedded.places import Places
from shared.embedded.server import postmaster

PROGRAM = Path(sys.executable).with_name("rfp-service")
START_SECONDS = 60


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
    process: "subprocess.Popen[bytes] | None" = None
    command: tuple[str, ...] = ("serve", "--worker")
    more: dict[str, str] = field(default_factory=dict)

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
        done = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def begin(self) -> None:
        """Start it."""
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [PROGRAM, *self.command], env=self.environment, stdout=said, stderr=said
            )

    def start(self) -> float:
        """Start it, and wait until it is ready; return the seconds that took."""
        began = time.monotonic()
        self.begin()
        while not self._ready():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < began + START_SECONDS, "it does not become ready"
            time.sleep(0.02)
        return time.monotonic() - began

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """Kill it as a machine does that loses its power."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=60)
        self.process = None

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to stop; return its exit status and what it said."""
        assert self.process is not None
        self.process.send_signal(sign)
        status = self.process.wait(timeout=60)
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


@contextmanager
def running(data_dir: Path, *command: str, **more: str) -> Iterator[Running]:
    """Start the service on a data folder, and stop it afterwards."""
    service = Running(data_dir, command=command or ("serve", "--worker"), more=more)
    try:
        service.start()
        yield service
    finally:
        if service.process is not None:
            service.stop()
