"""Group reading: whatever is asked while one look is under way is answered by the next, in one query."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Answers many askers of one kind of question with few queries.

    A look never starts before its askers ask, so each sees all that was committed until then.
    """

    def __init__(self, look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], empty: V) -> None:
        """Look several keys up at once; a key that the answer lacks has the empty value."""
        self._look = look
        self._empty = empty
        self._asked: set[K] = set()
        self._next: asyncio.Task[Mapping[K, V]] | None = None
        self._last: asyncio.Task[Mapping[K, V]] | None = None

    async def of(self, key: K) -> V:
        """Return what a key has now; a look that fails fails for each of its askers."""
        return (await self._found((key,))).get(key, self._empty)

    async def of_each(self, keys: Collection[K]) -> dict[K, V]:
        """Return what each of some keys has now, without those that have nothing."""
        found = await self._found(keys)
        return {key: found[key] for key in keys if key in found}

    async def _found(self, keys: Iterable[K]) -> Mapping[K, V]:
        """Return what the next look finds for these keys, and for whatever else is asked of it."""
        if self._next is None:
            self._asked = set()
            self._next = asyncio.create_task(self._answer(self._asked, self._last))
            self._last = self._next
        self._asked.update(keys)
        return await asyncio.shield(self._next)

    async def _answer(self, asked: set[K], before: "asyncio.Task[Mapping[K, V]] | None") -> Mapping[K, V]:
        """Wait for the look before; then whoever asks is for the next one, and this one starts."""
        if before is not None:
            await asyncio.wait([before])
        self._next = None
        return await self._look(list(asked))
