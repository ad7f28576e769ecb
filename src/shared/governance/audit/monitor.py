"""A monitor outside: it follows the log over HTTP, keeps every hash, and computes root and index again.

Whoever forges the record forges its index and its checkpoints. Somebody else's copy of the hashes can't be
forged with them: what was there once must be there for ever.
"""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import httpx
import orjson

from shared.governance.audit.log_history.domain import LogSucceeded
from shared.governance.audit.record_index.domain import INDEX_ID, IndexCommitted
from shared.ledger.checkpoints import Checkpoint, Policy, hash_text, opened
from shared.ledger.committed_index import CommittedIndex, IndexedEntry
from shared.ledger.entries import Entry
from shared.ledger.notes import BadNote
from shared.ledger.successions import Succession, since
from shared.ledger.tiles import TILE_WIDTH, TreeEdge, tile_path
from shared.ledger.tree import HASH_BYTES

LEAVES, PLACES, CHECKPOINT = "leaves.bin", "places.txt", "checkpoint.txt"
LOG = "/v1/audit/log"
PUBLIC_LOG = "/log"
DECISIONS = "/v1/audit/decisions"
NO_WORK = "-"
ANSWER_SECONDS = 300.0
ANSWER_BYTES = 64 * 2**20  # a tile of entries is at most a quarter of it

# The body of work of an event by its stored name; blank for none.
Works = Mapping[str, str]


class LogDiffers(Exception):
    """The log is not the one that was followed so far, or not what it says it is."""


class LeafTile(NamedTuple):
    """A tile of leaves: where it begins, and how many of them there are by now."""

    number: int
    width: int

    @property
    def path(self) -> str:
        """Return it as C2SP names it."""
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"{tile_path(self.number)}{partial}"


@dataclass
class Followed:
    """What one visit found."""

    size: int = 0
    before: int = 0
    withheld: int = 0
    indexes: int = 0
    decisions: int | None = None
    lost: str = ""
    findings: list[str] = field(default_factory=list)


class Monitor:
    """Follows one log into a folder."""

    def __init__(self, client: httpx.Client, policy: Policy, folder: Path, works: Works) -> None:
        """Ask through this client, trust these keys, and remember in this folder."""
        self._client = client
        self._policy = policy
        self._folder = folder
        self._works = works
        self._restores: list[Entry] = []

    def follow(self, *, words: bool) -> Followed:
        """Visit the log once; with `words`, read entries too, and compute the index again."""
        self._folder.mkdir(parents=True, exist_ok=True)
        base = LOG if words else PUBLIC_LOG
        found = Followed()
        try:
            leaves = self._leaves(base, found)
            if words:
                self._compare_index(leaves, self._places(leaves, found), found)
                self._compare_counts(found)
        except (LogDiffers, BadNote) as error:
            found.findings.append(str(error))
        except (ValueError, LookupError, TypeError) as error:  # what can't be read is no record
            found.findings.append(f"What the service sent can't be read: {str(error)[:200]}")
        return found

    def _leaves(self, base: str, found: Followed) -> list[bytes]:
        """Fetch what is new, and keep it once it leads to the signed root from all that was there before."""
        note = self._text(f"{base}/checkpoint")
        checkpoint = opened(note, self._policy).checkpoint
        held = _hashes(self._read(LEAVES))
        followed = self._read(CHECKPOINT).decode().partition("\n")[0]
        if followed not in ("", checkpoint.origin):
            held = self._kept_by_a_restore(held, followed, checkpoint.origin, base, found)
        found.before, found.size = len(held), checkpoint.size
        if checkpoint.size < len(held):
            raise LogDiffers(f"The log has {checkpoint.size} entries, and had {len(held)}: it was cut")
        leaves = list(held)
        for block in _blocks(len(held), checkpoint.size):
            fetched = _hashes(self._bytes(f"{base}/tile/0/{block.path}"))
            start = block.number * TILE_WIDTH
            known = held[start : start + TILE_WIDTH]
            if len(fetched) != block.width or fetched[: len(known)] != known:
                raise LogDiffers(f"The hashes from entry {start + 1} on are not those that were there before")
            leaves[start:] = fetched
        self._must_lead_to(leaves, checkpoint)
        for entry in self._restores:
            if leaves[entry.position - 1] != entry.leaf:
                raise LogDiffers(f"Entry {entry.position} is not the one that was hashed")
        if found.lost:
            self._forget_after(found.before)
        self._keep(LEAVES, b"".join(leaves))
        self._keep(CHECKPOINT, note.encode())
        return leaves

    def _kept_by_a_restore(
        self, held: list[bytes], followed: str, origin: str, base: str, found: Followed
    ) -> list[bytes]:
        """Return what was kept of the log that was followed, by what the one after it says of the restore.

        Those words are an entry, which is compared with its hash once the hashes lead to the signed root.
        """
        if base == PUBLIC_LOG:
            raise LogDiffers(
                f"The log is {origin}, and was {followed}: what lies between is read with a token"
            )
        asked = {"decision": LogSucceeded.__name__, "limit": "200"}
        listed = orjson.loads(self._asked(DECISIONS, asked))["items"]
        told = [self._succession(int(item["position"])) for item in listed]
        chain = since(followed, told, origin)
        if not chain:
            raise LogDiffers(f"The log is {origin}, and was {followed}; nothing on the record says why")
        if len(held) > chain[0].old_size:
            found.findings.append(
                f"{followed} had {len(held)} entries; the record speaks of {chain[0].old_size} witnessed ones"
            )
        kept = min(len(held), *(each.kept for each in chain))
        if kept < len(held):
            found.lost = f"entries {kept + 1} to {len(held)} of {followed}, after a restore"
        return held[:kept]

    def _succession(self, position: int) -> Succession:
        """Return what one entry says of a restore."""
        number = (position - 1) // TILE_WIDTH
        block = LeafTile(number, position - number * TILE_WIDTH)
        raw = list(_entries(self._bytes(f"{LOG}/tile/entries/{block.path}")))[-1]
        entry = Entry.parse(raw)
        if (entry.position, entry.topic) != (position, LogSucceeded.__name__):
            raise LogDiffers(f"Entry {position} says nothing of a restore")
        self._restores.append(entry)
        return LogSucceeded.model_validate(orjson.loads(entry.state)["data"]).succession()

    def _forget_after(self, kept: int) -> None:
        """Let what was remembered of the lost entries stand in a file of its own."""
        places = self._read(PLACES).decode().splitlines()
        self._keep(f"lost-after-{kept:012}-{LEAVES}", self._read(LEAVES))
        self._keep(PLACES, "".join(f"{line}\n" for line in places[:kept]).encode())
        for path in self._folder.glob("index-*.json"):
            if int(path.stem[6:]) > kept:
                path.unlink()

    def _must_lead_to(self, leaves: list[bytes], checkpoint: Checkpoint) -> None:
        edge = TreeEdge({})
        edge.add(leaves)
        if edge.root() != checkpoint.root:
            raise LogDiffers(f"The first {checkpoint.size} entries do not lead to the signed root")

    def _places(self, leaves: list[bytes], found: Followed) -> list[str]:
        """Fetch of new entries what they say and where they belong; compare what is shown with the hashes."""
        places = self._read(PLACES).decode().splitlines()
        for block in _blocks(len(places), len(leaves)):
            start = block.number * TILE_WIDTH
            lines = self._text(f"{LOG}/tile/places/{block.path}").splitlines()
            raw = list(_entries(self._bytes(f"{LOG}/tile/entries/{block.path}")))
            if len(lines) != block.width or len(raw) != block.width:
                raise LogDiffers(f"Entries are missing from {start + 1} on")
            for number, (line, content) in enumerate(zip(lines, raw, strict=True), start=start):
                found.withheld += not content and number >= len(places)
                self._must_be(number, content, leaves[number], line, found)
            places[start:] = lines
        self._keep(PLACES, "".join(f"{line}\n" for line in places).encode())
        return places

    def _must_be(self, number: int, raw: bytes, leaf: bytes, line: str, found: Followed) -> None:
        if not raw:
            return  # withheld: that the index adds up shows where it belongs
        entry = Entry.parse(raw)
        if (entry.position, entry.leaf) != (number + 1, leaf):
            found.findings.append(f"Entry {number + 1} is not the one that was hashed")
        work = self._works.get(entry.topic)
        if line != f"{entry.stream_id} {line.partition(' ')[2] if work is None else work or NO_WORK}":
            found.findings.append(f"Entry {number + 1} is counted to something else than it is of")
        if (entry.stream_id, entry.topic) == (INDEX_ID, IndexCommitted.__name__):
            self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        said = IndexCommitted.model_validate(orjson.loads(entry.state)["data"])
        self._keep(f"index-{entry.position:012}.json", said.model_dump_json().encode())

    def _compare_index(self, leaves: list[bytes], places: list[str], found: Followed) -> None:
        """Compute the index again at each size that one on the record covers."""
        index, at = CommittedIndex(), 0
        for path in sorted(self._folder.glob("index-*.json")):
            said = IndexCommitted.model_validate_json(path.read_bytes())
            index.add(_indexed(leaves, places, at, min(said.size, len(leaves))))
            at = index.size
            found.indexes += 1
            if (said.size, said.lines, said.root) != _said(index):
                found.findings.append(
                    f"The index at entry {int(path.stem[6:])} is not that of the first {said.size} entries"
                )

    def _compare_counts(self, found: Followed) -> None:
        """Compare how many decisions the service's own list has with how many were followed."""
        places = self._read(PLACES).decode().splitlines()
        asked = {"count": "true", "limit": "1", "as_of": str(found.size)}
        listed = orjson.loads(self._asked(DECISIONS, asked))["total"]
        found.decisions = sum(not line.endswith(f" {NO_WORK}") for line in places)
        if listed != found.decisions:
            found.findings.append(
                f"The service lists {listed} decisions; there are {found.decisions} on the record"
            )

    def _keep(self, name: str, content: bytes) -> None:
        """Write a file whole, or not at all: whoever is killed meanwhile must not cry wolf later."""
        draft = self._folder / f"{name}.new"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)

    def _read(self, name: str) -> bytes:
        path = self._folder / name
        return path.read_bytes() if path.exists() else b""

    def _bytes(self, path: str) -> bytes:
        return self._asked(path, {})

    def _text(self, path: str) -> str:
        return self._asked(path, {}).decode()

    def _asked(self, path: str, query: Mapping[str, str]) -> bytes:
        """Return a whole answer; raise `httpx.HTTPError` for one that fails, drips or does not end."""
        last, content = time.monotonic() + ANSWER_SECONDS, bytearray()
        with self._client.stream("GET", path, params=query) as answer:
            if not answer.is_success:
                raise httpx.ProtocolError(f"it answered {answer.status_code} at {path}")
            for chunk in answer.iter_bytes():
                content += chunk
                if time.monotonic() > last or len(content) > ANSWER_BYTES:
                    raise httpx.ReadTimeout(f"its answer at {path} does not come to an end")
        return bytes(content)


def _blocks(held: int, size: int) -> Iterator[LeafTile]:
    """Yield the tiles that hold what is new."""
    for number in range(held // TILE_WIDTH, -(-size // TILE_WIDTH)):
        if (width := min(TILE_WIDTH, size - number * TILE_WIDTH)) and number * TILE_WIDTH + width > held:
            yield LeafTile(number, width)


def _hashes(raw: bytes) -> list[bytes]:
    return [raw[n : n + HASH_BYTES] for n in range(0, len(raw), HASH_BYTES)]


def _entries(raw: bytes) -> Iterator[bytes]:
    while raw:
        length = int.from_bytes(raw[:2], "big")
        yield raw[2 : 2 + length]
        raw = raw[2 + length :]


def _said(index: CommittedIndex) -> tuple[int, int, str]:
    computed = index.root()
    return computed.size, computed.lines, hash_text(computed.root)


def _indexed(leaves: list[bytes], places: list[str], start: int, end: int) -> Iterator[IndexedEntry]:
    for number in range(start, end):
        stream, _, work = places[number].partition(" ")
        yield IndexedEntry(number + 1, UUID(stream), leaves[number], "" if work == NO_WORK else work)
