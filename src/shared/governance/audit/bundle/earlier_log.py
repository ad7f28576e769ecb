"""An earlier bundle of a log that was succeeded after a restore: how the later one goes on from it."""

import base64
from collections.abc import Sequence
from dataclasses import replace

import asyncpg
import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.governance.audit.bundle.contents import SUCCESSION, Files, NotABundle, json_text
from shared.governance.audit.log_history.domain import HISTORY_ID, LogSucceeded
from shared.governance.audit.log_history.recorded_successions import RecordedSuccession, successions
from shared.kernel.errors import Refused
from shared.ledger.checkpoints import Policy, check_proof, hash_text, opened, proof_text
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.notes import BadNote
from shared.ledger.successions import Succession, since
from shared.ledger.tiles import Tiles
from shared.ledger.tree import ProofFails
from shared.record.database import Connection


class LastBundleOfAnotherLog(Refused):
    """Your last bundle is from another log, and this record does not say that it succeeds that log."""


class ShownSuccession(BaseModel):
    """An entry that says that one log succeeded another, and its proof."""

    model_config = ConfigDict(extra="forbid")

    entry: str
    proof: str


class ShownSuccessions(BaseModel):
    """All that led from the log of the earlier bundle to this one."""

    model_config = ConfigDict(extra="forbid")

    successions: list[ShownSuccession] = Field(min_length=1)


async def led_from(
    connection: Connection | asyncpg.Pool, origin: str, now: str
) -> tuple[RecordedSuccession, ...]:
    """Return what led from the log of an earlier bundle to this one; nothing if it is the same."""
    if origin in ("", now):
        return ()
    recorded = await successions(connection)
    led = since(origin, [each.succession for each in recorded], now)
    if not led:
        raise LastBundleOfAnotherLog(last=origin, now=now)
    return tuple(each for each in recorded if each.succession in led)


def kept_size(size: int | None, led: Sequence[RecordedSuccession]) -> int | None:
    """Return the last bundle's size where all of it is on the record still; none if some was lost."""
    lost = size is not None and any(each.succession.kept < size for each in led)
    return None if lost else size


async def shown(
    connection: Connection | asyncpg.Pool, led: Sequence[RecordedSuccession], signed: Signed
) -> dict[str, bytes]:
    """Return the file that shows what led here; none if nothing did."""
    if not led:
        return {}
    entries = await LogReader(connection).entries([each.position for each in led])
    proofs = await Tiles(connection).inclusions([entry.position - 1 for entry in entries], signed.size)
    found = [
        ShownSuccession(
            entry=base64.b64encode(entry.raw()).decode(),
            proof=proof_text(entry.position - 1, proof, signed.note),
        )
        for entry, proof in zip(entries, proofs, strict=True)
    ]
    return {SUCCESSION: json_text(ShownSuccessions(successions=found).model_dump())}


def proved(files: Files, policy: Policy, text: str) -> list[Succession]:
    """Return the successions that a bundle proves to be on the record under its checkpoint."""
    if SUCCESSION not in files.files:
        return []
    try:
        said = ShownSuccessions.model_validate_json(files.json(SUCCESSION), strict=True)
        return [_proved(one, policy, text) for one in said.successions]
    except (ValueError, BadNote, ProofFails) as error:
        raise NotABundle(f"Its {SUCCESSION} does not hold: {error}") from None


def _proved(one: ShownSuccession, policy: Policy, text: str) -> Succession:
    entry = Entry.parse(base64.b64decode(one.entry, validate=True))
    index, vouched = check_proof(one.proof, entry.leaf, policy)
    if index != entry.position - 1 or vouched.checkpoint.text() != text:
        raise ProofFails("the proof is of another entry or another checkpoint")
    if (entry.stream_id, entry.topic) != (HISTORY_ID, LogSucceeded.__name__):
        raise ProofFails("the entry is no succession of logs")
    event = LogSucceeded.model_validate(orjson.loads(entry.state)["data"])
    old = opened(event.old_checkpoint, replace(policy, quorum=0)).checkpoint
    if (old.origin, old.size, hash_text(old.root)) != (event.old_origin, event.old_size, event.old_root):
        raise ProofFails("the succession names another checkpoint than it holds")
    return event.succession()


def entries_that_differ(earlier: Files, files: Files, kept: int) -> list[str]:
    """Return the entries up to one that was kept, which two bundles hold with different words."""
    return [
        name
        for name, content in earlier.files.items()
        if name.startswith(("entries/", "leaves/")) and int(name[-12:]) <= kept
        if files.files.get(name, content) != content
    ]
