"""The index of the record: of each case and each body of work, how many entries it has and their last hash.

A line's hash is a chain: thirty-two zero bytes at first, then SHA-256 of the chain so far and the leaf that
follows. Lines stand in the order of their first entries; their texts are the leaves of a tree (RFC 6962),
whose root is put on the record. Whoever has a case's leaves and the proof of its line knows that none is
missing, up to the size that the index covers.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.ledger.tree import HASH_BYTES, inclusion_proof, leaf_hash, node_hash, root_hash

NOTHING = bytes(HASH_BYTES)  # the chain of no entries
CASE, BODY_OF_WORK = "case", "body-of-work"


def of_case(stream_id: UUID | str) -> str:
    """Return the name of a case's line."""
    return f"{CASE} {stream_id}"


def of_work(body: str) -> str:
    """Return the name of a body of work's line."""
    return f"{BODY_OF_WORK} {body}"


def chained(last: bytes, leaves: Iterable[bytes]) -> bytes:
    """Return a chain with more leaves at its end."""
    for leaf in leaves:
        last = hashlib.sha256(last + leaf).digest()
    return last


class IndexLine(NamedTuple):
    """How many entries something has, and the last hash of their chain."""

    of: str
    entries: int
    last: bytes

    @property
    def leaf(self) -> bytes:
        """Return its hash as a leaf of the index."""
        return leaf_hash(f"{self.of}\n{self.entries}\n{self.last.hex()}\n".encode())


class IndexProof(NamedTuple):
    """A line, and where it stands in the index."""

    line: IndexLine
    number: int
    hashes: tuple[bytes, ...]


class IndexedEntry(NamedTuple):
    """What the index takes of an entry: its place, its hash, and which body of work it belongs to, if any."""

    position: int
    stream_id: UUID
    leaf: bytes
    work: str


@dataclass(frozen=True, slots=True)
class IndexRoot:
    """What is put on the record: how many entries it covers, how many lines it has, and their root."""

    size: int
    lines: int
    root: bytes


class GapInRecord(Exception):
    """Entries do not follow one another: they can't be indexed."""


class CommittedIndex:
    """The index of the record's first entries; adding to it costs little, whatever its length."""

    def __init__(self) -> None:
        """Begin with an empty record."""
        self.size = 0
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._counts: list[int] = []
        self._lasts: list[bytes] = []
        self._levels: list[list[bytes]] = [[]]
        self._changed: set[int] = set()

    def add(self, entries: Iterable[IndexedEntry]) -> None:
        """Take in what follows in the record; raise `GapInRecord` where something is missing between."""
        for entry in entries:
            if entry.position != self.size + 1:
                raise GapInRecord(f"After position {self.size} comes {entry.position}.")
            self._put(of_case(entry.stream_id), entry.leaf)
            if entry.work:
                self._put(of_work(entry.work), entry.leaf)
            self.size = entry.position

    def root(self) -> IndexRoot:
        """Return what stands for all of it."""
        self._hash()
        lines = len(self._counts)
        return IndexRoot(self.size, lines, root_hash(lines, self._node))

    def line(self, of: str) -> IndexLine | None:
        """Return the line of something; none if the record has nothing of it."""
        number = self._numbers.get(of)
        return None if number is None else IndexLine(of, self._counts[number], self._lasts[number])

    def proof(self, of: str) -> IndexProof | None:
        """Return a line with the proof that it is in the index."""
        line = self.line(of)
        if line is None:
            return None
        self._hash()
        number = self._numbers[of]
        return IndexProof(line, number, tuple(inclusion_proof(number, len(self._counts), self._node)))

    def leaves(self) -> list[bytes]:
        """Return the hashes of all lines, in their order: they tell nothing of what the lines are of."""
        self._hash()
        return list(self._levels[0])

    def _put(self, of: str, leaf: bytes) -> None:
        number = self._numbers.setdefault(of, len(self._counts))
        if number == len(self._counts):
            self._names.append(of)
            self._counts.append(0)
            self._lasts.append(NOTHING)
        self._counts[number] += 1
        self._lasts[number] = hashlib.sha256(self._lasts[number] + leaf).digest()
        self._changed.add(number)

    def _node(self, level: int, number: int) -> bytes:
        return self._levels[level][number]

    def _hash(self) -> None:
        """Hash the lines that were changed, and what lies above them."""
        changed = sorted(self._changed)
        for number in changed:
            line = IndexLine(self._names[number], self._counts[number], self._lasts[number])
            _set(self._levels[0], number, line.leaf)
        level = 0
        while changed:
            below = self._levels[level]
            above = sorted({number >> 1 for number in changed if (number | 1) < len(below)})
            if above and level + 1 == len(self._levels):
                self._levels.append([])
            for number in above:
                _set(self._levels[level + 1], number, node_hash(below[2 * number], below[2 * number + 1]))
            changed, level = above, level + 1
        self._changed.clear()


def _set(hashes: list[bytes], number: int, hashed: bytes) -> None:
    if number == len(hashes):
        hashes.append(hashed)
    else:
        hashes[number] = hashed
