"""With the fewest connections that it may have, a service and its worker still get on with their work."""

import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError

from rfp_service.bookkeeping import watch
from shared.record.projecting import view_watch
from shared.settings import Settings
from tests.support.api import SECRET, running_api
from tests.support.patience import PATIENCE_SECONDS
from tests.support.postgres import Base

FEWEST = 6
AT_ONCE, ROUNDS = 8, 10


def test_fewer_are_refused() -> None:
    with pytest.raises(ValidationError, match="database_pool"):
        Settings(database_pool=FEWEST - 1)


async def test_who_holds_a_connection_waits_for_no_other(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that holds one for long, or while it reads, does so at once, again and again."""
    for running_comparison in (view_watch, watch):
        monkeypatch.setattr(running_comparison, "LOOKED_EVERY_SECONDS", 0.01)
    settings = Settings(
        data_dir=tmp_path, database_url=base.service, personal_secret=SECRET, database_pool=FEWEST
    )
    async with running_api(base, settings=settings) as api, asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(ROUNDS):
            await asyncio.gather(*(api.raised() for _ in range(AT_ONCE)))
            await api.get("/v1/rfps")
    assert api.position == ROUNDS * AT_ONCE
