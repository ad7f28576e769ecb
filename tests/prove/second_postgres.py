"""The whole suite on the PostgreSQL that this machine has, which is another version than the embedded one."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.account import Account
from tests.prove.parts import Failed, Missing, closing_line
from tests.support.postgres import throwaway_folder

INSTALLED = Path("/usr/lib/postgresql")
START_SECONDS = 60


def the_machines_own() -> str:
    """Run every test on a throwaway server of the machine's own PostgreSQL."""
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Missing("no PostgreSQL in /usr/lib/postgresql (Debian: apt-get install postgresql)")
    binaries = found[0].parent
    with _server(binaries) as address:
        said = closing_line("-n", "2", "--ignore=tests/house", TEST_SERVER_URL=address)
    return f"PostgreSQL {found[0].parts[-3]}: {said}"


@contextmanager
def _server(binaries: Path) -> Iterator[str]:
    """Run a server on loopback, with a password, in a folder that goes with it."""
    account, password = Account.of_the_server(), secrets.token_urlsafe(12)
    with throwaway_folder() as folder:
        home = account.private_folder(folder / "second")
        secret = home / "password"
        secret.write_text(password)
        account.give(secret)
        _initialise(binaries, home, account)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [
                binaries / "postgres",
                "-D",
                home / "cluster",
                "-c",
                f"port={port}",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                f"unix_socket_directories={home}",
                "-c",
                "max_connections=200",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **account.for_subprocess(),
        )
        try:
            _wait(port)
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(START_SECONDS)
            shutil.rmtree(home, ignore_errors=True)


def _initialise(binaries: Path, home: Path, account: Account) -> None:
    done = subprocess.run(
        [
            binaries / "initdb",
            "-D",
            home / "cluster",
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            f"--pwfile={home / 'password'}",
            "--locale=C",
            "--encoding=UTF8",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **account.for_subprocess(),
    )
    if done.returncode:
        raise Failed(done.stderr[-1_000:])


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Failed("the server did not start")
