"""What keeps a process from starting is said in a sentence, not in a traceback."""

import base64
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Base
from tests.support.running import Running

PRODUCTION = {
    "PROFILE": "production",
    "TOKEN_ISSUER": "https://issuer.example/council",
    "TOKEN_AUDIENCE": "rfp-service",
    "PERSONAL_SECRET": base64.b64encode(b"0123456789abcdef" * 2).decode(),
}


def fault(folder: Path, *command: str, **environment: str) -> str:
    """Return what a command says that can't start."""
    done = Running(folder, more=dict(environment)).run(*command, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    [last] = done.stderr.strip().splitlines()[-1:]
    assert last.startswith("rfp-service: ")
    return last


def owned(base: Base) -> Mapping[str, str]:
    return {**PRODUCTION, "DATABASE_URL": base.owner}


@pytest.mark.slow
def test_a_worker_that_has_no_keys_to_sign_with(base: Base, tmp_path: Path) -> None:
    said = fault(tmp_path, "serve", "--worker", **PRODUCTION, DATABASE_URL=base.service)
    assert "Set AUDIT_KEYS" in said


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_process_as_the_owner_of_the_tables(base: Base, tmp_path: Path, command: str) -> None:
    keys = tmp_path / "keys"
    Running(tmp_path).run("audit", "key", str(keys), "--name", "council.example/record")
    said = fault(tmp_path, command, **owned(base), AUDIT_KEYS=str(keys))
    assert "must own no table" in said


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_data_folder_that_can_not_be_made(base: Base, tmp_path: Path, command: str) -> None:
    of = {} if command == "demo" else {"DATABASE_URL": base.service}
    said = fault(tmp_path, command, **of, DATA_DIR="/proc/nothing")
    assert said == "rfp-service: /proc/nothing can't be used: No such file or directory."


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "nonsense"}, "scheme is expected to be"),
        ({"DATABASE_URL": "postgresql://rfp@nowhere.invalid/rfp"}, "the database's host can't be found"),
        ({"RATE_LIMIT": "-1"}, "rfp-service: RATE_LIMIT: Input should be greater than or equal to 1"),
        ({"DIAGNOSTICS_FROM": "all"}, "rfp-service: DIAGNOSTICS_FROM: Input is not a valid IPv4 network"),
        ({**PRODUCTION, "TOKEN_KEYS": __file__}, "which TOKEN_KEYS names, is no JWKS"),
        ({**PRODUCTION, "PERSONAL_SECRET": "short"}, "openssl rand -base64 32"),
    ],
)
def test_a_variable_that_says_nonsense(
    base: Base, tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    assert sentence in fault(tmp_path, "serve", **{"DATABASE_URL": base.service, **variables})


def test_a_wrong_password(base: Base, tmp_path: Path) -> None:
    wrong = base.service.replace(":spec@", ":wrong@")
    assert "password authentication failed" in fault(tmp_path, "serve", DATABASE_URL=wrong)


def test_a_migration_by_a_role_that_may_make_no_tables(base: Base, tmp_path: Path) -> None:
    empty = {"DATABASE_URL": base.service, "DATABASE_OWNER_URL": base.service}
    with psycopg.connect(base.admin, autocommit=True) as administrator:
        administrator.execute("DROP SCHEMA public CASCADE")
        administrator.execute("CREATE SCHEMA public")
        administrator.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    said = fault(tmp_path, "migrate", **empty)
    assert said == "rfp-service: the database can't be used: permission denied for schema public"


def test_a_workers_port_that_somebody_else_has(base: Base, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        said = fault(tmp_path, "worker", DATABASE_URL=base.service, WORKER_PORT=port)
    assert f"port {port} of 127.0.0.1" in said
    assert "WORKER_PORT" in said


def test_a_port_that_somebody_else_has(base: Base, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        said = fault(tmp_path, "serve", DATABASE_URL=base.service, PORT=port)
    assert f"port {port} of 127.0.0.1" in said
