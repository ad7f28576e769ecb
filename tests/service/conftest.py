"""The demonstration as a process of its own, shared by whatever leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import throwaway_folder
from tests.support.running import Running, running


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Running]:
    """Lend the running demonstration; `xdist_group("demonstration")` keeps its users in one process."""
    with throwaway_folder() as folder, running(folder, "demo") as service:
        yield service
