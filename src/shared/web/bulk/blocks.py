"""A block of a batch's items on its way: asked for, decided, appended or not, each item with its outcome."""

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any
from uuid import UUID

from shared.kernel.errors import OutOfDate
from shared.record.eventstore.envelopes import Enveloped
from shared.web.bulk.items import Item
from shared.web.bulk.outcomes import Outcome, refused


@dataclass(slots=True)
class Block:
    """A block that has been decided: outcomes, and what is still to be appended, each by its index."""

    outcomes: list[Outcome | None]
    items: list[Any]
    asked: list[tuple[int, Any, UUID]] = field(default_factory=list)
    sealed: dict[int, Enveloped] = field(default_factory=dict)

    def decided(self) -> "Block":
        """Return the block without what its items say, which was needed to decide them."""
        items = [i._replace(value=None) if isinstance(i, Item) else i for i in self.items]
        return replace(self, items=items, asked=[])

    def settled(self) -> list[Outcome]:
        """Return the outcomes that there are, each with what its item named its thing by."""
        return [
            o if o.reference == item.reference else o._replace(reference=item.reference)
            for o, item in zip(self.outcomes, self.items, strict=True)
            if o is not None
        ]


def settle(block: Block, places: Sequence[int | None]) -> list[int]:
    """Note what was appended; return the indexes of those that somebody has overtaken."""
    overtaken = []
    for (number, sealed), position in zip(list(block.sealed.items()), places, strict=True):
        if position is None:
            overtaken.append(number)
            continue
        item = block.items[number]
        block.outcomes[number] = Outcome(
            item.number, "done", sealed.stream_id, sealed.last_version, position, None, item.reference
        )
    return overtaken


def possible(block: Block) -> Block:
    """Return a block that was only tried: what the rules allow would be possible."""
    for number, sealed in block.sealed.items():
        item = block.items[number].number
        block.outcomes[number] = Outcome(item, "possible", sealed.stream_id, sealed.last_version)
    return block


def nothing_done(block: Block, overtaken: set[int]) -> list[Outcome]:
    """Return a block of which nothing was appended, for another item was refused or overtaken."""
    for number, sealed in block.sealed.items():
        item = block.items[number].number
        block.outcomes[number] = (
            refused(item, OutOfDate(), sealed.stream_id)
            if item in overtaken
            else Outcome(item, "not-done", sealed.stream_id)
        )
    return block.settled()


def unpickled(file: IO[bytes]) -> Iterable[Any]:
    """Yield what this process has just written to its own file."""
    while True:
        try:
            yield pickle.load(file)  # noqa: S301  # our own, unnamed
        except EOFError:
            return
