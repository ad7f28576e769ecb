"""Checking the record against its log, row by row, and against checkpoints that were kept elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from shared.ledger.checkpoints import Checkpoint, Policy, hash_text, opened
from shared.ledger.notes import BadNote
from shared.ledger.read_checkpoints import EVERY, HASHES, OF_READS, is_of_reads, opened_of_reads
from shared.ledger.successions import Succession
from shared.ledger.tiles import TreeEdge
from shared.ledger.tree import HASH_BYTES
from shared.record.database import Connection

ROWS_A_BLOCK = 10_000
FINDINGS_LIMIT = 100
WITNESSES_COME_WITHIN = timedelta(minutes=10)

ROWS = """
SELECT notification_id, originator_id, originator_version, recorded_at, leaf_hash,
       event_leaf(notification_id, originator_id, originator_version, topic, recorded_at, state) AS leaf
FROM stored_events WHERE notification_id > $1 ORDER BY notification_id LIMIT $2
"""
HEAD = "SELECT position, recorded_at FROM event_head"
CHECKPOINTS = """
SELECT c.size, c.signed_at, c.note || coalesce(string_agg(s.line, '' ORDER BY s.witness), '') AS note
FROM log_checkpoints c LEFT JOIN log_cosignatures s USING (size) GROUP BY c.size ORDER BY c.size
"""
TILES = "SELECT level, number, hashes FROM log_tiles"
BROKEN_READS = r"""
SELECT position FROM (
    SELECT *, lag(hash) OVER w AS before, coalesce(lag(position) OVER w, 0) AS last
    FROM audit_reads WINDOW w AS (ORDER BY position)
) r WHERE position <> last + 1 OR hash <> audit_read_hash(coalesce(before, '\x'), jsonb_build_array(
    position, extract(epoch FROM read_at), reader, authority, operation, target, status, trace))
ORDER BY position LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """One thing that is not as it must be."""

    what: str
    position: int = 0

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.what} (position {self.position})" if self.position else self.what


@dataclass
class Checked:
    """What a check has seen so far."""

    edge: TreeEdge = field(default_factory=lambda: TreeEdge({}))
    findings: list[RecordFinding] = field(default_factory=list)
    checkpoints: int = 0
    signed_size: int = 0  # how far the log's own newest checkpoint goes
    witnessed: int = 0
    witnessed_size: int | None = None  # how far enough witnesses signed, where a quorum was asked for
    reads: int = 0
    lost: list[str] = field(default_factory=list)  # what was saved of a log that a restore cut short
    versions: dict[UUID, int] = field(default_factory=dict)
    last_at: datetime | None = None

    def found(self, what: str, position: int = 0) -> None:
        """Note a finding; a ruined record need not be listed row by row."""
        if len(self.findings) < FINDINGS_LIMIT:
            self.findings.append(RecordFinding(what, position))


async def check(
    connection: Connection, saved: Sequence[str], policy: Policy, successions: Sequence[Succession] = ()
) -> Checked:
    """Check the whole record and its log, and that it goes on from checkpoints saved elsewhere.

    What the record says it lost in a restore is told, and is no finding.
    """
    checked = Checked()
    rows = await connection.fetch(CHECKPOINTS)
    own = [row["note"] for row in rows]
    of_record = [note for note in saved if not is_of_reads(note)]
    wanted = _opened(checked, own, "The log's own checkpoint", replace(policy, quorum=0))
    checked.signed_size = max((checkpoint.size for checkpoint, _ in wanted), default=0)
    if policy.quorum:
        _ask_for_the_quorum(checked, rows, policy)
    found = _opened(checked, of_record, "The saved checkpoint", policy)
    wanted += [each for each in found if not _lost(checked, each[0], successions)]
    sizes = sorted({checkpoint.size for checkpoint, _ in wanted})
    roots = await _walk(connection, checked, sizes)
    for checkpoint, whose in wanted:
        _compare(checked, checkpoint, whose, roots)
    await _compare_head(connection, checked)
    await _compare_tiles(connection, checked)
    of_reads = [n for n in saved if is_of_reads(n) and not _of_an_old_log(checked, n, successions)]
    await _compare_reads(connection, checked, of_reads, policy)
    return checked


def _ask_for_the_quorum(checked: Checked, rows: Sequence[asyncpg.Record], policy: Policy) -> None:
    """Expect enough witnesses to have signed the newest checkpoint, or one from just before it.

    A log signs several times between two visits of its witnesses; what lies between waits for nobody.
    """
    enough = [row for row in rows if _has_quorum(row["note"], policy)]
    if not enough:
        checked.found(f"No checkpoint has the signatures of {policy.quorum} witnesses")
        return
    checked.witnessed_size = enough[-1]["size"]
    unseen = [row["signed_at"] for row in rows if row["size"] > checked.witnessed_size]
    if unseen and rows[-1]["signed_at"] - unseen[0] > WITNESSES_COME_WITHIN:
        checked.found(
            f"Since {unseen[0]:%Y-%m-%d %H:%M} UTC no checkpoint has the signatures"
            f" of {policy.quorum} witnesses",
            checked.witnessed_size,
        )


def _has_quorum(note: str, policy: Policy) -> bool:
    try:
        opened(note, policy)
    except BadNote:
        return False
    return True


def _opened(
    checked: Checked, notes: Iterable[str], whose: str, policy: Policy
) -> list[tuple[Checkpoint, str]]:
    found = []
    for note in notes:
        try:
            vouched = opened(note, policy)
        except BadNote as error:
            checked.found(f"{whose} is not signed as it must be: {error}")
            continue
        checked.checkpoints += 1
        checked.witnessed += bool(vouched.witnesses)
        found.append((vouched.checkpoint, whose))
    return found


def _lost(checked: Checked, checkpoint: Checkpoint, successions: Sequence[Succession]) -> bool:
    """Say whether a saved checkpoint covers what the record says was lost; a rewritten one is a finding."""
    for each in successions:
        if each.old_origin == checkpoint.origin and each.kept < checkpoint.size <= each.old_size:
            if checkpoint.size == each.old_size and hash_text(checkpoint.root) != each.old_root:
                checked.found("The record names another last checkpoint of the old log", checkpoint.size)
            checked.lost.append(
                f"The saved checkpoint of {checkpoint.size} entries is of {checkpoint.origin}, of which"
                f" entries {each.kept + 1} to {each.old_size} were lost in a restore"
            )
            return True
    return False


def _of_an_old_log(checked: Checked, note: str, successions: Sequence[Succession]) -> bool:
    origin = note.partition("\n")[0].removesuffix(OF_READS)
    if old := origin in {each.old_origin for each in successions}:
        checked.lost.append(f"A saved checkpoint of the log of reads is of {origin}, before a restore")
    return old


async def _walk(connection: Connection, checked: Checked, sizes: Sequence[int]) -> dict[int, bytes]:
    """Go through the record in order; return the root at each size that some checkpoint names."""
    roots: dict[int, bytes] = {}
    waiting = list(reversed(sizes))
    after = 0
    while rows := await connection.fetch(ROWS, after, ROWS_A_BLOCK):
        for row in rows:
            _look_at(checked, row)
            checked.edge.add((row["leaf"],))
            while waiting and waiting[-1] <= checked.edge.size:
                roots[waiting.pop()] = checked.edge.root()
        after = rows[-1]["notification_id"]
    return roots


def _look_at(checked: Checked, row: asyncpg.Record) -> None:
    position, stream, version = (row["notification_id"], row["originator_id"], row["originator_version"])
    if position != checked.edge.size + 1:
        checked.found("A position is missing before this one", position)
    if row["leaf"] != row["leaf_hash"]:
        checked.found("The event is not the one that was hashed", position)
    if version != checked.versions.get(stream, 0) + 1:
        checked.found("The case's versions do not follow one another", position)
    if checked.last_at is not None and row["recorded_at"] <= checked.last_at:
        checked.found("The time of recording runs backwards", position)
    checked.versions[stream], checked.last_at = version, row["recorded_at"]


def _compare(checked: Checked, checkpoint: Checkpoint, whose: str, roots: dict[int, bytes]) -> None:
    root = roots.get(checkpoint.size)
    if root is None:
        checked.found(f"{whose} speaks of {checkpoint.size} entries; the record has {checked.edge.size}")
    elif root != checkpoint.root:
        checked.found(
            f"{whose} of {checkpoint.size} entries has the root {hash_text(checkpoint.root)};"
            f" the record's is {hash_text(root)}: something before that was changed"
        )


async def _compare_head(connection: Connection, checked: Checked) -> None:
    head = await connection.fetchrow(HEAD)
    if head is None or head["position"] != checked.edge.size:
        checked.found("The head of the record is not at its last entry", checked.edge.size)
    elif checked.edge.size and head["recorded_at"] != checked.last_at:
        checked.found("The head's time is not that of the last entry", checked.edge.size)


async def _compare_tiles(connection: Connection, checked: Checked) -> None:
    """Expect the tiles that are kept to be the beginning of those just computed."""
    computed = checked.edge.changed
    for row in await connection.fetch(TILES):
        place, kept = (row["level"], row["number"]), row["hashes"]
        if bytes(computed.get(place, b""))[: len(kept)] != kept or len(kept) % HASH_BYTES:
            checked.found(f"Tile {place[1]} of level {place[0]} holds other hashes than the record's")


async def _compare_reads(
    connection: Connection, checked: Checked, saved: Iterable[str], policy: Policy
) -> None:
    """Expect the log of reads to be one chain, which goes through every checkpoint that was signed of it."""
    if position := await connection.fetchval(BROKEN_READS):
        checked.found("The log of reads was changed", position)
    signed: list[Checkpoint] = []
    for note in [*(row["note"] for row in await connection.fetch(EVERY)), *saved]:
        try:
            signed.append(opened_of_reads(note, policy))
        except BadNote as error:
            checked.found(f"A checkpoint of the log of reads is not signed as it must be: {error}")
    rows = await connection.fetch(HASHES, [checkpoint.size for checkpoint in signed])
    hashes = {row["position"]: row["hash"] for row in rows}
    for checkpoint in signed:
        held = hashes.get(checkpoint.size)
        if held is None:
            checked.found("The log of reads was cut off: a read that was signed is gone", checkpoint.size)
        elif held != checkpoint.root:
            checked.found("The log of reads is not the one that was signed", checkpoint.size)
    checked.reads = len(signed)
