"""A PostgreSQL server for the tests: the embedded one, or another that `TEST_SERVER_URL` names."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from rfp_service.migrating import migrate
from shared.embedded.places import Places
from shared.embedded.server import embedded_postgres

OWNER, SERVICE, PASSWORD = "spec_owner", "spec_service", "spec"


@dataclass(frozen=True)
class Base:
    """One database, by the address of each role."""

    admin: str
    owner: str
    service: str


class Server:
    """Hands out databases that the program has just migrated, and nobody else uses."""

    def __init__(self, admin: str, name: str) -> None:
        self.admin = admin
        self._prefix = f"spec_{name}"
        self._number = count(1)
        asyncio.run(self._prepare())

    def base(self, database: str) -> Base:
        return Base(
            self._address(None, database),
            self._address(OWNER, database),
            self._address(SERVICE, database),
        )

    @contextmanager
    def fresh(self) -> Iterator[Base]:
        """Lend a migrated database; it is gone afterwards."""
        name = f"{self._prefix}_{next(self._number)}"
        asyncio.run(
            self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template} OWNER {OWNER}")
        )
        try:
            yield self.base(name)
        finally:
            asyncio.run(self._execute(f"DROP DATABASE {name} WITH (FORCE)"))

    @property
    def _template(self) -> str:
        return f"{self._prefix}_template"

    async def _prepare(self) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {self._template}")
        for role in (OWNER, SERVICE):
            await self._execute(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}';"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        await self._execute(f"CREATE DATABASE {self._template} OWNER {OWNER}")
        base = self.base(self._template)
        await migrate(base.owner, base.service)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _address(self, role: str | None, database: str) -> str:
        parts = urlsplit(self.admin)
        host = parts.netloc.rpartition("@")[2]
        netloc = parts.netloc if role is None else f"{role}:{quote(PASSWORD)}@{host}"
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


@contextmanager
def server(name: str) -> Iterator[Server]:
    """Use the server that the environment names, or an embedded one that goes with the tests."""
    if address := os.environ.get("TEST_SERVER_URL"):
        yield Server(address, name)
        return
    with throwaway_folder() as folder, embedded_postgres(folder) as addresses:
        yield Server(addresses.admin, name)


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Lend a data folder that the embedded server's account can reach, and clear up after it."""
    folder = Path(tempfile.mkdtemp(prefix="rfp-spec-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        home = Places.of(folder).home
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
