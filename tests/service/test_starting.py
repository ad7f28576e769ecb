"""What a command imports: what it needs, and no web framework where it serves nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rfp_service.cli import AUDIT, COMMANDS, IMPORTS, SCHEMES
from shared.web.access.issuer import demonstration_key

WEB = {"fastapi", "starlette", "uvicorn"}
HEAVY = {*WEB, "sqlalchemy", "numpy", "httpx", "structlog"}
RUN = """
import sys
sys.argv = ["rfp-service", *sys.argv[1:]]
from rfp_service.cli import main
try:
    main()
finally:
    sys.stderr.write("imported: " + " ".join(sys.modules))
"""


def imported(folder: Path, code: str, *arguments: str) -> set[str]:
    """Run a child; return the names of everything that it has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    _, found, names = done.stderr.rpartition("imported: ")
    assert found, done.stderr
    return set(names.split())


@pytest.mark.parametrize(
    "arguments", ["--help", "audit --help", "import --help", "token --help", "token requester"]
)
def test_help_and_tokens_need_neither_a_web_framework_nor_a_database(arguments: str, tmp_path: Path) -> None:
    demonstration_key(tmp_path)
    assert not imported(tmp_path, RUN, *arguments.split()) & {*HEAVY, "asyncpg"}


def test_help_does_not_even_read_the_configuration(tmp_path: Path) -> None:
    assert "shared.settings" not in imported(tmp_path, RUN, "--help")


def test_a_bundle_is_verified_without_a_web_framework(tmp_path: Path) -> None:
    file = tmp_path / "no-bundle"
    file.write_text("nothing")
    names = imported(tmp_path, RUN, "audit", "verify", str(file))
    assert "shared.governance.audit.bundle.verification" in names
    assert not names & {*WEB, "sqlalchemy", "httpx", "structlog"}


def test_the_service_imports_no_client_and_nothing_of_the_tests(tmp_path: Path) -> None:
    code = "import sys, rfp_service.service; sys.stderr.write('imported: ' + ' '.join(sys.modules))"
    assert not imported(tmp_path, code) & {"httpx", "alembic", "hypothesis", "typer", "uvicorn"}


@pytest.mark.parametrize(
    "place", [place for group in (COMMANDS, IMPORTS, SCHEMES, AUDIT) for place, _ in group.values()]
)
def test_every_command_is_where_the_table_says(place: str) -> None:
    module, _, function = place.partition(":")
    tree = (Path("src") / Path(*module.split("."))).with_suffix(".py").read_text()
    assert f"\ndef {function}(" in tree
