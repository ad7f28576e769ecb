"""What the audit's specifications share."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.support.postgres import Base


@pytest.fixture
async def admin(base: Base) -> AsyncIterator[asyncpg.Connection]:
    """Lend a superuser's connection, for whoever edits the record."""
    connection = await asyncpg.connect(base.admin)
    yield connection
    await connection.close()
