"""What once broke something, or could, is read again; the right answer stands beside it in a README."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.exceptions import RequestValidationError

from rfp_service.rfps.commands.requests import RaiseRfp
from shared.flow.imports.options import Options
from shared.governance.audit.bundle.contents import Files, NotABundle
from shared.kernel.errors import Refused
from shared.web.bulk import json_lines
from shared.web.requests.bodies import strict
from shared.web.sandbox.children import Sandbox
from shared.web.tabular.tables import open_table
from tests.support.whole_logs import read_log

CORPUS = Path(__file__).parent
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVENTS = "case_id,activity,entered_at\n"


def listed() -> list[tuple[str, str, str]]:
    """Return every kind of input, its file, and the right answer."""
    lines = [
        (readme.parent.name, [cell.strip() for cell in line.strip("|\n").split("|")])
        for readme in sorted(CORPUS.glob("*/README.md"))
        for line in readme.read_text().splitlines()[4:]
    ]
    return [(kind, file, answer) for kind, (file, _, answer) in lines]


async def read(kind: str, path: Path) -> str:
    """Return how much a file holds."""
    match kind:
        case "tables":
            return some(len(list((await open_table(path, Sandbox())).rows)), "row")
        case "json":
            return some(json_lines.convert(path, path.with_name("lines"))["items"], "item")
        case "bodies":
            raised(path)
            return some(1, "RFP")
        case "bundles":
            return some(len(Files.read(path).files), "file")
        case _:
            events = path.with_name("events")
            events.write_text(EVENTS)
            return some(len(read_log(events, path, Options(), NOW).cases), "case")


def raised(path: Path) -> None:
    strict(RaiseRfp).func(path.read_bytes(), None)


def some(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


@pytest.mark.parametrize(("kind", "file", "right"), listed())
async def test_every_input_has_its_answer(tmp_path: Path, kind: str, file: str, right: str) -> None:
    path = Path(shutil.copy(CORPUS / kind / file, tmp_path))
    try:
        answer = await read(kind, path)
    except (Refused, NotABundle, RequestValidationError) as refusal:
        answer = type(refusal).__name__
    assert answer == right


def test_every_file_is_listed() -> None:
    files = {(p.parent.name, p.name) for p in CORPUS.glob("*/*") if p.parent.name != "__pycache__"}
    assert {f for f in files if f[1] != "README.md"} == {(k, f) for k, f, _ in listed()}
