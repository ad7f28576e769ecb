"""The server's data folder, and the roles and database in it: made once, healed where that was cut short."""

import os
import shutil
import subprocess
from pathlib import Path

import asyncpg

from shared.embedded.errors import EmbeddedPostgresFailed
from shared.embedded.places import Places

# The C.UTF-8 that PostgreSQL builds in sorts by code point on every machine alike, for ever: an
# operating system's own locale may change with an update and spoil indexes.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
INITDB_SECONDS = 120


def make_cluster(places: Places, binaries: Path) -> None:
    """Make the data folder beside its place and move it there when it is whole."""
    if places.cluster.exists():
        return
    draft = places.home / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    password = places.home / "password"
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(places.passwords()["admin"])
    places.account.give(password)
    done = subprocess.run(  # noqa: S603  # our own binary, our own arguments
        [
            binaries / "initdb",
            "-D",
            draft,
            "-U",
            "postgres",
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--data-checksums",
            "--no-instructions",
            *LOCALE,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=INITDB_SECONDS,
        env=server_environment(),
        **places.account.for_subprocess(),
    )
    password.unlink()
    if done.returncode:
        raise EmbeddedPostgresFailed(f"initdb failed: {done.stderr.strip()[-2000:]}")
    draft.rename(places.cluster)


def server_environment() -> dict[str, str]:
    """Return the little that the server's programs need to know of the environment."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


async def make_roles(places: Places) -> None:
    """Make the roles and the database that are not there yet."""
    addresses, passwords = places.addresses(), places.passwords()
    connection = await asyncpg.connect(addresses.admin)
    try:
        for role in ("owner", "service", "reader"):
            name = f"rfp_{role}"
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
                # A password can't be a parameter here; ours are URL-safe characters, nothing else.
                await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{passwords[role]}'")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'rfp'"):
            await connection.execute("CREATE DATABASE rfp OWNER rfp_owner")
    finally:
        await connection.close()
