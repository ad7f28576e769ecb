"""A log with checkpoints, cosignatures and proofs, each true, and each with something changed in it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg

from rfp_service.events import EVENTS
from shared.ledger.checkpoints import hash_text, proof_text
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import KeyType, Signer
from shared.ledger.tiles import Tiles
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.shared.record.projecting.examples import happen, year
from tests.support.postgres import Base

LOG = Signer.new("council.example/log")
STRANGER = Signer.new("council.example/log")
WITNESSES = [Signer.new(f"{who}.example", KeyType.WITNESS) for who in ("clerk", "internal-audit")]
SIZES = (1, 2, 3, 7, 8, 64, 255, 256, 257, 400, 600)
AT = 1_790_000_000

Case = dict[str, Any]


@dataclass(frozen=True)
class Log:
    """Everything that was signed of one record."""

    checkpoints: list[Signed]
    entries: list[bytes]
    inclusions: list[list[bytes]]
    consistencies: dict[tuple[int, int], list[bytes]]


async def log_of_a_year(base: Base) -> Log:
    """Let a year happen, and sign it now and then."""
    async with connected(base.service) as pool:
        store = EventStore(pool, Topics(EVENTS))
        before = 0
        for size in SIZES:
            await happen(store, year()[before:size])
            await LogWriter(pool, [LOG]).catch_up()
            before = size
        return await _log(pool)


async def _log(pool: asyncpg.Pool) -> Log:
    reader, tiles = LogReader(pool), Tiles(pool)
    last = SIZES[-1]
    checkpoints = [signed for size in SIZES if (signed := await reader.at(size))]
    entries = await reader.entries(list(range(1, last + 1)))
    pairs = [(one, other) for one in SIZES for other in SIZES if one <= other]
    return Log(
        checkpoints,
        [entry.raw() for entry in entries],
        await tiles.inclusions(range(last), last),
        {pair: await tiles.consistency(*pair) for pair in pairs},
    )


def sound_cases(log: Log) -> Iterator[Case]:
    """Yield what every verifier must accept."""
    notes = {signed.size: signed.note for signed in log.checkpoints}
    for note in notes.values():
        yield case("checkpoint", note)
        text = note.partition("\n\n")[0] + "\n"
        for witness in WITNESSES:
            signed = note + witness.line(text, AT)
            yield case("cosignature", signed, key=str(witness.verifier), logkey=str(LOG.verifier))
    for index, (entry, proof) in enumerate(zip(log.entries, log.inclusions, strict=True)):
        yield case(
            "inclusion",
            notes[SIZES[-1]],
            index=index,
            leaf=base64.b64encode(entry).decode(),
            hashes=[hash_text(h) for h in proof],
        )
    for (size1, size2), proof in log.consistencies.items():
        yield case("consistency", notes[size2], earlier=notes[size1], hashes=[hash_text(h) for h in proof])


def tampered_cases(log: Log) -> Iterator[Case]:
    """Yield each of those with one thing changed, which every verifier must refuse."""
    chance = Random(2026)
    for sound in sound_cases(log):
        yield {**sound, "key": str(_other_key(sound))}
        yield {**sound, "note": _other_text(sound["note"], chance)}
        yield {**sound, "note": _other_signature(sound["note"], chance)}
        if sound["kind"] == "inclusion":
            entry = bytearray(base64.b64decode(sound["leaf"]))
            entry[chance.randrange(len(entry))] ^= 1 << chance.randrange(8)
            yield {**sound, "leaf": base64.b64encode(entry).decode()}
            yield {**sound, "index": (sound["index"] + chance.randint(1, 599)) % 600}
        if sound["hashes"]:
            at = chance.randrange(len(sound["hashes"]))
            flipped = hash_text(_flipped(base64.b64decode(sound["hashes"][at]), chance))
            yield {**sound, "hashes": [*sound["hashes"][:at], flipped, *sound["hashes"][at + 1 :]]}
            yield {**sound, "hashes": sound["hashes"][:-1]}
        if sound["kind"] in ("inclusion", "consistency"):
            yield {**sound, "hashes": [*sound["hashes"], hash_text(chance.randbytes(32))]}
        if sound["kind"] == "consistency":
            yield {**sound, "earlier": _other_text(sound["earlier"], chance)}


def as_sent(made: Case) -> Case:
    """Return a case with its proof in one text, as some verifiers read it."""
    hashes = [base64.b64decode(text) for text in made["hashes"]]
    return {**made, "proof": proof_text(made["index"], hashes, made["note"])}


def case(kind: str, note: str, **more: Any) -> Case:
    """Return a case, with blanks for what its kind does not need."""
    blank = {"key": str(LOG.verifier), "logkey": "", "leaf": "", "index": 0, "hashes": []}
    return {**blank, "earlier": "", "kind": kind, "note": note, **more}


def _other_key(sound: Case) -> object:
    if sound["kind"] == "cosignature":
        name = sound["key"].partition("+")[0]
        return Signer.new(name, KeyType.WITNESS).verifier
    return STRANGER.verifier


def _flipped(raw: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) * 8)
    changed = bytearray(raw)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def _other_text(note: str, chance: Random) -> str:
    """Say another size, or another root."""
    lines = note.split("\n")
    if chance.random() < 0.5:
        lines[1] = str(int(lines[1]) + 1)
    else:
        lines[2] = hash_text(_flipped(base64.b64decode(lines[2]), chance))
    return "\n".join(lines)


def _other_signature(note: str, chance: Random) -> str:
    """Change the last signature in one bit of what is signed."""
    head, _, line = note.rstrip("\n").rpartition(" ")
    raw = base64.b64decode(line)
    return f"{head} {base64.b64encode(raw[:4] + _flipped(raw[4:], chance)).decode()}\n"
