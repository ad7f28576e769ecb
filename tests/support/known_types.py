"""What asyncpg asks each new connection about PostgreSQL's own types, asked once.

Those have the same numbers in every database. A run opens thousands of connections, each asks several times,
and the answer takes the server longer than most of the statements that it is asked for.
"""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import asyncpg

FIRST_OF_ONES_OWN = 16_384  # types that a database defines itself have numbers from here on

_ask = asyncpg.Connection._introspect_types  # noqa: SLF001  # there is no other way in
_answers: dict[frozenset[int], list[Any]] = {}


async def _remembered(connection: asyncpg.Connection, types: Iterable[int], timeout: float | None) -> Any:  # noqa: ASYNC109  # asyncpg's own
    wanted = frozenset(types)
    if any(number >= FIRST_OF_ONES_OWN for number in wanted):
        return await _ask(connection, types, timeout)
    if wanted not in _answers:
        _answers[wanted], _ = await _ask(connection, types, timeout)
    return _answers[wanted], SimpleNamespace(name="not asked again")


def remember_known_types() -> None:
    """Ask about each of PostgreSQL's own types once in this process."""
    asyncpg.Connection._introspect_types = _remembered  # noqa: SLF001  # the same
