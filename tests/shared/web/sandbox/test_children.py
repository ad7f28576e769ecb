"""A child reads one file; whatever becomes of it, the service and the next file know nothing of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from shared.kernel.errors import Refused, TooLarge, Unacceptable
from shared.web.requests.problems import status_of
from shared.web.sandbox.children import Sandbox, Task
from shared.web.sandbox.limits import ONE_FILE, ExpandsTooFar, FileNotRead, NeedsTooMuchMemory, TakesTooLong
from shared.web.tabular.tables import SPREADSHEET
from tests.support.sheets import xlsx

CORPUS = Path(__file__).parents[3] / "corpus" / "tables"
DEADLY = CORPUS / "far-cell-in-other-quotes.xlsx"
FOUND = {"formulas": 0, "sheet": "Register", "sheets": ["Register"]}
SMALL = xlsx([["reference"], ["ICT-1"], ["ICT-2"]])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.xlsx"
    path.write_bytes(SMALL)
    return path


async def test_a_child_that_dies_is_said_of_its_file_and_of_no_other(tmp_path: Path, sound: Path) -> None:
    sandbox = Sandbox(at_once=1)
    deadly, well = await asyncio.gather(
        sandbox.convert(SPREADSHEET, DEADLY, tmp_path / "none"),
        sandbox.convert(SPREADSHEET, sound, tmp_path / "text"),
        return_exceptions=True,
    )
    assert isinstance(deadly, NeedsTooMuchMemory)
    assert deadly.facts == {"limit_bytes": ONE_FILE.memory_bytes}
    assert well == FOUND
    assert (tmp_path / "text").read_text().splitlines() == ["reference", "ICT-1", "ICT-2"]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("task", "refusal"),
    [
        (replace(SPREADSHEET, limits=ONE_FILE._replace(wall_seconds=0)), TakesTooLong),
        (replace(SPREADSHEET, limits=ONE_FILE._replace(output_bytes=8)), ExpandsTooFar),
        (replace(SPREADSHEET, module="shared.web.sandbox.none"), FileNotRead),
    ],
    ids=["time", "written", "no answer"],
)
async def test_whoever_meets_a_limit_is_told_which(
    tmp_path: Path, sound: Path, task: Task, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await Sandbox().convert(task, sound, tmp_path / "text")
    assert not (tmp_path / "text").exists()


async def test_whoever_leaves_takes_the_child_along(tmp_path: Path, sound: Path) -> None:
    sandbox = Sandbox(at_once=1)
    left = asyncio.create_task(sandbox.convert(SPREADSHEET, sound, tmp_path / "left"))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    assert await sandbox.convert(SPREADSHEET, sound, tmp_path / "text") == FOUND


@pytest.mark.parametrize(
    ("refusal", "kind", "status"),
    [
        (NeedsTooMuchMemory, TooLarge, 413),
        (TakesTooLong, TooLarge, 413),
        (ExpandsTooFar, TooLarge, 413),
        (FileNotRead, Unacceptable, 422),
    ],
)
def test_a_limit_is_a_problem_of_the_file(refusal: type[Refused], kind: type[Refused], status: int) -> None:
    assert issubclass(refusal, kind)
    assert status_of(refusal) == status
