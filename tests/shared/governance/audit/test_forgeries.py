"""What a hostile keeper would hand over: none of it ends in SOUND."""

import asyncio
import io
import json
import runpy
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import (
    KEYS,
    LONG_AGO,
    MANIFEST,
    READ_ME,
    STORY,
    Files,
    NotABundle,
    WithheldInside,
)
from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.governance.audit.verifier.handed_out import script_of, verifier_program
from shared.ledger.checkpoints import Policy
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import indexed, kept
from tests.shared.governance.audit.forgeries import (
    Forged,
    a_border_of_another_place,
    a_key_slipped_in,
    a_remark_in_the_keys,
    a_version_left_out,
    a_witness_slipped_in,
    an_earlier_format,
    an_end_by_a_number,
    another_program,
    another_program_told_it,
    another_story,
    begun_earlier,
    ended_earlier,
    ended_later,
    how_to_check_is_told_wrongly,
    its_first_entries_left_out,
    its_last_entries_left_out,
    of_a_case_that_is_no_case,
    of_another_case,
    withheld_and_not_there,
    words_beside_what_is_withheld,
)
from tests.shared.governance.audit.index_forgeries import (
    OF_AN_INDEX,
    a_case_left_out,
    a_case_left_out_and_the_indexes_too,
    a_period_with_an_index,
    its_tail_cut_and_counted_so,
    its_tail_cut_and_the_index_too,
    the_inside_told_as_after_it,
    the_inside_told_as_before_it,
    the_outside_told_as_inside,
    without_its_first_index,
)
from tests.shared.governance.audit.test_bundle import MAPPER, PROGRAM, TRUSTED, a_case
from tests.support.in_full import of_many

CHECK = Path(__file__).with_name("check_bundles.js")
EVERY = BundleRequest(start=datetime(2020, 1, 1, tzinfo=UTC), end=datetime(2099, 1, 1, tzinfo=UTC))


class Bundles(NamedTuple):
    """A bundle of one case, one of a period that has a before and an after, one of a body of work in it."""

    case: Files
    period: Files
    work: Files


async def bundles(pool: asyncpg.Pool, store: EventStore) -> Bundles:
    for begin, stop in ((0, 90), (90, 300)):
        await kept(pool, store, begin, stop)
        await indexed(pool, store)
    at = "SELECT recorded_at FROM stored_events WHERE notification_id = $1"
    start, end = [await pool.fetchval(at, position) for position in (100, 160)]
    case = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    period = await made(pool, MAPPER, BundleRequest(start=start, end=end), PROGRAM)
    return Bundles(case, period, await made(pool, MAPPER, BundleRequest(None, start, end, "rfps"), PROGRAM))


def checked(files: Forged, trusted: Policy | None = TRUSTED) -> VerificationReport:
    return verify(Verifying(Files(files), trusted, None, MAPPER, PROGRAM))


OF_A_CASE = (
    another_program_told_it,
    another_program,
    an_earlier_format,
    how_to_check_is_told_wrongly,
    a_key_slipped_in,
    a_witness_slipped_in,
    a_remark_in_the_keys,
    of_another_case,
    a_version_left_out,
    words_beside_what_is_withheld,
    withheld_and_not_there,
    of_a_case_that_is_no_case,
    *OF_AN_INDEX,
    its_tail_cut_and_the_index_too,
    its_tail_cut_and_counted_so,
)
OF_A_WORK = (
    *OF_AN_INDEX,
    a_version_left_out,
    a_case_left_out,
    a_case_left_out_and_the_indexes_too,
    without_its_first_index,
    the_inside_told_as_before_it,
    the_inside_told_as_after_it,
    the_outside_told_as_inside,
    ended_earlier,
    begun_earlier,
)
OF_A_PERIOD = (
    *OF_A_CASE[:7],
    its_first_entries_left_out,
    its_last_entries_left_out,
    a_border_of_another_place,
    ended_later,
    ended_earlier,
    begun_earlier,
    an_end_by_a_number,
    a_version_left_out,
    a_period_with_an_index,
)
NO_INDEX = "ENTRIES SOUND, BUT NO INDEX SHOWS THAT NOTHING IS MISSING"
UNINDEXED = {its_tail_cut_and_the_index_too, a_case_left_out_and_the_indexes_too}


PAGES_ALONE = {  # the page tells the story itself, and does not read these
    another_program_told_it,
    another_program,
    how_to_check_is_told_wrongly,
}


def by_the_page(
    folder: Path, bundles: Sequence[bytes], keys: str | None, last: bytes | None = None
) -> list[dict[str, Any]]:
    """Return what the page for anybody says of some bundles."""
    asked = []
    if last is not None:
        (folder / "last.zip").write_bytes(last)
    for number, raw in enumerate(bundles):
        (folder / f"{number}.zip").write_bytes(raw)
        one = {"bundle": str(folder / f"{number}.zip"), "keys": keys}
        asked.append({**one, "last": str(folder / "last.zip")} if last is not None else one)
    kinds = {topic.__name__: topic.kind for topic in EVENTS}
    script = script_of(kinds, ("ed25519.js", "verify.js")) + CHECK.read_text()
    (folder / "check.cjs").write_text(script)
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, folder / "check.cjs"], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.removesuffix("\n").split("\n")]


async def test_no_forgery_ends_in_sound(pool: asyncpg.Pool, store: EventStore, tmp_path: Path) -> None:
    honest = await bundles(pool, store)
    forged: list[tuple[Callable[[Forged], Forged], Forged]] = []
    by = (", complete by the index at 301", "", ", complete by the index at 301")
    for sound, by_index, forgeries in zip(honest, by, (OF_A_CASE, OF_A_PERIOD, OF_A_WORK), strict=True):
        assert checked(dict(sound.files)).verdict == f"SOUND{by_index}", checked(dict(sound.files)).lines
        forged += [(forge, forge(dict(sound.files))) for forge in forgeries[:: of_many(1, 3)]]
    for forge, files in forged:
        report = checked(files)
        assert not report.verdict.startswith("SOUND"), forge.__name__
        assert report.exit_status != 0, forge.__name__
    every = [*(files.zipped() for files in honest), *(Files(files).zipped() for _, files in forged)]
    said = by_the_page(tmp_path, every, TRUSTED.text())
    assert [one["verdict"] for one in said[:3]] == ["ENTRIES SOUND"] * 3, said[:3]
    for (forge, _), one in zip(forged, said[3:], strict=True):
        expected = (
            "ENTRIES SOUND" if forge in PAGES_ALONE else NO_INDEX if forge in UNINDEXED else "NOT SOUND"
        )
        assert one["verdict"] == expected, (forge.__name__, one)
    program = tmp_path / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    alike = runpy.run_path(str(program))["checked"]
    for raw, one in islice(zip(every, said, strict=True), 0, None, of_many(1, 3)):
        assert alike(raw, TRUSTED.text())[0] == one["verdict"], alike(raw, TRUSTED.text())[1].lines
    assert alike(every[0], None)[0] == "CONSISTENT WITH ITSELF"
    alone = by_the_page(tmp_path, every[:1], None)
    assert [one["verdict"] for one in alone] == ["CONSISTENT WITH ITSELF"]


async def test_pages_that_are_told_otherwise_are_found_or_said_to_be_unchecked_by_words_and_status(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    case = (await bundles(pool, store)).case
    (tmp_path / "keys.txt").write_text(TRUSTED.text())
    program = tmp_path / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    for forge in (dict, another_story, how_to_check_is_told_wrongly, another_program_told_it):
        files = forge(dict(case.files))
        own = checked(files)
        assert own.exit_status == {dict: 0, another_program_told_it: 4}.get(forge, 1)
        (tmp_path / "case.zip").write_bytes(Files(files).zipped())
        command = [sys.executable, program, tmp_path / "case.zip", "--keys", tmp_path / "keys.txt"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        unchecked = "ENTRIES SOUND, BUT story.html AND READ-ME-FIRST.txt WERE NOT CHECKED, complete by"
        assert done.stdout.splitlines()[-2].startswith(unchecked)
        assert done.returncode == 4


async def test_what_another_release_wrote_is_sound_but_for_its_pages(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    case = (await bundles(pool, store)).case
    report = checked(another_program(dict(case.files)))
    assert (report.wrong, report.exit_status) == ([], 4)
    assert report.verdict == (
        "ENTRIES SOUND, BUT story.html AND READ-ME-FIRST.txt WERE NOT CHECKED, complete by the index at 301"
    )


async def test_an_entry_passed_off_as_withheld_says_nothing(pool: asyncpg.Pool, store: EventStore) -> None:
    """That it could have been shown nobody can tell from outside; false words beside it nobody sees."""
    assert set(WithheldInside.model_fields) == {"position", "why"}
    for why in ("Anna forgot", "[sealed] Anna forgot", "[exempt: paragraph 9 of Schedule 12B]"):
        with pytest.raises(ValueError, match="why"):
            WithheldInside(position=1, why=why)
    case = (await bundles(pool, store)).case
    with pytest.raises(ValueError, match="extra"):
        WithheldInside.model_validate({"position": 1, "why": "[sealed]", "by": "anna"})
    assert case.manifest().withheld == []


def packed(files: Forged, change: Callable[[zipfile.ZipInfo], None] = lambda _: None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, LONG_AGO)
            change(info)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unicode_path(info: zipfile.ZipInfo) -> None:
    """Name the story twice: programs that know this field unpack it as another file."""
    if info.filename == STORY:
        info.extra = struct.pack("<HHBL", 0x7075, 5 + 10, 1, 0) + b"other.html"


def with_a_remark(info: zipfile.ZipInfo) -> None:
    info.comment = b"honest"


def renamed_inside(raw: bytes) -> bytes:
    """Name the story otherwise before its bytes than in the directory."""
    return raw.replace(STORY.encode(), b"stori.html", 1)


@pytest.mark.parametrize(
    "name", ["notes.txt", "STORY.HTML", "../../x", "entries/1", "/story.html", "story.html ", "Story.html"]
)
def test_only_a_bundles_own_names_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "b.zip").write_bytes(packed({STORY: b"x", name: b"x"}))
    with pytest.raises(NotABundle, match="name"):
        Files.read(tmp_path / "b.zip")


@pytest.mark.parametrize(
    "forge",
    [
        lambda files: packed(files, unicode_path),
        lambda files: packed(files, with_a_remark),
        lambda files: b"MZ" + packed(files),
        lambda files: packed({STORY: b"another"}) + packed(files),
        lambda files: packed(files) + b"more",
        lambda files: renamed_inside(packed(files)),
    ],
    ids=["unicode path", "remark", "something before", "another archive before", "after", "two names"],
)
def test_an_archive_that_unpacks_in_two_ways_is_no_bundle(
    tmp_path: Path, forge: Callable[[Forged], bytes]
) -> None:
    files = {STORY: b"x" * 100, MANIFEST: b"{}"}
    (tmp_path / "b.zip").write_bytes(packed(files))
    assert Files.read(tmp_path / "b.zip").files == files
    (tmp_path / "b.zip").write_bytes(forge(files))
    with pytest.raises(NotABundle):
        Files.read(tmp_path / "b.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_no_bundle(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for content in ("one", "other"):
            archive.writestr(zipfile.ZipInfo(STORY, LONG_AGO), content)
    (tmp_path / "b.zip").write_bytes(out.getvalue())
    with pytest.raises(NotABundle, match="one name"):
        Files.read(tmp_path / "b.zip")


@pytest.mark.parametrize(
    "name", [MANIFEST, KEYS, READ_ME, "checkpoint.txt", "proofs/000000000001.tlog-proof"]
)
def test_nothing_that_is_small_in_an_honest_bundle_may_grow(tmp_path: Path, name: str) -> None:
    (tmp_path / "b.zip").write_bytes(packed({name: bytes(2**20)}))
    with pytest.raises(NotABundle, match="larger"):
        Files.read(tmp_path / "b.zip")
