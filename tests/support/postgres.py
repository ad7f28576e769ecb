"""A PostgreSQL server for the tests: the embedded one, or another that `TEST_SERVER_URL` names."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import psycopg

from rfp_service.migrating import migrate
from shared.embedded.places import Places
from shared.embedded.server import embedded_postgres
from tests.support.kept import LENDER, KeptDatabase

ROOM_BYTES = 6 * 2**30
OWNER, SERVICE, PASSWORD = "spec_owner", "spec_service", "spec"


@dataclass(frozen=True)
class Base:
    """One database, by the address of each role."""

    admin: str
    owner: str
    service: str


@asynccontextmanager
async def session(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect to a database by this address, and close the connection even when the spec fails."""
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


def as_owner(service: asyncpg.Pool) -> str:
    """Return the owner's address of the database that the service's connections lead to."""
    address: str = service._connect_args[0]  # noqa: SLF001  # asyncpg tells it in no other way
    return address.replace(f"//{SERVICE}:", f"//{OWNER}:")


async def by_owner(service: asyncpg.Pool, statement: str, *given: object) -> None:
    """Do what the service's own role is refused."""
    async with session(as_owner(service)) as owner:
        await owner.execute(statement, *given)


@contextmanager
def refused(statement: str, *how: type[asyncpg.PostgresError]) -> Iterator[None]:
    """Expect that the database refuses a statement in one of these ways."""
    try:
        yield
    except how:
        return
    raise AssertionError(f"nothing refuses {statement}")


class Server:
    """Hands out databases that the program has just migrated, and nobody else uses.

    The next one is made, and the last one dropped, while a test runs.
    """

    def __init__(self, admin: str, name: str) -> None:
        self.admin = admin
        self._prefix = f"spec_{name}"
        self._number = count(1)
        self._beside = ThreadPoolExecutor(1)
        self._connection = psycopg.connect(admin, autocommit=True)
        self._prepare()
        self._next = self._beside.submit(self._made)
        self._kept: KeptDatabase | None = None

    def base(self, database: str) -> Base:
        return Base(
            self._address(None, database), self._address(OWNER, database), self._address(SERVICE, database)
        )

    @contextmanager
    def fresh(self) -> Iterator[Base]:
        """Lend a migrated database; it is gone soon afterwards."""
        name = self._next.result()
        self._next = self._beside.submit(self._made)
        try:
            yield self.base(name)
        finally:
            self._beside.submit(self._drop, name)

    @contextmanager
    def as_new(self) -> Iterator[Base]:
        """Lend a migrated database in which there is nothing, though others may have used it before."""
        if self._kept is None:
            name = self._next.result()
            self._next = self._beside.submit(self._made)
            self._kept = KeptDatabase(name, self._address(None, name))
            LENDER.begin(name)
        assert not self._kept.lent, "it can't be as new for two at once"
        self._kept.lent = True
        try:
            yield self.base(self._kept.name)
        finally:
            self._kept.lent = False
            if not (LENDER.all_back and self._kept.put_back()):
                self.keep_no_longer()

    def keep_no_longer(self) -> None:
        """Drop the database that one after another had: the next has another."""
        if self._kept is not None:
            LENDER.end()
            self._kept.close()
            self._beside.submit(self._drop, self._kept.name)
            self._kept = None

    def close(self) -> None:
        """Leave nothing behind."""
        self.keep_no_longer()
        self._beside.submit(self._drop, self._next.result())
        self._beside.submit(self._drop, self._template)
        self._beside.shutdown()
        self._connection.close()

    @property
    def _template(self) -> str:
        return f"{self._prefix}_template"

    def _prepare(self) -> None:
        self._drop(self._template)
        # A password that everybody may know needs no hashing four thousand times at each connection.
        self._execute("SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'scram_iterations'")
        for role in (OWNER, SERVICE):
            self._execute(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}';"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        self._execute(f"CREATE DATABASE {self._template} OWNER {OWNER}")
        base = self.base(self._template)
        asyncio.run(migrate(base.owner, base.service))

    def _made(self) -> str:
        name = f"{self._prefix}_{next(self._number)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template} OWNER {OWNER} STRATEGY file_copy")
        return name

    def _drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def _address(self, role: str | None, database: str) -> str:
        parts = urlsplit(self.admin)
        host = parts.netloc.rpartition("@")[2]
        netloc = parts.netloc if role is None else f"{role}:{quote(PASSWORD)}@{host}"
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


@contextmanager
def server(name: str, *, durable: bool = True) -> Iterator[Server]:
    """Use the server that the environment names, or an embedded one that goes with the tests.

    One that need not be durable does not wait for its disk.
    """
    if address := os.environ.get("TEST_SERVER_URL"):
        with closing(Server(address, name)) as lent:
            yield lent
        return
    with (
        throwaway_folder(None if durable else _in_memory()) as folder,
        embedded_postgres(folder) as addresses,
    ):
        if not durable:
            _need_not_last(addresses.admin)
        with closing(Server(addresses.admin, name)) as lent:
            yield lent


def _need_not_last(admin: str) -> None:
    """Spare a server whose data nobody will miss the waiting for its disk, and planning the same again."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        # A statement is planned anew five times, for other values; here it is seldom given as often.
        connection.execute(b"ALTER SYSTEM SET plan_cache_mode = force_generic_plan")
        connection.execute("SELECT pg_reload_conf()")


def _in_memory() -> Path | None:
    """Return where files stay in memory, if there is room: thousands of databases are copied in a run."""
    memory, free = Path("/dev/shm"), Path("/proc/meminfo")
    if not (memory.is_dir() and os.access(memory, os.W_OK) and free.exists()):
        return None
    available = re.search(r"MemAvailable: +([0-9]+) kB", free.read_text())
    room = min(shutil.disk_usage(memory).free, int(available[1]) * 1_024 if available else 0)
    return memory if room > ROOM_BYTES else None


@contextmanager
def throwaway_folder(under: Path | None = None) -> Iterator[Path]:
    """Lend a data folder that the embedded server's account can reach, and clear up after it."""
    folder = Path(tempfile.mkdtemp(prefix="rfp-spec-", dir=under))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        home = Places.of(folder).home
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
