"""A monitor outside: it follows the log over HTTP, keeps every hash, and computes root and index anew.

Whoever forges the record forges its index and its checkpoints. Somebody else's copy of the hashes can't be
forged with them: what was there once must be there for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import httpx
import orjson

from shared.governance.audit.record_index.domain import INDEX_ID, IndexCommitted
from shared.ledger.checkpoints import Checkpoint, Policy, hash_text, opened
from shared.ledger.committed_index import CommittedIndex, IndexedEntry
from shared.ledger.entries import Entry
from shared.ledger.notes import BadNote
from shared.ledger.tiles import TILE_WIDTH, TreeEdge, tile_path
from shared.ledger.tree import HASH_BYTES

LEAVES, PLACES, CHECKPOINT = "leaves.bin", "places.txt", "checkpoint.txt"
LOG = "/v1/audit/log"
PUBLIC_LOG = "/log"
DECISIONS = "/v1/audit/decisions"
NO_WORK = "-"

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
    findings: list[str] = field(default_factory=list)


class Monitor:
    """Follows one log into a folder."""

    def __init__(self, client: httpx.Client, policy: Policy, folder: Path, works: Works) -> None:
        """Ask through this client, trust these keys, and remember in this folder."""
        self._client = client
        self._policy = policy
        self._folder = folder
        self._works = works

    def follow(self, *, words: bool) -> Followed:
        """Visit the log once; with `words`, read entries too, and compute the index anew."""
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
        return found

    def _leaves(self, base: str, found: Followed) -> list[bytes]:
        """Fetch what is new, and keep it once it leads to the signed root from all that was there before."""
        note = self._text(f"{base}/checkpoint")
        checkpoint = opened(note, self._policy).checkpoint
        held = _hashes(self._read(LEAVES))
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
        (self._folder / LEAVES).write_bytes(b"".join(leaves))
        (self._folder / CHECKPOINT).write_text(note)
        return leaves

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
        (self._folder / PLACES).write_text("".join(f"{line}\n" for line in places))
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
        (self._folder / f"index-{entry.position:012}.json").write_text(said.model_dump_json())

    def _compare_index(self, leaves: list[bytes], places: list[str], found: Followed) -> None:
        """Compute the index anew at each size that one on the record covers."""
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
        listed = self._asked(DECISIONS, asked).json()["total"]
        found.decisions = sum(not line.endswith(f" {NO_WORK}") for line in places)
        if listed != found.decisions:
            found.findings.append(
                f"The service lists {listed} decisions; there are {found.decisions} on the record"
            )

    def _read(self, name: str) -> bytes:
        path = self._folder / name
        return path.read_bytes() if path.exists() else b""

    def _bytes(self, path: str) -> bytes:
        return self._asked(path, {}).content

    def _text(self, path: str) -> str:
        return self._asked(path, {}).text

    def _asked(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        answer = self._client.get(path, params=query)
        answer.raise_for_status()
        return answer


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
