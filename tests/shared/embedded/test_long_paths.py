"""A socket's address has 107 bytes: where no folder is near enough, it is said what to set."""

import tempfile
from pathlib import Path

import pytest

from shared.embedded.errors import EmbeddedPostgresFailed
from shared.embedded.places import Places
from tests.support.postgres import throwaway_folder


def test_a_long_path_has_its_socket_in_the_temporary_folder_unless_that_is_long_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with throwaway_folder() as folder:
        deep = folder / ("d" * 90) / ("e" * 60)
        deep.mkdir(parents=True)
        for each in (deep.parent, deep):
            each.chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        assert Places.of(deep).socket.parent == folder
        monkeypatch.setattr(tempfile, "tempdir", str(deep))
        with pytest.raises(EmbeddedPostgresFailed, match="set DATA_DIR, or TMPDIR, to a shorter one"):
            Places.of(deep)
    assert not Path(deep).exists()
