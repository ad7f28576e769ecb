"""The index of the record: one line for each case and body of work, and a root that follows from them."""

import hashlib
from random import Random
from uuid import UUID

import pytest

from shared.ledger.committed_index import (
    NOTHING,
    CommittedIndex,
    GapInRecord,
    IndexedEntry,
    chained,
    of_case,
    of_work,
)
from shared.ledger.tree import EMPTY_ROOT, ProofFails, leaf_hash, nodes_of, root_hash, verify_inclusion

WORKS = ("rfps", "projects", "")


def record(length: int, cases: int = 40) -> list[IndexedEntry]:
    chance = Random(1842)
    return [
        IndexedEntry(
            position, UUID(int=chance.randrange(cases)), chance.randbytes(32), WORKS[chance.randrange(3)]
        )
        for position in range(1, length + 1)
    ]


def by_hand(entries: list[IndexedEntry]) -> bytes:
    """Compute the root from the definition, without anything that is kept between entries."""
    held: dict[str, list[bytes]] = {}
    for entry in entries:
        names = [f"case {entry.stream_id}"] + ([f"body-of-work {entry.work}"] if entry.work else [])
        for name in names:
            held.setdefault(name, []).append(entry.leaf)
    lines = []
    for name, leaves in held.items():
        last = bytes(32)
        for leaf in leaves:
            last = hashlib.sha256(last + leaf).digest()
        lines.append(leaf_hash(f"{name}\n{len(leaves)}\n{last.hex()}\n".encode()))
    return root_hash(len(lines), nodes_of(lines))


def test_the_root_follows_from_the_entries_however_they_came() -> None:
    entries, index, chance = record(700), CommittedIndex(), Random(7)
    assert index.root().root == EMPTY_ROOT
    while index.size < len(entries):
        index.add(entries[index.size : index.size + chance.randint(1, 60)])
        assert index.root().root == by_hand(entries[: index.size])
    assert (index.root().size, index.root().lines) == (700, 42)
    assert len(index.leaves()) == 42


def test_every_line_is_proved_and_no_other_is() -> None:
    entries, index = record(300), CommittedIndex()
    index.add(entries)
    root = index.root()
    for name in (*(of_case(UUID(int=n)) for n in range(40)), of_work("rfps"), of_work("projects")):
        proof = index.proof(name)
        assert proof is not None
        verify_inclusion(proof.line.leaf, proof.number, root.lines, proof.hashes, root.root)
        for forged in (
            proof.line._replace(entries=proof.line.entries - 1),
            proof.line._replace(last=NOTHING),
            proof.line._replace(of="case x"),
        ):
            with pytest.raises(ProofFails):
                verify_inclusion(forged.leaf, proof.number, root.lines, proof.hashes, root.root)
    assert index.proof(of_case(UUID(int=99))) is None


def test_a_lines_chain_is_that_of_its_entries() -> None:
    entries, index = record(300), CommittedIndex()
    index.add(entries)
    mine = [entry.leaf for entry in entries if entry.stream_id == UUID(int=3)]
    line = index.line(of_case(UUID(int=3)))
    assert line is not None
    assert (line.entries, line.last) == (len(mine), chained(NOTHING, mine))
    assert line.last != chained(NOTHING, mine[::-1])


def test_entries_are_indexed_one_after_the_other() -> None:
    index = CommittedIndex()
    with pytest.raises(GapInRecord):
        index.add(record(3)[1:])
