"""Carrying a batch out: blocks of items loaded, decided and committed one after another, each outcome told.

While one block is being committed the next one is decided. Memory holds two blocks, however many come.
"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Generic
from uuid import UUID

from shared.kernel.errors import OutOfDate, Refused, Unacceptable
from shared.kernel.messages import S
from shared.record.database import has_ended
from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.tracing import began_now, note
from shared.web.bulk.batches import Mode
from shared.web.bulk.blocks import Block, nothing_done, possible, settle, unpickled
from shared.web.bulk.decisions import BREATH, Decider
from shared.web.bulk.items import I, Item
from shared.web.bulk.outcomes import Outcome, refused
from shared.web.bulk.requests import BatchRequest, Operation

FIRST_BLOCK, BLOCK = 250, 4_000
ATTEMPTS = 5


class NamedTwice(Unacceptable):
    """This batch names the same thing twice; the first item of it counts."""


class Runner(Generic[I, S]):
    """Carries one batch out."""

    def __init__(self, appender: BulkAppender, operation: Operation[I, S], asked: BatchRequest) -> None:
        """Do this to each item, as asked."""
        self._appender = appender
        self._operation = operation
        self._asked = asked
        self._seen: set[int] = set()
        self._decider = Decider(appender, operation, asked)

    async def outcomes(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[list[Outcome]]:
        """Yield the outcomes of all items in order, a block at a time, once it is committed."""
        if self._asked.mode is Mode.ALL_OR_NOTHING:
            async for told in self._all_or_nothing(items):
                yield told
        elif self._asked.dry_run:
            async for block in self._decided(items):
                yield possible(block).settled()
        else:
            async for told in self._each(items):
                yield told

    async def _each(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[list[Outcome]]:
        committing: asyncio.Task[list[Outcome]] | None = None
        try:
            async for block in self._decided(items):
                outcomes = [] if committing is None else await asyncio.shield(committing)
                committing = asyncio.create_task(self._commit(block))
                await asyncio.sleep(0)  # let it begin
                if outcomes:
                    yield outcomes
            if committing is not None:
                yield await asyncio.shield(committing)
        except Refused:  # the body breaks off: what came before is told first
            if committing is not None:
                yield await asyncio.shield(committing)
            raise
        finally:
            if committing is not None and not committing.done():
                await asyncio.wait([committing])  # what is on its way is not abandoned half-way

    async def _decided(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[Block]:
        """Yield decided blocks; while one is being decided, the streams of the next are fetched."""
        ahead: tuple[Block, asyncio.Task[list[Any]]] | None = None
        size, broken, taken = FIRST_BLOCK, None, list[Item[I] | Outcome]()
        try:
            while broken is None:
                taken, broken = await _next(items, size)
                behind, size = ahead, BLOCK
                ahead = self._asked_for(taken) if taken else None
                await asyncio.sleep(0)  # let it begin
                if behind is not None:
                    yield await self._decider.decide(behind[0], await behind[1])
                if not taken:
                    break
            if ahead is not None:
                block, rows = ahead
                ahead = None
                yield await self._decider.decide(block, await rows)
            if broken is not None:
                raise broken
        finally:
            if ahead is not None:
                ahead[1].cancel()
                await asyncio.wait([ahead[1]])

    async def _commit(self, block: Block) -> list[Outcome]:
        """Append a block; whoever was overtaken looks again."""
        for _ in range(ATTEMPTS):
            began = began_now()
            places = await self._appender.append(list(block.sealed.values()))
            note("commit", [self._asked.stamp.trace], began, commands=len(places))
            overtaken = settle(block, places)
            if not overtaken:
                return block.settled()
            late = [block.items[number] for number in overtaken]
            self._seen.difference_update(hash(self._operation.target(i.value).int) for i in late)
            again, rows = self._asked_for(late)
            await self._decider.decide(again, await rows)
            for place, number in enumerate(overtaken):
                block.outcomes[number] = again.outcomes[place]
            block.sealed = {overtaken[place]: sealed for place, sealed in again.sealed.items()}
        for number in block.sealed:
            block.outcomes[number] = refused(block.items[number].number, OutOfDate())
        return block.settled()

    async def _all_or_nothing(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[list[Outcome]]:
        """Decide on everything first, kept on disk; then append it in one commit, or nothing of it.

        Where it is only tried, say what would become of it.
        """
        with TemporaryFile() as kept:
            sound, overtaken = True, set[int]()
            async for block in self._decided(items):
                sound = sound and not any(o and o.result == "refused" for o in block.outcomes)
                pickle.dump(block.decided(), kept, pickle.HIGHEST_PROTOCOL)
            kept.seek(0)
            if sound and self._asked.dry_run:
                for block in unpickled(kept):
                    yield possible(block).settled()
                return
            if sound:
                with TemporaryFile() as settled:
                    overtaken = await self._append_all(kept, settled)
                    if not overtaken:
                        settled.seek(0)
                        for outcomes in unpickled(settled):
                            yield outcomes
                        return
            kept.seek(0)
            for block in unpickled(kept):
                yield nothing_done(block, overtaken)

    async def _append_all(self, kept: IO[bytes], settled: IO[bytes]) -> set[int]:
        """Append every block in one transaction; return the items that somebody has overtaken."""
        began = began_now()
        async with self._appender.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                for block in unpickled(kept):
                    places = await self._appender.append(list(block.sealed.values()), connection)
                    if overtaken := settle(block, places):
                        await transaction.rollback()
                        return {block.items[number].number for number in overtaken}
                    pickle.dump(block.settled(), settled, pickle.HIGHEST_PROTOCOL)
            except BaseException:
                if not has_ended(connection):
                    await transaction.rollback()
                raise
            await transaction.commit()
            note("commit", [self._asked.stamp.trace], began)
            return set()

    def _asked_for(self, taken: Sequence[Item[I] | Outcome]) -> tuple[Block, asyncio.Task[list[Any]]]:
        """Find out which things a block of items means, and begin to fetch their streams."""
        block = Block([None] * len(taken), list(taken))
        for number, item in enumerate(taken):
            if isinstance(item, Outcome):
                block.outcomes[number] = item
                continue
            try:
                stream_id = self._operation.target(item.value)
                self._must_be_new(stream_id)
            except Refused as refusal:
                block.outcomes[number] = refused(item.number, refusal)
                continue
            block.asked.append((number, item, stream_id))
        fetching = self._appender.fetch([stream_id for _, _, stream_id in block.asked])
        return block, asyncio.create_task(fetching)

    def _must_be_new(self, stream_id: UUID) -> None:
        """Refuse what the batch has named before; a hash is remembered, for there may be many."""
        name = hash(stream_id.int)
        if name in self._seen:
            raise NamedTwice
        self._seen.add(name)


async def _next(
    items: Iterator[Item[I] | Outcome], size: int
) -> tuple[list[Item[I] | Outcome], Refused | None]:
    """Return the next items, and why there are no more if the body breaks off."""
    taken: list[Item[I] | Outcome] = []
    try:
        while len(taken) < size:
            before = len(taken)
            taken.extend(islice(items, min(BREATH, size - before)))
            if len(taken) == before:
                break
            await asyncio.sleep(0)
    except Refused as refusal:
        return taken, refusal
    return taken, None
