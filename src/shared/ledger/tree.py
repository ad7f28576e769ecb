"""The Merkle tree of RFC 6962 and RFC 9162: roots, proofs of inclusion and consistency, and their checks."""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
PROOF_HASHES_LIMIT = 63  # a tree of 2^63 leaves
EMPTY_ROOT = hashlib.sha256(b"").digest()

# The hash of the complete subtree so many levels up, so many to the right.
Nodes = Callable[[int, int], bytes]


class ProofFails(Exception):
    """What was to be proved does not follow from the proof."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees, as (level, number), that cover the leaves [start, end) left to right."""
    covered = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        covered.append((level, start >> level))
        start += 1 << level
    return covered


def range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """Return the hash of the leaves [start, end), where start is a place at which a subtree begins."""
    covered = [nodes(level, number) for level, number in complete_subtrees(start, end)]
    hashed = covered.pop()
    while covered:
        hashed = node_hash(covered.pop(), hashed)
    return hashed


def complete_hash(leaves: bytes) -> bytes:
    """Return the root of a complete tree from its leaves' hashes, one after the other: 1, 2, 4, … of them."""
    while len(leaves) > HASH_BYTES:
        pairs = range(0, len(leaves), 2 * HASH_BYTES)
        leaves = b"".join([hashlib.sha256(b"\x01" + leaves[n : n + 2 * HASH_BYTES]).digest() for n in pairs])
    return leaves


def root_hash(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return range_hash(0, size, nodes) if size else EMPTY_ROOT


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Return the nodes of a tree that is at hand as its leaves' hashes; each is computed once."""
    levels: list[Sequence[bytes]] = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)])
    return lambda level, number: levels[level][number]


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that a leaf is in the tree of so many: siblings, from the leaf up (2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("The leaf is beyond the tree.")
    start, end = 0, size
    proof = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(middle, end, nodes))
            end = middle
        else:
            proof.append(range_hash(start, middle, nodes))
            start = middle
    return proof[::-1]


def consistency_proof(size1: int, size2: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that a tree with leaves is the beginning of one no smaller (2.1.2)."""
    if not 0 < size1 <= size2:
        raise ValueError("A consistency proof leads from a tree with leaves to one no smaller.")
    start, end, whole = 0, size2, True
    proof = []
    while size1 != end:
        middle = start + _split(end - start)
        if size1 <= middle:
            proof.append(range_hash(middle, end, nodes))
            end = middle
        else:
            proof.append(range_hash(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        proof.append(range_hash(start, end, nodes))
    return proof[::-1]


def _split(leaves: int) -> int:
    """Return the largest power of two below a number of leaves."""
    return 1 << ((leaves - 1).bit_length() - 1)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check an inclusion proof (RFC 9162, section 2.1.3.2), or raise `ProofFails`."""
    if not 0 <= index < size:
        raise ProofFails("the entry is beyond the tree")
    _must_be_hashes(leaf, root, *proof)
    number, last = index, size - 1
    hashed = leaf
    for sibling in proof:
        if last == 0:
            raise ProofFails("the proof is too long")
        if number & 1 or number == last:
            hashed = node_hash(sibling, hashed)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        number, last = number >> 1, last >> 1
    if last or hashed != root:
        raise ProofFails("the proof does not lead to the signed root")


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Check a consistency proof (RFC 9162, section 2.1.4.2), or raise `ProofFails`."""
    if not 0 < size1 <= size2:
        raise ProofFails("a consistency proof leads from a tree with leaves to one no smaller")
    if size1 == size2:
        if proof or root1 != root2:
            raise ProofFails("two trees of one size have one root and need no proof")
        return
    _must_be_hashes(root1, root2, *proof)
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    if not path:
        raise ProofFails("the proof is empty")
    _walk(size1 - 1, size2 - 1, path, (root1, root2))


def _walk(number: int, last: int, path: list[bytes], roots: tuple[bytes, bytes]) -> None:
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofFails("the proof is too long")
        if number & 1 or number == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        number, last = number >> 1, last >> 1
    if last or (first, second) != roots:
        raise ProofFails("the proof does not lead from the one signed root to the other")


def _must_be_hashes(*hashes: bytes) -> None:
    if any(len(hashed) != HASH_BYTES for hashed in hashes):
        raise ProofFails("a hash has the wrong length")
