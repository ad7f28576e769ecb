"""Deciding on a block of a batch's items: each by the same rules as a single decision, none appended yet."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Generic
from uuid import UUID

import orjson
from pydantic import JsonValue

from shared.kernel.errors import KeyUsedOtherwise, NotFound, OutOfDate, OutOfSight, Refused
from shared.kernel.messages import Command, Event, S, Stream
from shared.record.eventstore.bulk_appender import BulkAppender, Loaded
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.envelopes import Encrypt, Enveloped, Unencrypted
from shared.record.eventstore.unread import EventUnread
from shared.web.access.areas import owned, sees
from shared.web.access.permissions import OutsideYourAreas
from shared.web.bulk.blocks import Block
from shared.web.bulk.items import I, Item
from shared.web.bulk.outcomes import Outcome, refused
from shared.web.bulk.requests import BatchRequest, Operation

BREATH = 250  # so many items are worked on without letting anything else run, or be sent
AT_HAND = 2_000


class NoSuchReference(NotFound):
    """Nothing here has this reference."""


class Decider(Generic[I, S]):
    """Puts each item of a batch to the rules."""

    def __init__(self, appender: BulkAppender, operation: Operation[I, S], asked: BatchRequest) -> None:
        """Do this to each item, as asked."""
        self._appender = appender
        self._operation = operation
        self._asked = asked
        self._seals: dict[bytes, Encrypt] = {}
        self._answers: dict[tuple[object, object], Sequence[tuple[str, bytes]]] = {}
        self._past: dict[int, dict[str, JsonValue]] = {}
        wide = operation.words is None or not operation.sees or asked.areas is not None
        self._words = None if wide else operation.words

    async def decide(self, block: Block, rows: Sequence[Any]) -> Block:
        """Ask the rules about a block; what they allow is sealed, not yet appended."""
        personal: list[tuple[int, Unencrypted]] = []
        loaded, hidden = self._loaded(rows), self._out_of_sight(rows)
        self._past = dict(self._changed_by(rows))
        for number, item, stream_id in block.asked:
            if not number % BREATH:
                await asyncio.sleep(0)
            try:
                name = stream_id.int
                decided = self._decide_one(item, stream_id, _in_sight(name, loaded, hidden))
            except Refused as refusal:
                block.outcomes[number] = refused(item.number, refusal, stream_id)
                continue
            if isinstance(decided, Outcome):
                block.outcomes[number] = decided
            elif isinstance(decided, Unencrypted):
                personal.append((number, decided))
            else:
                block.sealed[number] = decided
        for number, decided in personal:
            await self._hide(block, number, decided)
        if personal:
            block.sealed = dict(sorted(block.sealed.items()))  # in the order sent
        return block

    async def _hide(self, block: Block, number: int, decided: Unencrypted) -> None:
        """Encrypt what is personal before it is appended; where it is only tried, no key is made."""
        if self._asked.dry_run:
            block.sealed[number] = Enveloped(
                decided.stream_id, decided.version, [("", b"")] * len(decided.events)
            )
            return
        block.sealed[number] = await self._appender.encrypted(decided)

    def _loaded(self, rows: Sequence[Any]) -> dict[int, Loaded[S]]:
        """Return the things of a block: as their last events say where that is enough, or folded."""
        operation, cause = self._operation, self._asked.stamp.causation
        if self._words is not None:
            return self._appender.snapshot(rows, operation.blank, cause, operation.sees)
        return self._appender.fold(rows, operation.blank, cause)

    def _changed_by(self, rows: Sequence[Any]) -> Iterator[tuple[int, dict[str, JsonValue]]]:
        """Yield what each thing was before the decisions that are to be taken back, and became by them."""
        operation = self._operation
        snapshot, cause = operation.snapshot, operation.takes_back
        if snapshot is None:
            return
        for stream_id, steps in self._appender.steps(rows):
            state = before = operation.blank
            found: dict[str, JsonValue] = {}
            for step in steps:
                before, state = state, step.event.apply(state)
                if step.cause == cause:
                    found.setdefault("was", snapshot(before))
                    found["became"] = snapshot(state)
            yield stream_id.int, found

    def _out_of_sight(self, rows: Sequence[Any]) -> set[int]:
        """Return the ids' integers of things of service areas that the caller does not act for."""
        areas, stamp, hidden = self._asked.areas, self._asked.stamp, set[int]()
        if areas is None:
            return hidden
        for name, events in self._appender.events(rows):
            area, raised_by = owned(events)
            if not sees(areas, area, own=stamp.is_from(raised_by or "")):
                hidden.add(name)
        return hidden

    def _decide_one(
        self, item: Item[I], stream_id: UUID, loaded: Loaded[S] | None
    ) -> Enveloped | Unencrypted | Outcome:
        """Return an item's events as they will be stored, or that they are stored already."""
        stream, caused = loaded or self._begun(stream_id, item.reference)
        if isinstance(caused, EventUnread):
            raise caused
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
            return Enveloped(stream.id, stream.version + 1, answer)
        decided = self._asked_anew(item, stream)
        if isinstance(decided, Enveloped):
            if len(self._answers) >= AT_HAND:
                self._answers.clear()
            self._answers[key] = decided.events
        return decided

    def _begun(self, stream_id: UUID, reference: str | None) -> Loaded[S]:
        """Return a thing that is not there yet, where it may begin."""
        if not self._operation.begins:
            raise NotFound if reference is None else NoSuchReference(reference=reference)
        return Loaded(Stream(stream_id, self._operation.blank), None)

    def _asked_anew(self, item: Item[I], stream: Stream[S]) -> Enveloped | Unencrypted | Outcome:
        """Put the command to the rules."""
        command = self._command(item)
        seal = self._seal_for(command, stream.id)
        stamp = seal.stamp
        if stream.changed_at is not None and stamp.at < stream.changed_at:
            seal = self._appender.seal(stamp.model_copy(update={"at": stream.changed_at}))
        decided = command.decide(stream.state, seal.stamp)
        events: Sequence[Event[Any]] = [decided] if isinstance(decided, Event) else decided
        if not events:  # it says what is known already
            return Outcome(item.number, "repeated", stream.id, stream.version, stream.position)
        if personal_texts(events):
            return Unencrypted(stream.id, stream.version + 1, events, seal.stamp, command)
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

    def _seal_for(self, command: Command[S], stream_id: UUID) -> Encrypt:
        """Return the seal of a command's stamp; commands that need to know the same share one."""
        facts = self._operation.facts(command) | self._past.get(stream_id.int, {})
        key = orjson.dumps(facts)
        if key not in self._seals:
            if len(self._seals) >= AT_HAND:
                self._seals.clear()
            stamp = self._asked.stamp
            known = stamp.known.model_copy(update={"facts": facts})
            self._seals[key] = self._appender.seal(stamp.model_copy(update={"known": known}))
        return self._seals[key]


def _in_sight(name: int, loaded: Mapping[int, Loaded[S]], hidden: Collection[int]) -> Loaded[S] | None:
    """Return a thing as it stands, None where there is none; one of another area looks like none."""
    if name in hidden:
        raise OutOfSight
    return loaded.get(name)
