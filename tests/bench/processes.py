"""The program as a process of its own, and what it and its children use of the machine."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.postgres import Base
from tests.support.running import free_port

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE_KB = 1024

# The program, which writes at its end what it has held: of a child that has ended the kernel counts as its
# own what its parent held when it began.
MEASURED = """
import atexit, os, shutil
atexit.register(shutil.copyfile, "/proc/self/status", os.environ.pop("STATUS_AT_THE_END"))
from rfp_service.cli import main
main()
"""


@dataclass
class Use:
    """What a process and its children have used: CPU seconds, and megabytes at their peaks.

    A child counts as it was when somebody last looked.
    """

    service: int
    _seconds: dict[int, float] = field(default_factory=dict)
    _peaks: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        """Look at the processes that there are now."""
        for process in (self.service, *_children(self.service)):
            try:
                stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:  # it has ended
                continue
            self._seconds[process] = (int(stat[11]) + int(stat[12])) / TICKS
            # One that has just ended holds nothing any more.
            self._peaks[process] = max(self._peaks.get(process, 0.0), _peak(status))

    @property
    def cpu_seconds(self) -> float:
        """Return the CPU time that the service and its children have taken."""
        self.look()
        return sum(self._seconds.values())

    @property
    def peak_of_service(self) -> float:
        """Return the peak of the service itself."""
        self.look()
        return self._peaks[self.service]

    @property
    def peak_of_child(self) -> float:
        """Return the peak of the largest child there was."""
        return max((mb for process, mb in self._peaks.items() if process != self.service), default=0.0)


def _peak(status: str) -> float:
    """Return how many megabytes a process has held at most, by its status; of one that has ended, none."""
    lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM")]
    return max([int(line[1]) / MEGABYTE_KB for line in lines], default=0.0)


@dataclass(frozen=True)
class Ran:
    """How a command of the program ended, what it said, and how many megabytes it held at most."""

    code: int
    said: str
    peak: float


def ran(arguments: Sequence[str], environment: Mapping[str, str]) -> Ran:
    """Run a command of the program to its end."""
    with TemporaryDirectory() as folder:
        status = Path(folder, "status")
        process = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments],
            env={**environment, "STATUS_AT_THE_END": str(status)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ran(process.returncode, process.stdout, _peak(status.read_text()))


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:  # the thread has ended
            continue
    return found


@dataclass
class Served:
    """A service that is up: where, somebody's token, and what it uses."""

    port: int
    token: str
    use: Use

    def client(self) -> httpx.Client:
        """Return a client that asks as that person."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=300)


@contextmanager
def serving(base: Base, who: str, role: Role, *, worker: bool = False) -> Iterator[Served]:
    """Serve in a process of its own, the background work in it where it is wanted."""
    with TemporaryDirectory() as folder:
        port = free_port()
        token = demonstration_token(Path(folder), who, [role])
        environment = {
            **os.environ,
            "DATABASE_URL": base.service,
            "DATABASE_OWNER_URL": base.owner,
            "DATA_DIR": folder,
            "PORT": str(port),
            "LOG_LEVEL": "critical",
        }
        program = Path(sys.executable).with_name("rfp-service")
        command = [program, "serve", *(["--worker"] if worker else [])]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            yield Served(port, token, Use(process.pid))
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError
