"""The tree as it is kept: in tiles of 256 hashes, as C2SP tlog-tiles cuts it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import asyncpg

from shared.ledger.tree import HASH_BYTES, Nodes, complete_hash, consistency_proof, inclusion_proof, root_hash
from shared.record.database import Connection

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_PATH = r"^(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?$"
_PATH = re.compile(TILE_PATH)
TILE_BYTES = TILE_WIDTH * HASH_BYTES
NODES_KEPT = 4_096
TOP_LEVEL = 7  # of a tree of 2^63 leaves
TILES_HELD_LIMIT = 4_096  # 32 MB: every tile of a million entries

# Which tile: its level (of tiles, not of hashes) and its number in it.
Place = tuple[int, int]

# Laterally, so that each tile is looked up by its key, however little is known of the table's size.
FETCH = (
    "SELECT tile.* FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, number),"
    " LATERAL (SELECT level, number, hashes FROM log_tiles t"
    " WHERE t.level = wanted.level AND t.number = wanted.number LIMIT 1) tile"
)
KEEP = "SELECT keep_log_tiles($1, $2, $3)"
LAST_OF_EACH_LEVEL = (
    "SELECT tile.* FROM generate_series(0, $1::int) AS wanted (level),"
    " LATERAL (SELECT level, number, hashes FROM log_tiles t WHERE t.level = wanted.level"
    " ORDER BY number DESC LIMIT 1) tile"
)


def tile_of(level: int, number: int) -> Place:
    """Return the tile that holds the hash of a subtree so many levels up, or what it is made of."""
    return level // TILE_HEIGHT, (number << level % TILE_HEIGHT) // TILE_WIDTH


def nodes_in(tiles: Mapping[Place, bytes]) -> Nodes:
    """Return the hashes of subtrees as tiles hold them; raise `KeyError` for one that no tile holds yet.

    Proofs of neighbours share most of their hashes, so those asked for last are kept.
    """

    @lru_cache(NODES_KEPT)
    def node(level: int, number: int) -> bytes:
        hashes, within = tiles[tile_of(level, number)], level % TILE_HEIGHT
        start = (number << within) % TILE_WIDTH
        held = hashes[start * HASH_BYTES : (start + (1 << within)) * HASH_BYTES]
        if len(held) != HASH_BYTES << within:
            raise KeyError((level, number))
        return complete_hash(held)

    return node


T = TypeVar("T")


class Tiles:
    """Reads hashes of subtrees from the tiles in a database, in one look; a full tile is held from then on.

    A full tile never changes, so what is held is never out of date.
    """

    def __init__(self, connection: Connection | asyncpg.Pool) -> None:
        """Read through this connection."""
        self._connection = connection
        self._held: dict[Place, bytes] = {}

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree of so many."""
        result: list[bytes] = await self._of(lambda nodes: inclusion_proof(index, size, nodes))
        return result

    async def consistency(self, size1: int, size2: int) -> list[bytes]:
        """Return the proof that the tree of so many is the beginning of that of so many more."""
        result: list[bytes] = await self._of(lambda nodes: consistency_proof(size1, size2, nodes))
        return result

    async def inclusions(self, indices: Sequence[int], size: int) -> list[list[bytes]]:
        """Return the proofs of many leaves in one tree."""
        return await self._of(lambda nodes: [inclusion_proof(n, size, nodes) for n in indices])

    async def root(self, size: int) -> bytes:
        """Return the root of the tree of so many leaves."""
        result: bytes = await self._of(lambda nodes: root_hash(size, nodes))
        return result

    async def fetch(self, wanted: Iterable[Place]) -> dict[Place, bytes]:
        """Return tiles by their places; what is not there is missing."""
        places = set(wanted)
        tiles = {place: self._held.pop(place) for place in places & self._held.keys()}
        if missing := sorted(places - tiles.keys()):
            levels, numbers = zip(*missing, strict=True)
            for row in await self._connection.fetch(FETCH, levels, numbers):
                tiles[row["level"], row["number"]] = row["hashes"]
        self._hold(tiles)
        return tiles

    def _hold(self, tiles: Mapping[Place, bytes]) -> None:
        """Hold those that are full, behind the others; let go of those not asked for the longest."""
        self._held |= {p: hashes for p, hashes in tiles.items() if len(hashes) == TILE_BYTES}
        while len(self._held) > TILES_HELD_LIMIT:
            del self._held[next(iter(self._held))]

    async def _of(self, computed: Callable[[Nodes], T]) -> T:
        """Compute from hashes of subtrees: once to see which tiles that takes, once in earnest."""
        wanted: set[Place] = set()

        def note(level: int, number: int) -> bytes:
            wanted.add(tile_of(level, number))
            return bytes(HASH_BYTES)

        computed(note)
        return computed(nodes_in(await self.fetch(wanted)))


class TreeEdge:
    """The right edge of the tree: the last tile of each level, and what is added to them."""

    def __init__(self, tiles: Mapping[Place, bytes]) -> None:
        """Begin with the last tile of each level."""
        self._last = {level: (number, bytearray(hashes)) for (level, number), hashes in tiles.items()}
        self.changed: dict[Place, bytes] = {}

    @classmethod
    async def read(cls, connection: Connection) -> "TreeEdge":
        """Read it from a database."""
        rows = await connection.fetch(LAST_OF_EACH_LEVEL, TOP_LEVEL)
        return cls({(row["level"], row["number"]): row["hashes"] for row in rows})

    @property
    def size(self) -> int:
        """Return how many leaves the tree has."""
        number, hashes = self._last.get(0, (0, b""))
        return number * TILE_WIDTH + len(hashes) // HASH_BYTES

    def add(self, leaves: Iterable[bytes]) -> None:
        """Add leaves; a tile that is full is one hash of the level above."""
        for leaf in leaves:
            self._add(0, leaf)

    def _add(self, level: int, hashed: bytes) -> None:
        number, hashes = self._last.get(level, (0, bytearray()))
        if len(hashes) == TILE_BYTES:
            number, hashes = number + 1, bytearray()
        hashes += hashed
        self._last[level] = (number, hashes)
        self.changed[level, number] = hashes  # type: ignore[assignment]  # bytes once it is kept
        if len(hashes) == TILE_BYTES:
            self._add(level + 1, complete_hash(bytes(hashes)))

    def root(self) -> bytes:
        """Return the root of the tree; the edge is enough for it."""
        tiles = {(level, number): bytes(held) for level, (number, held) in self._last.items()}
        return root_hash(self.size, nodes_in(tiles))

    async def keep(self, connection: Connection) -> None:
        """Write what was changed."""
        places = list(self.changed)
        hashes = [bytes(self.changed[place]) for place in places]
        await connection.execute(KEEP, [p[0] for p in places], [p[1] for p in places], hashes)
        self.changed = {}


def tile_number(path: str) -> tuple[int, int]:
    """Return the number and width of a tile's path, `x001/234.p/7`; `ValueError` for another path."""
    if not _PATH.match(path):
        raise ValueError("This is no path of a tile.")
    digits, _, width = path.partition(".p/")
    number = int(digits.replace("x", "").replace("/", ""))
    if tile_path(number) != digits or (width and not int(width) < TILE_WIDTH):
        raise ValueError("This is no path of a tile.")
    return number, int(width) if width else TILE_WIDTH


def tile_path(number: int) -> str:
    """Return a tile's number as C2SP writes it: in groups of three, all but the last behind an x."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups))
