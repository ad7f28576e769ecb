"""A flipped bit in any file of a bundle, or of its archive, is found or refused by all three verifiers."""

import io
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import UNREADABLE, Files, NotABundle
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.governance.audit.verifier.handed_out import script_of, verifier_program
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import indexed, kept
from tests.shared.governance.audit.test_bundle import MAPPER, PROGRAM, TRUSTED
from tests.shared.governance.audit.test_forgeries import by_the_page
from tests.shared.record.projecting.examples import year_of_rfps


def flipped(raw: bytes, chance: Random, until: int | None = None) -> bytes:
    at = chance.randrange((until or len(raw)) * 8)
    changed = bytearray(raw)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def exit_status(path: Path) -> int:
    """Return what the command says of a file."""
    try:
        return verify(Verifying(Files.read(path), TRUSTED, None, MAPPER, PROGRAM)).exit_status
    except NotABundle:
        return 1


def unpacked(raw: bytes) -> dict[str, bytes] | None:
    """Return what any program unpacks."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except UNREADABLE:
        return None


def around_its_files(raw: bytes) -> list[bytes]:
    """Flip a bit of each byte before the first file, of its place in the directory, and of the end."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        named, directory = len(archive.infolist()[0].filename), archive.start_dir
    places = [*range(30 + named), *range(directory, directory + 46 + named), *range(len(raw) - 22, len(raw))]
    changed = []
    for at in places:
        other = bytearray(raw)
        other[at] ^= 1 << at % 8
        changed.append(bytes(other))
    return changed


async def test_every_flipped_bit_is_found_or_refused(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 60)
    await indexed(pool, store)
    case = next(scene.stream_id for scene in year_of_rfps() if type(scene.event).kind == "rfp")
    sound = await made(pool, MAPPER, BundleRequest(case=case), PROGRAM)
    chance = Random(1848)
    files, archive = dict(sound.files), sound.zipped()
    changed = [Files({**files, name: flipped(raw, chance)}).zipped() for name, raw in files.items()]
    directory = archive.index(b"PK\x01\x02")
    # What is packed ends within a byte; the bits behind it mean nothing, and leave every file as it was.
    packed = [flipped(archive, chance, directory) for _ in range(40)]
    changed += [raw for raw in packed if unpacked(raw) != files] + around_its_files(archive)
    program = tmp_path / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    alone = runpy.run_path(str(program))["checked"]
    by_page = by_the_page(tmp_path, [archive, *changed], TRUSTED.text())
    assert by_page[0]["verdict"] == "ENTRIES SOUND"
    for number, raw in enumerate([archive, *changed]):
        assert (by_page[number]["verdict"] == "ENTRIES SOUND") == (number == 0), number
        assert (exit_status(tmp_path / f"{number}.zip") == 0) == (number == 0), number
        assert (alone(raw, TRUSTED.text())[0] == "ENTRIES SOUND") == (number == 0), number


@pytest.mark.slow
def test_more_files_than_sixteen_bits_count_are_unpacked_by_all(tmp_path: Path) -> None:
    program, archive = tmp_path / "check.py", tmp_path / "many.zip"
    program.write_text(verifier_program("0", {}))
    alone = runpy.run_path(str(program))["unpacked"]
    counting = (
        'console.log(directoryOf(new Uint8Array(require("fs").readFileSync(process.argv[2]))).files.length)'
    )
    (tmp_path / "count.cjs").write_text(script_of({}, ("verify.js",)) + counting)
    node = Path(sys.executable).with_name("node")
    for count in (65_535, 65_536):
        files = {f"entries/{position:012}": b"" for position in range(count)}
        archive.write_bytes(Files(files).zipped())
        assert Files.read(archive).files == alone(archive.read_bytes()) == files
        assert subprocess.check_output([node, tmp_path / "count.cjs", archive], text=True) == f"{count}\n"
