"""A service that nobody asks for anything leaves its database and its machine alone."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.support.api import Api

SECONDS = 2
STATEMENTS_LIMIT = 120  # some 40 are made; a loop that never rests makes thousands


async def test_what_nothing_waits_for_makes_few_statements(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.adopt_scheme()
    rfp = await api.in_approval(20_000_000, adopt=False)
    await api.get(f"/v1/rfps/{rfp}")
    made: list[str] = []
    asked = asyncpg.Connection._do_execute  # noqa: SLF001  # whatever a connection is asked for goes by it

    async def noted(self: asyncpg.Connection, query: str, *given: Any, **more: Any) -> Any:
        made.append(query)
        return await asked(self, query, *given, **more)

    monkeypatch.setattr(asyncpg.Connection, "_do_execute", noted)
    await asyncio.sleep(SECONDS)
    assert len(made) < STATEMENTS_LIMIT, made
