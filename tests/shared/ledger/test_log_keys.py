"""Which witnesses are asked, and how many of them must have signed, stands in one file."""

from pathlib import Path

import pytest

from shared.ledger.log_keys import log_keys
from shared.ledger.notes import KeyType, Signer
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
