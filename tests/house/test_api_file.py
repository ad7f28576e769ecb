"""The API file: current, and sound by two linters' rules."""

import inspect
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from rfp_service.app import openapi_text
from rfp_service.rooms import CONTEXTS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "openapi" / "openapi.json"
TOOLS = ROOT / "node_modules" / ".bin"
BIN = ROOT / ".venv" / "bin"


def node(tool: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    if not (TOOLS / tool).exists():
        pytest.skip("the npm tools are not installed: make .venv/clients.stamp")
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["node", TOOLS / tool, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": path, "HOME": os.environ.get("HOME", "/"), "CI": "true"},
    )


def test_the_file_says_what_the_program_does() -> None:
    assert FILE.read_bytes() == openapi_text(), "run `make openapi`"


@pytest.mark.slow
def test_spectral_finds_nothing() -> None:
    done = node("spectral", "lint", FILE, "-r", ROOT / ".spectral.yaml", "--fail-severity=hint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_redocly_finds_nothing() -> None:
    done = node("redocly", "lint", "--config", ROOT / "redocly-lint.yaml", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_operation_has_a_name_a_summary_and_a_tag_of_its_room() -> None:
    routes = [route for context in CONTEXTS for router in context.routers for route in router.routes]
    names = [route.name for route in routes]  # type: ignore[attr-defined]
    assert len(names) == len(set(names))
    assert all(route.summary and route.description for route in routes)  # type: ignore[attr-defined]


def test_nothing_that_a_request_waits_for_goes_through_a_thread() -> None:
    """A plain function among an operation's dependencies would be sent to a pool of threads, each time."""

    def calls(dependant: Dependant) -> Iterator[object]:
        yield dependant.call
        for needed in dependant.dependencies:
            yield from calls(needed)

    for context in CONTEXTS:
        for router in context.routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                for call in calls(route.dependant):
                    asked = call if inspect.isfunction(call) else type(call).__call__
                    here = inspect.iscoroutinefunction(asked) or inspect.isasyncgenfunction(asked)
                    assert here, f"{route.path}: {call}"
