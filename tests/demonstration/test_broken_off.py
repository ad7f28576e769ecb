"""A demonstration that is broken off while its story is told begins anew by itself."""

from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from rfp_service.demonstration import papers, story
from rfp_service.demonstration.seeding import seed, start_over
from rfp_service.demonstration.storyboard import Scene
from rfp_service.migrating import migrate
from shared.settings import Settings
from tests.support.postgres import Base

FEW = 40


async def head(pool: asyncpg.Pool) -> int:
    position: int = await pool.fetchval("SELECT position FROM event_head")
    return position


@pytest.mark.slow
async def test_broken_off_between_its_acts_it_is_told_anew_and_whole_it_is_left_alone(
    base: Base, pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=base.service)
    breaks = True

    async def no_papers(*_: object) -> list[Scene]:
        if breaks and await head(pool):
            raise KeyboardInterrupt
        return []

    whole = story.story

    def beginning(now: datetime) -> list[Scene]:
        return whole(now)[:FEW]

    monkeypatch.setattr(story, "story", beginning)
    monkeypatch.setattr(papers, "issued_at", no_papers)
    with pytest.raises(KeyboardInterrupt):
        await seed(settings, base.owner, base.service)
    assert await head(pool) == FEW
    assert await start_over(settings, base.owner)
    assert not await pool.fetchval("SELECT to_regclass('stored_events') IS NOT NULL")
    breaks = False
    await pool.expire_connections()
    await migrate(base.owner, base.service)
    assert await seed(settings, base.owner, base.service) == FEW + 2
    told = await head(pool)
    assert not await start_over(settings, base.owner)
    assert await seed(settings, base.owner, base.service) == 0
    assert await head(pool) == told
