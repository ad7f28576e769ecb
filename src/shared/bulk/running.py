"""Carrying a batch out: blocks of items loaded, decided and committed one after another, each outcome told.

While one block is being committed the next one is decided. Memory holds two blocks, however many come.
"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Generic
from uuid import UUID

import orjson

from shared.access.permissions import OutsideYourAreas
from shared.bulk.asking import Asked, Operation
from shared.bulk.batches import Mode
from shared.bulk.blocks import Block, nothing_done, possible, settle, unpickled
from shared.bulk.items import I, Item
from shared.bulk.outcomes import Outcome, refused
from shared.errors import KeyUsedOtherwise, NotFound, OutOfDate, Refused, Unacceptable
from shared.eventstore.bulk import BulkRoad, Loaded, Seal, Sealed, Unhidden
from shared.eventstore.commanded import personal_texts
from shared.http.areas import owned, sees
from shared.messages import Command, Event, S, Stream

FIRST_BLOCK, BLOCK = 250, 4_000
BREATH = 250  # so many items are worked on without letting anything else run, or be sent
ATTEMPTS = 5
ANSWERS_AT_HAND = 2_000


class NamedTwice(Unacceptable):
    """This batch names the same thing twice; the first item of it counts."""


class Runner(Generic[I, S]):
    """Carries one batch out."""

    def __init__(self, road: BulkRoad, operation: Operation[I, S], asked: Asked) -> None:
        """Do this to each item, as asked."""
        self._road = road
        self._operation = operation
        self._asked = asked
        self._seen: set[int] = set()
        self._seals: dict[bytes, Seal] = {}
        self._answers: dict[tuple[object, object], Sequence[tuple[str, bytes]]] = {}
        wide = operation.words is None or not operation.sees or asked.areas is not None
        self._words = None if wide else operation.words

    async def outcomes(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[list[Outcome]]:
        """Yield the outcomes of all items in order, a block at a time, once it is committed."""
        if self._asked.dry_run:
            async for block in self._decided(items):
                yield possible(block).settled()
        elif self._asked.mode is Mode.ALL_OR_NOTHING:
            async for told in self._all_or_nothing(items):
                yield told
        else:
            async for told in self._each(items):
                yield told

    async def _each(self, items: Iterator[Item[I] | Outcome]) -> AsyncIterator[list[Outcome]]:
        committing: asyncio.Task[list[Outcome]] | None = None
        try:
            async for block in self._decided(items):
                outcomes = [] if committing is None else await committing
                committing = asyncio.create_task(self._commit(block))
                await asyncio.sleep(0)  # let it begin
                if outcomes:
                    yield outcomes
            if committing is not None:
                yield await committing
        except Refused:  # the body breaks off: what came before is told first
            if committing is not None:
                yield await committing
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
                    yield await self._decide(behind[0], await behind[1])
                if not taken:
                    break
            if ahead is not None:
                block, rows = ahead
                ahead = None
                yield await self._decide(block, await rows)
            if broken is not None:
                raise broken
        finally:
            if ahead is not None:
                ahead[1].cancel()
                await asyncio.wait([ahead[1]])

    async def _commit(self, block: Block) -> list[Outcome]:
        """Append a block; whoever was overtaken looks again."""
        for _ in range(ATTEMPTS):
            places = await self._road.append(list(block.sealed.values()))
            overtaken = settle(block, places)
            if not overtaken:
                return block.settled()
            late = [block.items[number] for number in overtaken]
            self._seen.difference_update(hash(self._operation.target(i.value).int) for i in late)
            again, rows = self._asked_for(late)
            await self._decide(again, await rows)
            for place, number in enumerate(overtaken):
                block.outcomes[number] = again.outcomes[place]
            block.sealed = {overtaken[place]: sealed for place, sealed in again.sealed.items()}
        for number in block.sealed:
            block.outcomes[number] = refused(block.items[number].number, OutOfDate())
        return block.settled()

    async def _all_or_nothing(
        self, items: Iterator[Item[I] | Outcome]
    ) -> AsyncIterator[list[Outcome]]:
        """Decide on everything first, kept on disk; then append it in one commit, or nothing of it."""
        with TemporaryFile() as kept:
            sound, overtaken = True, set[int]()
            async for block in self._decided(items):
                sound = sound and not any(o and o.became == "refused" for o in block.outcomes)
                pickle.dump(replace(block, asked=[]), kept)
            if sound:
                kept.seek(0)
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
        async with self._road.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                for block in unpickled(kept):
                    places = await self._road.append(list(block.sealed.values()), connection)
                    if overtaken := settle(block, places):
                        await transaction.rollback()
                        return {block.items[number].number for number in overtaken}
                    pickle.dump(block.settled(), settled)
            except BaseException:
                if not connection.is_closed():
                    await transaction.rollback()
                raise
            await transaction.commit()
            return set()

    def _asked_for(
        self, taken: Sequence[Item[I] | Outcome]
    ) -> tuple[Block, asyncio.Task[list[Any]]]:
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
        fetching = self._road.fetch([stream_id for _, _, stream_id in block.asked])
        return block, asyncio.create_task(fetching)

    async def _decide(self, block: Block, rows: Sequence[Any]) -> Block:
        """Ask the rules about a block; what they allow is sealed, not yet appended."""
        personal: list[tuple[int, Unhidden]] = []
        loaded, hidden = self._loaded(rows), self._out_of_sight(rows)
        for number, item, stream_id in block.asked:
            if not number % BREATH:
                await asyncio.sleep(0)
            try:
                name = stream_id.int
                known = None if name in hidden else loaded.get(name)
                decided = self._decide_one(item, stream_id, known)
            except Refused as refusal:
                block.outcomes[number] = refused(item.number, refusal, stream_id)
                continue
            if isinstance(decided, Outcome):
                block.outcomes[number] = decided
            elif isinstance(decided, Unhidden):
                personal.append((number, decided))
            else:
                block.sealed[number] = decided
        for number, decided in personal:
            await self._hide(block, number, decided)
        if personal:
            block.sealed = dict(sorted(block.sealed.items()))  # in the order sent
        return block

    async def _hide(self, block: Block, number: int, decided: Unhidden) -> None:
        """Encrypt what is personal before it is appended; where it is only tried, no key is made."""
        if self._asked.dry_run:
            block.sealed[number] = Sealed(
                decided.stream_id, decided.version, [("", b"")] * len(decided.events)
            )
            return
        try:
            block.sealed[number] = await self._road.hidden(decided)
        except Refused as refusal:
            item = block.items[number].number
            block.outcomes[number] = refused(item, refusal, decided.stream_id)

    def _loaded(self, rows: Sequence[Any]) -> dict[int, Loaded[S]]:
        """Return the things of a block: as their last events say where that is enough, or folded."""
        operation, cause = self._operation, self._asked.stamp.causation
        if self._words is not None:
            return self._road.glimpse(rows, operation.blank, cause, operation.sees)
        return self._road.fold(rows, operation.blank, cause)

    def _out_of_sight(self, rows: Sequence[Any]) -> set[int]:
        """Return the ids' integers of things of service areas that the caller does not act for."""
        areas, hidden = self._asked.areas, set[int]()
        if areas is None:
            return hidden
        for name, events in self._road.events(rows):
            area, raised_by = owned(events)
            if not sees(self._asked.stamp.by, areas, area, raised_by):
                hidden.add(name)
        return hidden

    def _must_be_new(self, stream_id: UUID) -> None:
        """Refuse what the batch has named before; a hash is remembered, for there may be many."""
        name = hash(stream_id.int)
        if name in self._seen:
            raise NamedTwice
        self._seen.add(name)

    def _decide_one(
        self, item: Item[I], stream_id: UUID, loaded: Loaded[S] | None
    ) -> Sealed | Unhidden | Outcome:
        """Return an item's events as they will be stored, or that they are stored already."""
        stream, caused = loaded or self._begun(stream_id)
        if caused is not None:
            if not self._operation.same(self._command(item), caused.event):
                raise KeyUsedOtherwise
            return Outcome(item.number, "repeated", stream.id, caused.version, caused.position)
        self._must_be_as_seen(item, stream)
        at = self._asked.stamp.at
        if self._words is None or (stream.changed_at is not None and at < stream.changed_at):
            return self._asked_anew(item, stream)
        key = (self._words(item.value), stream.state)
        answer = self._answers.get(key)
        if answer is not None:
            return Sealed(stream.id, stream.version + 1, answer)
        decided = self._asked_anew(item, stream)
        if isinstance(decided, Sealed):
            if len(self._answers) >= ANSWERS_AT_HAND:
                self._answers.clear()
            self._answers[key] = decided.events
        return decided

    def _begun(self, stream_id: UUID) -> Loaded[S]:
        """Return a thing that is not there yet, where it may begin."""
        if not self._operation.begins:
            raise NotFound
        return Loaded(Stream(stream_id, self._operation.blank), None)

    def _asked_anew(self, item: Item[I], stream: Stream[S]) -> Sealed | Unhidden | Outcome:
        """Put the command to the rules."""
        command = self._command(item)
        seal = self._seal_for(command)
        stamp = seal.stamp
        if stream.changed_at is not None and stamp.at < stream.changed_at:
            seal = self._road.seal(stamp.model_copy(update={"at": stream.changed_at}))
        decided = command.decide(stream.state, seal.stamp)
        events: Sequence[Event[Any]] = [decided] if isinstance(decided, Event) else decided
        if not events:  # it says what is known already
            return Outcome(item.number, "repeated", stream.id, stream.version, stream.position)
        if personal_texts(events):
            return Unhidden(stream.id, stream.version + 1, events, seal.stamp, command)
        return seal.seal(stream.id, stream.version + 1, events, command)

    def _command(self, item: Item[I]) -> Command[S]:
        """Return what an item asks; refuse it for a service area that the caller does not act for."""
        command, areas = self._operation.command(item.value), self._asked.areas
        area = getattr(command, "service_area", None)
        if areas is not None and area is not None and area not in areas:
            raise OutsideYourAreas(yours=sorted(areas))
        return command

    def _must_be_as_seen(self, item: Item[I], stream: Stream[S]) -> None:
        """Refuse what has changed since the version, or the position, that the caller has seen."""
        seen, position = self._operation.version(item.value), self._asked.known_position
        stale = seen != stream.version if seen is not None else stream.position > (position or 0)
        if stale and (seen, position) != (None, None):
            raise OutOfDate(version=stream.version)

    def _seal_for(self, command: Command[S]) -> Seal:
        """Return the seal of a command's stamp; commands that need to know the same share one."""
        facts = self._operation.facts(command)
        key = orjson.dumps(facts)
        if key not in self._seals:
            if len(self._seals) >= BLOCK:
                self._seals.clear()
            stamp = self._asked.stamp
            known = stamp.known.model_copy(update={"facts": facts})
            self._seals[key] = self._road.seal(stamp.model_copy(update={"known": known}))
        return self._seals[key]


async def _next(
    items: Iterator[Item[I] | Outcome], size: int
) -> tuple[list[Item[I] | Outcome], Refused | None]:
    """Return the next items, and why there are no more where the body breaks off."""
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
