"""Servers of PostgreSQL that can be stopped, doubled and filled up."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shared.embedded.account import Account
from tests.prove.parts import Failed
from tests.support.postgres import throwaway_folder
from tests.support.running import free_port

SECONDS = 60
ROLES = "CREATE ROLE rfp_owner LOGIN PASSWORD 'spec'; CREATE ROLE rfp_service LOGIN PASSWORD 'spec'"
USUAL = ("fsync=off", "max_connections=60", "wal_level=replica", "min_wal_size=32MB", "max_wal_size=64MB")


@dataclass
class Cluster:
    """One server in a folder of its own; its administrator has a socket, everybody else a password."""

    programs: Path
    home: Path
    account: Account
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.home / "cluster"

    @property
    def admin(self) -> str:
        return f"{self.administration} dbname=rfp"

    @property
    def administration(self) -> str:
        return f"host={self.home} port={self.port} user=postgres"

    def run(self, name: str, *arguments: str) -> None:
        """Run a program of PostgreSQL's as the server's account."""
        done = subprocess.run(
            [self.programs / name, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self.account.for_subprocess(),
        )
        if done.returncode:
            raise Failed(f"{name}: {done.stderr[-1_000:]}")

    def initialise(self, *, roles: bool = True) -> None:
        """Make it, with a database and its two roles where they are wanted."""
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "--locale=C", "--encoding=UTF8")
        rules = (
            "local all postgres trust",
            "host all all 127.0.0.1/32 scram-sha-256",
            "local replication all trust",
        )
        (self.data / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        self.start()
        if not roles:
            return
        self.run("createdb", "-h", str(self.home), "-p", str(self.port), "-U", "postgres", "rfp")
        for statement in (*ROLES.split("; "), "ALTER DATABASE rfp OWNER TO rfp_owner"):
            self.do(statement)

    def start(self) -> None:
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.home}"]
        self.process = subprocess.Popen(
            [
                self.programs / "postgres",
                "-D",
                self.data,
                *(word for each in (*settings, *USUAL) for word in ("-c", each)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **self.account.for_subprocess(),
        )
        self._wait()

    def _wait(self) -> None:
        """Wait until it answers its administrator."""
        last = time.monotonic() + SECONDS
        while time.monotonic() < last:
            try:
                psycopg.connect(self.administration).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise Failed("a server did not start")

    def stop(self) -> None:
        """End it at once, if it has not ended by itself."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # a fast shutdown
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(SECONDS)
        self.process = None

    def do(self, *statements: str) -> None:
        """Let its administrator do something."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            for statement in statements:
                connection.execute(statement.encode())

    def double(self, home: Path) -> "Cluster":
        """Return a standby that follows it."""
        standby = Cluster(self.programs, home, self.account, free_port())
        where = ("-h", str(self.home), "-p", str(self.port), "-U", "postgres")
        self.run("pg_basebackup", *where, "-D", str(standby.data), "-R", "-X", "stream", "-c", "fast")
        standby.start()
        return standby

    def address(self, role: str, port: int) -> str:
        return f"postgresql://{role}:spec@127.0.0.1:{port}/rfp"

    def variables(self, port: int) -> dict[str, str]:
        """Return what leads the service through a port to this database, and its owner straight there."""
        return {
            "DATABASE_URL": self.address("rfp_service", port),
            "DATABASE_OWNER_URL": self.address("rfp_owner", self.port),
        }


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Lend a folder on a disk that is soon full."""
    place = folder / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], capture_output=True, check=False
    )
    if done.returncode:
        raise Failed("a small disk can't be made here: run this as root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


@contextmanager
def primary(programs: Path, *, roles: bool = True) -> Iterator[Cluster]:
    """Run a server on a small disk."""
    account = Account.of_the_server()
    with throwaway_folder() as folder, small_disk(folder, 400) as place:
        cluster = Cluster(programs, account.private_folder(place / "primary"), account, free_port())
        try:
            cluster.initialise(roles=roles)
            yield cluster
        finally:
            cluster.stop()
