"""A witness signs a log's checkpoint only where it goes on from the last one it signed."""

from pathlib import Path

import pytest

from shared.ledger.checkpoints import Checkpoint, Policy, opened, with_lines
from shared.ledger.notes import KeyType, Signer, signed_note
from shared.ledger.tree import Nodes, consistency_proof, leaf_hash, nodes_of, root_hash
from shared.ledger.witness import SIZE_TYPE, Request, Witness

LOG = Signer.new("council.example/log")
CLERK = Signer.new("clerk.example", KeyType.WITNESS)
LEAVES = [leaf_hash(bytes([n])) for n in range(20)]
NODES = nodes_of(LEAVES)
REWRITTEN = nodes_of([leaf_hash(b"rewritten"), *LEAVES[1:]])
POLICY = Policy((LOG.verifier,), (CLERK.verifier,), 1)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return restarted(tmp_path)


def restarted(folder: Path) -> Witness:
    return Witness(CLERK, Policy((LOG.verifier,)), folder / "state.json", lambda: 1_700_000_000)


def note(size: int, nodes: Nodes = NODES, signer: Signer = LOG, origin: str = "council.example/log") -> str:
    return signed_note(Checkpoint(origin, size, root_hash(size, nodes)).text(), [signer])


def asked(old: int, size: int, nodes: Nodes = NODES) -> str:
    proof = consistency_proof(old, size, nodes) if old else []
    return Request(old, tuple(proof), note(size, nodes)).text()


def test_it_signs_what_goes_on(witness: Witness) -> None:
    for old, size in ((0, 5), (5, 5), (5, 12), (12, 20)):
        answer = witness.add_checkpoint(asked(old, size))
        assert answer.status == 200
        vouched = opened(with_lines(note(size), [answer.body]), POLICY)
        assert vouched.witnesses == {CLERK.verifier: 1_700_000_000}


def test_it_never_signs_a_rewritten_past(witness: Witness, tmp_path: Path) -> None:
    """Whoever recomputes the whole tree can make every proof but the one from the witness's own size."""
    assert witness.add_checkpoint(asked(0, 12)).status == 200
    assert witness.add_checkpoint(asked(12, 20, REWRITTEN)).status == 422
    assert witness.add_checkpoint(asked(12, 12, REWRITTEN)).status == 409
    assert restarted(tmp_path).add_checkpoint(asked(12, 20, REWRITTEN)).status == 422
    assert restarted(tmp_path).add_checkpoint(asked(12, 20)).status == 200


def test_it_says_how_far_it_has_come(witness: Witness) -> None:
    witness.add_checkpoint(asked(0, 12))
    for old, size in ((0, 20), (5, 20), (11, 12)):
        answer = witness.add_checkpoint(asked(old, size))
        assert (answer.status, answer.body, answer.media_type) == (409, "12\n", SIZE_TYPE)
    assert witness.add_checkpoint(asked(12, 20)).status == 200


def test_it_never_goes_back(witness: Witness) -> None:
    witness.add_checkpoint(asked(0, 12))
    assert witness.add_checkpoint(Request(12, (), note(5)).text()).status == 400
    assert witness.add_checkpoint(asked(0, 5)).status == 409


def test_it_knows_its_logs_by_name_and_key(witness: Witness) -> None:
    stranger = Signer.new("stranger.example")
    unknown = Request(0, (), note(5, signer=stranger, origin="stranger.example")).text()
    assert witness.add_checkpoint(unknown).status == 404
    assert witness.add_checkpoint(Request(0, (), note(5, signer=stranger)).text()).status == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 0",
        "old 00\n\n" + note(5),
        "new 0\n\n" + note(5),
        "old 0\nxx\n\n" + note(5),
        "old 0\n\nnothing",
    ],
)
def test_what_it_can_not_read_it_does_not_sign(witness: Witness, body: str) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_from_nothing_no_proof_is_needed_and_none_is_taken(witness: Witness) -> None:
    body = Request(0, (LEAVES[0],), note(5)).text()
    assert witness.add_checkpoint(body).status == 422
