"""More of what a hostile keeper would hand over, and strange archives: none is sound to any of the three."""

import io
import runpy
import zipfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.contents import (
    KEYS,
    LONG_AGO,
    MANIFEST,
    READ_ME,
    STORY,
    Files,
    NotABundle,
)
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.governance.audit.verifier.handed_out import verifier_program
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.forgeries import Forged
from tests.shared.governance.audit.further_forgeries import FURTHER
from tests.shared.governance.audit.test_bundle import MAPPER, PROGRAM, TRUSTED
from tests.shared.governance.audit.test_forgeries import (
    OF_A_CASE,
    OF_A_PERIOD,
    OF_A_WORK,
    bundles,
    by_the_page,
    packed,
    renamed_inside,
    unicode_path,
    with_a_remark,
)
from tests.shared.governance.audit.test_succession import FORGERIES as OF_A_SUCCESSION

FOREIGN_NAMES = (
    "notes.txt",
    "STORY.HTML",
    "../../x",
    "entries/1",
    "/story.html",
    "story.html ",
    "Story.html",
)
GROWN = (MANIFEST, KEYS, READ_ME, "checkpoint.txt", "proofs/000000000001.tlog-proof")
KINDS_WANTED = 40


def by_the_command(path: Path) -> str:
    try:
        return verify(Verifying(Files.read(path), TRUSTED, None, MAPPER, PROGRAM)).verdict
    except NotABundle:
        return "NOT A BUNDLE"


def of_two_of_one_name(files: Forged) -> bytes:
    out = io.BytesIO(packed(files))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo(STORY, LONG_AGO), b"another")
    return out.getvalue()


def strange_archives(files: Forged) -> Iterator[tuple[str, bytes]]:
    for name in FOREIGN_NAMES:
        yield f"with {name}", packed({**files, name: b"x"})
    for name in GROWN:
        yield f"grown {name}", packed({**files, name: bytes(2**20)})
    yield "another path in Unicode", packed(files, unicode_path)
    yield "a remark on a file", packed(files, with_a_remark)
    yield "something before", b"MZ" + packed(files)
    yield "another archive before", packed({STORY: b"another"}) + packed(files)
    yield "something after", packed(files) + b"more"
    yield "two names of one file", renamed_inside(packed(files))
    yield "two files of one name", of_two_of_one_name(files)


def test_at_least_forty_kinds_of_forgery_are_tried_on_all_three() -> None:
    kinds = {*OF_A_CASE, *OF_A_WORK, *OF_A_PERIOD, *OF_A_SUCCESSION, *FURTHER}
    archives = len(FOREIGN_NAMES) + len(GROWN) + 7
    assert len(kinds) + archives > 80
    assert len(kinds) >= KINDS_WANTED


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Duplicate name")
async def test_no_further_forgery_is_sound_to_any_of_the_three(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    case, period, _ = await bundles(pool, store)
    every = [
        (f"{forge.__name__} of {what}", Files(forge(dict(files.files))).zipped())
        for what, files in (("a case", case), ("a period", period))
        for forge in FURTHER
    ]
    every += strange_archives(dict(case.files))
    program = tmp_path / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    alone = runpy.run_path(str(program))["checked"]
    page = by_the_page(tmp_path, [*(raw for _, raw in every), case.zipped(), period.zipped()], TRUSTED.text())
    assert [one["verdict"] for one in page[len(every) :]] == ["ENTRIES SOUND"] * 2  # as they were
    for number, (name, raw) in enumerate(every):
        said = (
            by_the_command(tmp_path / f"{number}.zip").partition(":")[0],
            page[number]["verdict"],
            alone(raw, TRUSTED.text())[0],
        )
        assert said in {("NOT SOUND",) * 3, ("NOT A BUNDLE", "NOT SOUND", "NOT SOUND")}, (name, said)
