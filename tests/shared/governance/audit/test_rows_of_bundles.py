"""A long period is a row of bundles: each is checked by itself, and together nothing lies between them."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import typer

from rfp_service.operator import audit, verification
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.bundle.parts import after, gaps, parts_of
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import POLICY, indexed, kept
from tests.shared.governance.audit.test_bundle import MAPPER, PERIOD, PROGRAM, a_case, checked

ENTRIES, PART = 120, 50


async def row(
    pool: asyncpg.Pool, wanted: BundleRequest = PERIOD, entries: int = PART, program: str = PROGRAM
) -> list[Files]:
    """Make the bundles that a period is made of, as the operator's command does."""
    bundles: list[Files] = []
    for part in await parts_of(pool, MAPPER, wanted, entries):
        asked = after(part, bundles[-1].manifest()) if bundles else part
        bundles.append(await made(pool, MAPPER, asked, program))
    return bundles


def inside(bundles: list[Files]) -> list[int]:
    """Return how many entries of its own each has."""
    manifests = [bundle.manifest() for bundle in bundles]
    return [one.entries - len(one.before) - len(one.after) for one in manifests]


async def test_each_holds_its_part_and_is_sound_beside_the_one_before(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, ENTRIES)
    bundles = await row(pool)
    assert inside(bundles) == [50, 50, 20]
    for earlier, bundle in zip([None, *bundles], bundles, strict=False):
        report = checked(bundle, last=earlier)
        assert (report.wrong, report.exit_status) == ([], 0)
    assert gaps([bundle.manifest() for bundle in bundles]) == []


async def test_a_period_that_ends_with_a_part_has_no_empty_one_behind_it(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, ENTRIES)
    assert inside(await row(pool, entries=ENTRIES)) == [ENTRIES]
    assert inside(await row(pool, entries=ENTRIES // 2)) == [60, 60]


async def test_a_body_of_work_is_cut_by_its_own_entries(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, ENTRIES)
    await indexed(pool, store)
    bundles = await row(pool, replace(PERIOD, body_of_work="rfps"))
    numbers = [sum(case.entries for case in bundle.manifest().cases) for bundle in bundles]
    assert numbers[:-1] == [PART] * (len(bundles) - 1)
    for earlier, bundle in zip([None, *bundles], bundles, strict=False):
        assert checked(bundle, last=earlier).wrong == []
    assert gaps([bundle.manifest() for bundle in bundles]) == []


async def test_a_case_is_never_cut(pool: asyncpg.Pool) -> None:
    wanted = BundleRequest(case=a_case())
    assert await parts_of(pool, MAPPER, wanted, 1) == [wanted]


def status_of(files: list[Path], keys: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return how the command ends, and what it said."""
    status = 0
    try:
        verification.verify(files, keys=keys)
    except typer.Exit as ended:
        status = ended.exit_code
    return status, capsys.readouterr().out.splitlines()


async def test_the_command_checks_a_row_and_finds_one_that_is_missing(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await kept(pool, store, 0, ENTRIES)
    keys, places = tmp_path / "keys.txt", []
    keys.write_text(replace(POLICY, quorum=0).text())
    for number, bundle in enumerate(await row(pool, program=verification.PROGRAM), start=1):
        places.append(tmp_path / f"{number}.zip")
        places[-1].write_bytes(bundle.zipped())
    status, said = status_of(places, keys, capsys)
    assert (status, said[-1]) == (0, "3 bundles, 120 entries, and nothing between them.")
    assert said.count("SOUND") == 3
    status, said = status_of([places[0], places[2]], keys, capsys)
    assert status == 1
    assert said[-1] == "NOT WHOLE: The bundle 2 does not begin where the one before it ends."
    places[1].write_bytes(b"PK, and no more")
    status, said = status_of(places, keys, capsys)
    assert (status, said[-1][:10]) == (1, "NOT SOUND:")


CASE, MARCH, APRIL = UUID(int=7), "2026-03-01T00:00Z", "2026-04-01T00:00Z"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"start": MARCH},
        {"start": APRIL, "end": MARCH},
        {"start": MARCH, "end": APRIL, "case": CASE},
        {"start": MARCH, "case": CASE},
        {"body_of_work": "rfps", "case": CASE},
    ],
)
def test_what_is_asked_for_is_one_case_or_one_period_and_nothing_of_it_is_passed_over(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    with pytest.raises(typer.BadParameter):
        audit.bundle(tmp_path / "out.zip", **asked)
