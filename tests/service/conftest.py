"""The program in processes of its own: the demonstration that is shared, and folders to begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import throwaway_folder
from tests.support.running import Running, copied, running


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Running]:
    """Lend the running demonstration; `xdist_group("demonstration")` keeps its users in one process."""
    with throwaway_folder() as folder, running(folder, "demo") as service:
        yield service


@pytest.fixture(scope="session")
def used_folder() -> Iterator[Path]:
    """A data folder on which the program has run once."""
    with throwaway_folder() as folder:
        with running(folder):
            pass
        yield folder


@pytest.fixture
def data_folder(used_folder: Path) -> Iterator[Path]:
    """A data folder of one's own, with an empty record."""
    with throwaway_folder() as folder:
        copied(used_folder, folder)
        yield folder
