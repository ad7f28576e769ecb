"""A flipped bit in any file of a bundle, or of its archive, is found or refused by all three verifiers."""

import runpy
from pathlib import Path
from random import Random

import asyncpg

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import Files, NotABundle
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.governance.audit.verifier.handed_out import verifier_program
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
    changed += [flipped(archive, chance, directory) for _ in range(40)]
    program = tmp_path / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    alone = runpy.run_path(str(program))["checked"]
    by_page = by_the_page(tmp_path, [archive, *changed], TRUSTED.text())
    assert by_page[0]["verdict"] == "ENTRIES SOUND"
    for number, raw in enumerate([archive, *changed]):
        assert (by_page[number]["verdict"] == "ENTRIES SOUND") == (number == 0), number
        assert (exit_status(tmp_path / f"{number}.zip") == 0) == (number == 0), number
        assert (alone(raw, TRUSTED.text())[0] == "ENTRIES SOUND") == (number == 0), number
