"""The proof of one entry is checked by whoever holds it and the keys, with the entry or without."""

from pathlib import Path

import asyncpg
import pytest

from shared.governance.audit.bundle.single_proof import entry_in, is_bundle, proof_in, verify_proof
from shared.ledger.checkpoints import Policy, hash_text, proof_text
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader
from shared.ledger.notes import Signer
from shared.ledger.tiles import Tiles
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import LOG, POLICY, kept


async def proved(pool: asyncpg.Pool, store: EventStore) -> tuple[Entry, str]:
    """An entry of a short record, and its proof, which names its leaf."""
    note = await kept(pool, store, 0, 40)
    [entry] = await LogReader(pool).entries([7])
    return entry, proof_text(6, await Tiles(pool).inclusion(6, 40), note, entry.leaf)


async def test_a_proof_that_names_its_leaf_is_checked_by_itself(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    entry, proof = await proved(pool, store)
    report = verify_proof(proof, POLICY)
    assert report.sound
    assert (
        f"right: entry 7 of the record of 40 entries is the one with the leaf hash {hash_text(entry.leaf)}"
    ) in report.lines
    assert report.lines[-1].startswith("note: what the entry says is not in its proof")


async def test_with_the_entry_it_says_whose_it_is(pool: asyncpg.Pool, store: EventStore) -> None:
    entry, proof = await proved(pool, store)
    said = verify_proof(proof, POLICY, entry).lines[-1]
    assert said.startswith(f"right: that is this entry: {entry.topic} by {entry.envelope['by']}")
    assert str(entry.stream_id) in said


async def test_a_proof_of_another_entry_is_found(pool: asyncpg.Pool, store: EventStore) -> None:
    entry, proof = await proved(pool, store)
    [other] = await LogReader(pool).entries([8])
    assert not verify_proof(proof, POLICY, other).sound
    renamed = proof.replace(hash_text(entry.leaf), hash_text(other.leaf))
    assert not verify_proof(renamed, POLICY).sound
    assert not verify_proof(renamed.replace("index 6", "index 7"), POLICY).sound


async def test_it_counts_only_as_the_keys_want_it(pool: asyncpg.Pool, store: EventStore) -> None:
    _, proof = await proved(pool, store)
    stranger = Policy((Signer.new(LOG.verifier.name).verifier,))
    [wrong] = verify_proof(proof, stranger).wrong
    assert "No key that is trusted" in wrong
    [wrong] = verify_proof(proof, Policy(POLICY.logs, POLICY.witnesses, 1)).wrong
    assert "0 witnesses signed, 1 must have." in wrong


async def test_an_entry_is_read_as_bundles_hold_it(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    entry, _ = await proved(pool, store)
    (tmp_path / "entry").write_bytes(entry.raw())
    (tmp_path / "leaf").write_text(f"{hash_text(entry.leaf)}\n")
    (tmp_path / "other").write_text("nonsense")
    assert entry_in(tmp_path / "entry") == entry
    assert entry_in(tmp_path / "leaf") == entry.leaf
    with pytest.raises(ValueError, match="no entry"):
        entry_in(tmp_path / "other")


def test_what_is_no_proof_and_no_bundle_is_neither(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Minutes of the meeting")
    (tmp_path / "cut.zip").write_bytes(b"PK nonsense")
    (tmp_path / "proof").write_bytes(b"c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n")
    assert (proof_in(tmp_path / "notes.txt"), is_bundle(tmp_path / "notes.txt")) == ("", False)
    assert (proof_in(tmp_path / "cut.zip"), is_bundle(tmp_path / "cut.zip")) == ("", True)
    assert proof_in(tmp_path / "proof") == "c2sp.org/tlog-proof@v1\nindex 0\n\n"
