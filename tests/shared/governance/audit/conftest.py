"""What the audit's specifications share."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support.postgres import Base, session


@pytest.fixture
async def admin(base: Base) -> AsyncIterator[asyncpg.Connection]:
    """Lend a superuser's connection, for whoever edits the record."""
    async with session(base.admin) as connection:
        yield connection
