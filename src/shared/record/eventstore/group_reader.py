"""Group reading: whatever is asked while one look is under way is answered by the next, in one query."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _NextLook(Generic[K, V]):
    """What a look is asked for, and by whom: each may stop waiting for their answer."""

    keys: set[K] = field(default_factory=set)
    answers: "list[asyncio.Future[Mapping[K, V]]]" = field(default_factory=list)


class Gathered(Generic[K, V]):
    """Answers many askers of one kind of question with few queries.

    A look never starts before its askers ask, so each sees all that was committed until then.
    """

    def __init__(self, look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], empty: V) -> None:
        """Look several keys up at once; a key that the answer lacks has the empty value."""
        self._look = look
        self._empty = empty
        self._next: _NextLook[K, V] | None = None
        self._last: asyncio.Task[None] | None = None

    async def of(self, key: K) -> V:
        """Return what a key has now; a look that fails fails for each of its askers."""
        return (await self._found((key,))).get(key, self._empty)

    async def of_each(self, keys: Collection[K]) -> dict[K, V]:
        """Return what each of some keys has now, without those that have nothing."""
        found = await self._found(keys)
        return {key: found[key] for key in keys if key in found}

    async def _found(self, keys: Iterable[K]) -> Mapping[K, V]:
        """Return what the next look finds for these keys, and for whatever else is asked of it."""
        answer: asyncio.Future[Mapping[K, V]] = asyncio.get_running_loop().create_future()
        if self._next is None:
            self._next = _NextLook()
            self._last = asyncio.create_task(self._answer(self._next, self._last))
        self._next.keys.update(keys)
        self._next.answers.append(answer)
        return await answer

    async def _answer(self, asked: _NextLook[K, V], before: "asyncio.Task[None] | None") -> None:
        """Wait for the look before; then whoever asks is for the next one, and this one starts."""
        try:
            if before is not None and not before.done():
                await asyncio.wait([before])
            self._next = None
            found = await self._look(list(asked.keys))
        except asyncio.CancelledError:
            self._next = None
            for answer in asked.answers:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001  # whoever asked is told, and nobody else
            for answer in _awaited(asked):
                answer.set_exception(error)
        else:
            for answer in _awaited(asked):
                answer.set_result(found)


def _awaited(asked: _NextLook[K, V]) -> "list[asyncio.Future[Mapping[K, V]]]":
    return [answer for answer in asked.answers if not answer.done()]
