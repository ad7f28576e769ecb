"""The embedded server's life: started by whoever comes first, stopped by whoever leaves last."""

import asyncio
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from shared.embedded.binaries import binaries_for
from shared.embedded.cluster import make_cluster, make_roles, server_environment
from shared.embedded.errors import EmbeddedPostgresFailed
from shared.embedded.places import PORT, Addresses, Places

START_SECONDS = 60
STOP_SECONDS = 30
POLL_SECONDS = 0.02

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "max_connections": "100",
    "jit": "off",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
}


# The servers that this process has started: the operating system wants to be asked about their end.
_children: dict[int, "subprocess.Popen[bytes]"] = {}


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[Addresses]:
    """Use the server of a data folder; several processes may, and the last one stops it.

    A shared lock on a file says that somebody uses it. It is taken, and given back, under a second,
    exclusive lock, so that a newcomer never meets a server that is being stopped.
    """
    places = Places.of(data_dir)
    with (places.data_dir / "users.lock").open("a") as users:
        with _alone(places):
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure(places)
        try:
            yield places.addresses()
        finally:
            with _alone(places):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    _stop(places)


def ensure_running(data_dir: Path) -> Addresses:
    """Start the server again where it has died; for a service that outlives it."""
    places = Places.of(data_dir)
    with _alone(places):
        _ensure(places)
    return places.addresses()


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """Hold everybody else off while the server is started or stopped."""
    with (places.data_dir / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ensure(places: Places) -> None:
    binaries = binaries_for(places.account)
    make_cluster(places, binaries)
    deadline = time.monotonic() + START_SECONDS
    while postmaster(places) is None or not _answers(places):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresFailed(f"It did not start in time: {_last_words(places)}")
        if postmaster(places) is None:
            _start(places, binaries, deadline)
        time.sleep(POLL_SECONDS)
    asyncio.run(make_roles(places))


def _start(places: Places, binaries: Path, deadline: float) -> None:
    """Start the server and wait until it answers or gives up.

    It gives up while processes of a killed predecessor still hold its memory: then it is tried again.
    """
    _forget_the_dead(places)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")] + [
        "-c",
        f"unix_socket_directories={places.socket}",
    ]
    with places.start_log.open("wb") as log:
        places.account.give(places.start_log)
        server = subprocess.Popen(  # noqa: S603  # our own binary, our own arguments
            [binaries / "postgres", "-D", places.cluster, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env=server_environment(),
            **places.account.for_subprocess(),
        )
    _children[server.pid] = server
    while server.poll() is None and not _answers(places):
        if time.monotonic() > deadline:
            server.send_signal(signal.SIGQUIT)
            raise EmbeddedPostgresFailed(f"It did not start in time: {_last_words(places)}")
        time.sleep(POLL_SECONDS)
    if server.poll() is not None and "still in use" not in _last_words(places):
        raise EmbeddedPostgresFailed(f"It stopped as it started: {_last_words(places)}")


def postmaster(places: Places) -> int | None:
    """Return the process of this data folder's server; nothing if that is gone."""
    try:
        pid = int((places.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    except PermissionError:
        pass
    return pid if _works_in(pid, places.cluster) else None


def _works_in(pid: int, cluster: Path) -> bool:
    """Say whether a process is a server of this folder; its number may have passed to another."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve()
    except FileNotFoundError:
        return not Path("/proc").exists()  # where processes can't be looked at, the file is believed
    except PermissionError:
        return False


def _forget_the_dead(places: Places) -> None:
    """Remove what a killed server left, so that the next one does not take it for alive.

    PostgreSQL believes a lock file whose number is that of any process: another's by now, or that of
    its own predecessor for as long as nobody has taken note of its end.
    """
    for pid in [pid for pid, child in _children.items() if child.poll() is not None]:
        del _children[pid]
    if postmaster(places) is None:
        (places.cluster / "postmaster.pid").unlink(missing_ok=True)
        (places.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _answers(places: Places) -> bool:
    if not (places.socket / f".s.PGSQL.{PORT}").exists():
        return False
    return asyncio.run(_select_1(places.addresses().admin))


async def _select_1(address: str) -> bool:
    try:
        connection = await asyncpg.connect(address, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    try:
        return bool(await connection.fetchval("SELECT 1") == 1)
    finally:
        await connection.close()


def _stop(places: Places) -> None:
    """Stop the server: politely, and after a while less so."""
    for sign in (signal.SIGINT, signal.SIGQUIT):
        pid = postmaster(places)
        if pid is None:
            break
        os.kill(pid, sign)
        deadline = time.monotonic() + STOP_SECONDS
        while postmaster(places) is not None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    for child in _children.values():
        child.wait(STOP_SECONDS)
    _children.clear()


def _last_words(places: Places) -> str:
    words = places.start_log.read_text(errors="replace") if places.start_log.exists() else ""
    logs = sorted(places.cluster.glob("log/*"), key=lambda log: log.stat().st_mtime)
    if logs:
        words += logs[-1].read_text(errors="replace")
    return words.strip()[-1500:]
