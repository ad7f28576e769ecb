"""Which witnesses are asked, and how many of them must have signed, stands in one file."""

from pathlib import Path

import pytest

from rfp_service.operator.failures import sentence_about
from shared.governance.audit.bundle.contents import Files, NotABundle
from shared.ledger.log_keys import log_keys, read_policy
from shared.ledger.notes import BadNote, KeyType, Signer
from shared.settings import NotConfigured, Settings


def settings(folder: Path, *lines: str) -> Settings:
    names = ("clerk.example", "river.example", "hill.example")
    keys = [f"{Signer.new(name, KeyType.WITNESS).verifier} http://{name}/" for name in names]
    (folder / "witnesses.txt").write_text("\n".join([*keys, *lines]) + "\n")
    return Settings(data_dir=folder, audit_witnesses=folder / "witnesses.txt")


def test_two_of_three_must_sign_where_the_file_says_so(tmp_path: Path) -> None:
    keys = log_keys(settings(tmp_path, "quorum 2  # of three"))
    assert (len(keys.witnesses), keys.quorum) == (3, 2)
    assert log_keys(settings(tmp_path)).quorum == 0


@pytest.mark.parametrize("line", ["quorum 4", "quorum many", "quorum 02"])
def test_no_more_must_sign_than_there_are(tmp_path: Path, line: str) -> None:
    with pytest.raises(NotConfigured):
        log_keys(settings(tmp_path, line))


def test_keys_count_as_an_editor_saved_them(tmp_path: Path) -> None:
    keys, key = tmp_path / "keys.txt", Signer.new("log.example").verifier
    keys.write_bytes(b"\xef\xbb\xbf" + f"{key}\r\nquorum 0\r\n".encode())
    assert read_policy(keys).logs == (key,)


def test_what_holds_no_keys_and_a_name_that_no_key_has_are_said_in_a_sentence(tmp_path: Path) -> None:
    other = tmp_path / "bundle.zip"
    other.write_bytes(b"PK\x03\x04\x92")
    with pytest.raises(NotConfigured, match=r"bundle\.zip can't be read"):
        read_policy(other)
    with pytest.raises(BadNote) as unnamed:
        Signer.new("Lancashire County Council")
    assert sentence_about(unnamed.value) == "A key's name has no spaces and no plus sign."
    with pytest.raises(NotABundle) as unpacked:
        Files.read(other)
    assert sentence_about(unpacked.value).startswith("It can't be read")
