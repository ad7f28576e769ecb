"""Signed notes, checkpoints, cosignatures and proofs: what is read, and all that is refused."""

import base64

import pytest

from shared.ledger.checkpoints import Checkpoint, Policy, check_proof, opened, proof_text, with_lines
from shared.ledger.notes import BadNote, KeyType, Note, Signer, Verifier, signed_note
from shared.ledger.tree import ProofFails, inclusion_proof, leaf_hash, nodes_of, root_hash

# Published with the format's first implementation.
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n"
)

LOG = Signer.new("council.example/log")
NEXT = Signer.new("council.example/log")
CLERK = Signer.new("clerk.example", KeyType.WITNESS)
LEAVES = [leaf_hash(bytes([n])) for n in range(9)]
NODES = nodes_of(LEAVES)
CHECKPOINT = Checkpoint("council.example/log", 9, root_hash(9, NODES))
NOTE = signed_note(CHECKPOINT.text(), [LOG])


def policy(*more: Verifier, quorum: int = 0) -> Policy:
    return Policy((LOG.verifier,), more, quorum)


def test_a_note_of_another_program_is_read() -> None:
    verifier = Verifier.parse(GO_VERIFIER)
    assert str(verifier) == GO_VERIFIER
    assert Note.parse(GO_NOTE).signed_by([verifier]) == {verifier: None}


def test_keys_are_read_back_though_base64_has_plus_signs() -> None:
    keys = [Signer.new("log.example/with-a-name", kind) for kind in KeyType for _ in range(200)]
    assert any("+" in str(key.verifier).split("+", 2)[2] for key in keys)
    assert any("+" in str(key).split("+", 4)[4] for key in keys)
    for key in keys:
        assert Verifier.parse(str(key.verifier)) == key.verifier
        assert Signer.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        GO_VERIFIER.replace("c74f", "c74e"),
        GO_VERIFIER[:-4],
        GO_VERIFIER + "AA==",
        GO_VERIFIER.replace("PeterNeumann", "Peter Neumann"),
        GO_VERIFIER.replace("ARpc", "Ahpc"),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(text)


def test_any_one_key_of_the_log_is_enough_so_that_keys_can_change() -> None:
    both = signed_note(CHECKPOINT.text(), [LOG, NEXT])
    assert opened(both, policy()).logs == (LOG.verifier,)
    assert opened(both, Policy((NEXT.verifier,))).logs == (NEXT.verifier,)
    assert set(opened(both, Policy((LOG.verifier, NEXT.verifier))).logs) == {LOG.verifier, NEXT.verifier}
    with pytest.raises(BadNote, match="No key"):
        opened(NOTE, Policy((NEXT.verifier,)))


def test_a_key_of_another_name_does_not_sign_for_the_log() -> None:
    stranger = Signer.new("stranger.example")
    note = signed_note(CHECKPOINT.text(), [stranger])
    with pytest.raises(BadNote, match="No key"):
        opened(note, Policy((stranger.verifier,)))


def test_a_bad_signature_of_a_known_key_spoils_the_note() -> None:
    other = signed_note(Checkpoint("council.example/log", 8, CHECKPOINT.root).text(), [LOG])
    forged = NOTE.partition("\n\n")[0] + "\n\n" + other.partition("\n\n")[2]
    with pytest.raises(BadNote, match="not of this text"):
        opened(forged, policy())


def test_a_witness_says_when_and_its_time_is_under_its_signature() -> None:
    witnessed = with_lines(NOTE, [CLERK.line(CHECKPOINT.text(), at=1_700_000_000)])
    vouched = opened(witnessed, policy(CLERK.verifier, quorum=1))
    assert vouched.witnesses == {CLERK.verifier: 1_700_000_000}
    with pytest.raises(BadNote, match="0 witnesses signed, 1 must have"):
        opened(NOTE, policy(CLERK.verifier, quorum=1))
    head, _, line = witnessed.rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[11] ^= 1
    moved = f"{head} {base64.b64encode(raw).decode()}\n"
    with pytest.raises(BadNote, match="not of this text"):
        opened(moved, policy(CLERK.verifier, quorum=1))


def test_a_witnesss_key_does_not_sign_as_the_log() -> None:
    as_log = Signer.parse(str(CLERK))
    note = signed_note(CHECKPOINT.text(), [as_log])
    with pytest.raises(BadNote):
        opened(note, Policy((CLERK.verifier,)))


@pytest.mark.parametrize(
    "wrong",
    [
        NOTE.replace("\n9\n", "\n09\n"),
        NOTE.replace("\n9\n", "\n-9\n"),
        NOTE[:-1],
        NOTE + "x\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("\n9\n", "\n9\t\n"),
        NOTE.replace("=\n\n", "\n\n"),
        "\n\n" + NOTE,
        "",
    ],
)
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    with pytest.raises(BadNote):
        opened(wrong, policy())


def test_a_proof_carries_its_checkpoint() -> None:
    for index in range(9):
        text = proof_text(index, inclusion_proof(index, 9, NODES), NOTE)
        found, vouched = check_proof(text, LEAVES[index], policy())
        assert (found, vouched.checkpoint) == (index, CHECKPOINT)
        with pytest.raises(ProofFails):
            check_proof(text, LEAVES[index - 1], policy())
        with pytest.raises(ProofFails):
            check_proof(text.replace(f"index {index}", "index 9"), LEAVES[index], policy())
    extra = text.replace("\nindex", "\nextra AAAA\nindex")
    assert check_proof(extra, LEAVES[8], policy())[0] == 8
    with pytest.raises(BadNote):
        check_proof(text.replace("@v1", "@v2"), LEAVES[8], policy())


def test_a_policy_is_read_back() -> None:
    made = policy(CLERK.verifier, quorum=1)
    assert Policy.parse(made.text()) == made
