"""The Merkle tree, against the definition in RFC 6962 and against every wrong answer at hand."""

import hashlib
from random import Random

import pytest

from shared.ledger.tiles import TreeEdge, nodes_in, tile_number, tile_path
from shared.ledger.tree import (
    EMPTY_ROOT,
    ProofFails,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_of,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(f"entry {n}".encode()) for n in range(70)]
NODES = nodes_of(LEAVES)
SIZES = range(1, len(LEAVES) + 1)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


ROOTS = [by_definition(LEAVES[:size]) for size in range(len(LEAVES) + 1)]


def test_known_roots() -> None:
    """The first trees of the reference implementation's own example."""
    leaves = [leaf_hash(b) for b in (b"", b"\x00", b"\x10")]
    nodes = nodes_of(leaves)
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")
    assert root_hash(1, nodes).hex().startswith("6e340b9cffb37a98")
    assert root_hash(2, nodes).hex().startswith("fac54203e7cc696c")
    assert root_hash(3, nodes).hex().startswith("aeb6bcfe274b70a1")


def test_the_root_is_the_one_of_the_definition() -> None:
    assert [root_hash(size, NODES) for size in range(len(LEAVES) + 1)] == ROOTS


def test_every_leaf_of_every_tree_is_proved() -> None:
    for size in SIZES:
        for index in range(size):
            proof = inclusion_proof(index, size, NODES)
            verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_every_tree_is_proved_to_be_the_beginning_of_every_later_one() -> None:
    for size2 in SIZES:
        for size1 in range(1, size2 + 1):
            proof = consistency_proof(size1, size2, NODES)
            verify_consistency(size1, size2, proof, ROOTS[size1], ROOTS[size2])


def flipped(hashed: bytes, chance: Random) -> bytes:
    bit = chance.randrange(256)
    return (int.from_bytes(hashed, "big") ^ (1 << bit)).to_bytes(32, "big")


def test_no_changed_inclusion_proof_is_believed() -> None:
    chance = Random(1)
    for size in (1, 2, 3, 7, 8, 33, 70):
        for index in range(size):
            proof = inclusion_proof(index, size, NODES)
            wrong = [(LEAVES[index], i, size, proof) for i in (index - 1, index + 1, size, -1)]
            wrong.append((flipped(LEAVES[index], chance), index, size, proof))
            wrong.append((LEAVES[index], index, size, [*proof, LEAVES[0]]))
            wrong.append((LEAVES[index][:31], index, size, proof))
            for n in range(len(proof)):
                changed = [*proof[:n], flipped(proof[n], chance), *proof[n + 1 :]]
                wrong.append((LEAVES[index], index, size, changed))
                wrong.append((LEAVES[index], index, size, proof[:n] + proof[n + 1 :]))
            for leaf, i, s, p in wrong:
                with pytest.raises(ProofFails):
                    verify_inclusion(leaf, i, s, p, ROOTS[size])


def test_no_changed_consistency_proof_is_believed() -> None:
    chance = Random(2)
    for size1, size2 in ((1, 2), (2, 3), (3, 7), (6, 8), (8, 64), (63, 70), (70, 70)):
        proof = consistency_proof(size1, size2, NODES)
        wrong = [
            (size1, size2, proof, flipped(ROOTS[size1], chance), ROOTS[size2]),
            (size1, size2, [*proof, LEAVES[0]], ROOTS[size1], ROOTS[size2]),
            (size2 + 1, size2, proof, ROOTS[size1], ROOTS[size2]),
            (0, size2, [], EMPTY_ROOT, ROOTS[size2]),
            (0, size2, proof, ROOTS[size1], ROOTS[size2]),
        ]
        for n in range(len(proof)):
            changed = [*proof[:n], flipped(proof[n], chance), *proof[n + 1 :]]
            wrong.append((size1, size2, changed, ROOTS[size1], ROOTS[size2]))
            wrong.append((size1, size2, proof[:n] + proof[n + 1 :], ROOTS[size1], ROOTS[size2]))
        for case in wrong:
            with pytest.raises(ProofFails):
                verify_consistency(*case)


def test_from_nothing_there_is_no_consistency_proof() -> None:
    with pytest.raises(ValueError, match="with leaves"):
        consistency_proof(0, 5, NODES)
    with pytest.raises(ProofFails):
        verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)


def test_a_leaf_is_no_node_and_a_node_is_no_leaf() -> None:
    """Second preimages are kept apart by the first byte."""
    left, right = LEAVES[0], LEAVES[1]
    assert leaf_hash(left + right) != node_hash(left, right)
    with pytest.raises(ProofFails):
        verify_inclusion(leaf_hash(left + right), 0, 1, [], ROOTS[2])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 70_000])
def test_the_tree_in_tiles_is_the_same_tree(size: int) -> None:
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    edge = TreeEdge({})
    edge.add(leaves)
    tiles = {place: bytes(hashes) for place, hashes in edge.changed.items()}
    assert edge.size == size
    assert edge.root() == root_hash(size, nodes_of(leaves))
    if size > 2:
        nodes = nodes_in(tiles)
        for index in (0, size // 2, size - 1):
            proof = inclusion_proof(index, size, nodes)
            verify_inclusion(leaves[index], index, size, proof, edge.root())


def test_tiles_are_named_as_they_are_elsewhere() -> None:
    assert tile_path(0) == "000"
    assert tile_path(1234067) == "x001/x234/067"
    assert tile_number("x001/x234/067") == (1234067, 256)
    assert tile_number("x001/x234/067.p/7") == (1234067, 7)
    for wrong in ("1", "0001", "x000/001", "001.p/0", "001.p/256", "001/002", "../001", ""):
        with pytest.raises(ValueError, match="no path"):
            tile_number(wrong)
