"""Which thing an item of a batch means: by its id, or by its reference in one source or another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Table

from shared.kernel.fields import WHOLE, Reason, ShortText
from shared.kernel.references import reference_words
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID
from shared.web.bulk.refusals import AmbiguousReference, UnknownReference

OF_OTHER_SOURCES = (
    f"SELECT reference, source, id FROM {{table}} WHERE valid_to = {STILL_VALID} AND source <> ''"  # noqa: S608  # the program's own words
)
NUMBERED = f"SELECT reference, '' AS source, id FROM {{table}} WHERE valid_to = {STILL_VALID}"  # noqa: S608  # the same
STANDING = f"SELECT id FROM {{table}} WHERE valid_to = {STILL_VALID} AND id = ANY ($1)"  # noqa: S608  # the same

Version = Annotated[int, Field(ge=1), WHOLE]


class ThingItem(BaseModel):
    """One thing of a batch: by its id or its reference, and the version that was seen, if one was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID | None = None
    reference: ShortText | None = Field(None, examples=["ICT-0042"])
    version: Version | None = None
    reason: Reason | None = Field(None, examples=["Cables and switches."])


@dataclass(frozen=True)
class References:
    """Which thing an item means: `elsewhere` are references of other sources, and all they mean."""

    by_reference: Callable[[str], UUID]
    elsewhere: Mapping[str, Sequence[tuple[str, UUID]]]

    def target(self, item: ThingItem) -> UUID:
        """Return the thing that an item means; refuse one that names none, or two, or may mean several."""
        if item.reference is None:
            if item.id is None:
                raise UnknownReference
            return item.id
        own = self.by_reference(item.reference)
        found = self.elsewhere and self.elsewhere.get(reference_words(item.reference))
        if not found:
            if item.id not in (None, own):
                raise UnknownReference
            return own
        things = [thing for _, thing in found]
        if item.id is not None:
            if item.id not in things:
                raise UnknownReference
            return item.id
        if len(things) > 1:
            choices = [{"id": str(thing), "source": source} for source, thing in found]
            raise AmbiguousReference(reference=item.reference, choices=choices)
        return things[0]


async def references_of(
    store: EventStore, table: Table, by_reference: Callable[[str], UUID], *, numbered: bool = False
) -> References:
    """Return which references mean another source's thing, or several things, by a room's state view.

    Where things are `numbered` by the service, their numbers mean them as well.
    """
    elsewhere: dict[str, list[tuple[str, UUID]]] = {}
    async with store.reader.snapshot() as (connection, _):
        others = NUMBERED if numbered else OF_OTHER_SOURCES
        for row in await connection.fetch(others.format(table=table.name)):
            elsewhere.setdefault(reference_words(row["reference"]), []).append((row["source"], row["id"]))
        own = {name: by_reference(name) for name in elsewhere}
        there = {
            row["id"] for row in await connection.fetch(STANDING.format(table=table.name), [*own.values()])
        }
    for name, one in own.items():
        if one in there:
            elsewhere[name].append(("", one))
    return References(by_reference, elsewhere)
