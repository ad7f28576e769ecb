"""Takes out of all that is read: sealed fields for everybody, exempt ones for those without the right.

It goes by what holds now, also over readings of the past: what was open once may be exempt today.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Column, ColumnElement, Text, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from shared.governance.disclosure.exemptible_fields import AMOUNT
from shared.governance.disclosure.exemptions import Exempted, Exemptions
from shared.governance.disclosure.field_redaction import (
    ERASED,
    SEALED,
    UNREAD,
    WITHHELD,
    dicts_in,
    exempt,
    nested_in,
    personal_in,
    withhold,
)
from shared.governance.disclosure.sealed_fields import SealedFields, Seen
from shared.governance.disclosure.views import exemptions
from shared.kernel.person import Person
from shared.kernel.personal import PERSONAL, is_sealed
from shared.record.eventstore.changes import KeptByThing, StreamChanges
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.projecting.views import STILL_VALID
from shared.web.access.permissions import Permissions

SEALED_AT_HAND = 20_000  # things of which it is known what is sealed
READ_EXEMPT = "read-exempt"
READ_PERSONAL = "read-personal"
THINGS = ("stream_id", "case_id", "rfp_id", "id")  # how an item names the thing it is about
NAMED_BY = ("contract", "id")  # how what a decision or a refusal says of another thing names it
AUTHORS = ("by", "raised_by", "made_by")  # what one has said oneself is no secret to one

SEEN = (
    "SELECT originator_id, originator_version, topic FROM stored_events"
    " WHERE originator_id = ANY ($1) AND topic = ANY ($2) ORDER BY originator_id, originator_version"
)

# What was known of the scheme and its limits is nobody's price.
NOT_OF_THE_CASE = frozenset({"known", "up_to_pence", "limit_pence", "key_decision_pence"})
# The things with something exempt, as SQL and to be narrowed to what.
SOMETHING_EXEMPT = select(exemptions.c.matter_id).where(
    exemptions.c.valid_to == STILL_VALID, exemptions.c.status == "in_force"
)

Item = dict[str, Any]
Closed = Mapping[int, frozenset[str]]  # by version of a decision, what of it is sealed
Marks = dict[str, str]


class DisclosureFilter:
    """Takes out of items what their reader may not see."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        changes: StreamChanges,
        seals: SealedFields,
        exemptions: Exemptions,
        texts: PersonalTexts,
        permissions: Permissions,
    ) -> None:
        """Know what is sealed and what is exempt, and who may read what is exempt or personal."""
        self._pool = pool
        self._exemptions = exemptions
        self._shut: KeptByThing[Closed] = KeptByThing(changes, self._look, {}, SEALED_AT_HAND)
        self._seals = seals
        self._may_be_exempt = seals.may_be_exempt
        self._texts = texts
        self._permissions = permissions

    async def draw(
        self,
        person: Person,
        items: Sequence[Item],
        *,
        sealed: bool = True,
        personal: Mapping[str, object] | None = None,
    ) -> None:
        """Withhold from items what this person may not see; an item with `said` is one decision.

        Personal texts are looked for, unless it is known that only what is `personal` in one item holds any.
        What is sealed stays where it was said already that they may open it: `sealed` is false. Of an event
        that this release doesn't know, nobody can say what is sealed: all that it says is withheld.
        """
        self._withhold_unknown(items)
        await self._open_personal(person, items, personal)
        about = [(thing, item) for item in items if (thing := _thing(item)) is not None]
        if not about:
            return
        closed = await self._closed({thing for thing, _ in about}) if sealed else {}
        entitled = self.reads_exempt(person)
        exempted = await self._exemptions.in_force(entitled=entitled)
        if not entitled and exempted:
            _withhold_of_others(items, exempted)
        for thing, item in about:
            if not closed.get(thing) and thing not in exempted:
                continue
            marks: Marks = {}
            if not (entitled or _is_the_author(person, item)):
                marks |= _exempt_marks(item, exempted.get(thing, ()))
            shut = _sealed_fields(item, closed.get(thing, {}))
            own = self._said_by(person, item) if shut else None
            outside = self._seals.within - marks.keys()
            if not (marks or shut):
                continue
            withhold(item, marks | dict.fromkeys(shut, SEALED), outside)
            if own is not None:
                item["said"] = own
                withhold(item, marks, outside)

    async def draw_named(self, person: Person, said: Iterable[object]) -> None:
        """Withhold from what is said of things that it names by their ids, at any depth, as from these."""
        if self.reads_exempt(person) or not (named := _named_in(said)):
            return
        exempted = await self._exemptions.in_force()
        for thing, of_it in named:
            if marks := _exempt_marks(of_it, exempted.get(thing, ())):
                withhold(of_it, marks)

    def names_others(self, said: Iterable[object]) -> bool:
        """Say whether something is said of things that it names by their ids."""
        return bool(_named_in(said))

    async def must_know(self, person: Person) -> None:
        """Refuse while it is not known what is exempt, but for a person who may read all of it."""
        await self._exemptions.in_force(entitled=self.reads_exempt(person))

    def _withhold_unknown(self, items: Sequence[Item]) -> None:
        for item in items:
            if "topic" in item and not self._seals.knows(item["topic"]):
                withhold(item, {"said": UNREAD})

    async def exempt_in(self, thing: UUID, said: Mapping[str, Any]) -> list[str]:
        """Return which of the fields that a thing says are exempt, whoever reads it."""
        exempted = await self._exemptions.in_force()
        marks = _exempt_marks({"id": thing, **said}, exempted.get(thing, ()))
        return sorted(marks.keys() & said.keys())

    def _said_by(self, person: Person, item: Item) -> object:
        """Return what a person said themselves in a decision, where its author may read it while sealed."""
        author = self._seals.author_of(str(item.get("decision", "")), item.get("said"))
        return item["said"] if author and author in person.ids else None

    def by_amount(self, person: Person, thing: "Column[Any]") -> "ColumnElement[bool]":
        """Return the condition on what may be found by an amount: trying amounts out would tell them."""
        if self.reads_exempt(person):
            return true()
        return thing.not_in(SOMETHING_EXEMPT.where(exemptions.c.fields.contains(AMOUNT)))

    def by_fields(
        self, person: Person, thing: "Column[Any]", fields: Collection[str]
    ) -> "ColumnElement[bool]":
        """Return the condition on what may be found by these fields: those that are exempt in none.

        All amounts of a case are exempt with any of them.
        """
        if self.reads_exempt(person):
            return true()
        if any(name.endswith(AMOUNT) for name in fields):
            rest = [name for name in fields if not name.endswith(AMOUNT)]
            return self.by_amount(person, thing) & self.by_fields(person, thing, rest)
        if not (named := self._may_be_exempt & set(fields)):
            return true()
        held = func.string_to_array(exemptions.c.fields, " ", type_=ARRAY(Text))
        return thing.not_in(SOMETHING_EXEMPT.where(held.overlap(sorted(named))))

    def reads_exempt(self, person: Person) -> bool:
        """Say whether somebody may read, and so find by, what is exempt."""
        return self._permissions.allows(person, READ_EXEMPT)

    async def _open_personal(
        self, person: Person, items: Sequence[Item], known: Mapping[str, object] | None
    ) -> None:
        """Open the personal texts in items; others than its readers see about whom one is."""
        some = nested_in(items) if known is None else items
        found = [(item, field) for item in some for field in personal_in(item if known is None else known)]
        if not found:
            return
        entitled = self._permissions.allows(person, READ_PERSONAL)
        for item, field in found:
            own = not {*person.ids}.isdisjoint(field["about"].split())
            if not (entitled or own or _is_the_author(person, item)):
                _show(field, PERSONAL)
        opened = [field for _, field in found if is_sealed(field)]
        for field, text in zip(opened, await self._texts.opened(opened), strict=True):
            _show(field, ERASED if text is None else text)

    async def _closed(self, things: Collection[UUID]) -> Mapping[UUID, Closed]:
        """Return what is sealed of these things; the record itself says so, not a view that may lag."""
        return await self._shut.of_each(things) if self._seals.topics else {}

    async def _look(self, things: Sequence[UUID]) -> Mapping[UUID, Closed]:
        happened: dict[UUID, list[Seen]] = {}
        for thing, version, topic in await self._pool.fetch(SEEN, things, self._seals.topics):
            happened.setdefault(UUID(str(thing)), []).append(Seen(version, topic))
        return {thing: self._seals.closed(seen) for thing, seen in happened.items()}


def _show(field: Item, text: str) -> None:
    """Let a personal text be shown as this, and about whom it is."""
    about = field["about"]
    field.clear()
    field.update(about=about, text=text)


def _thing(item: Item) -> UUID | None:
    """Return the thing that an item is about, if it is about one."""
    for name in THINGS:
        if isinstance(thing := item.get(name), UUID):
            return thing
    return None


def _withhold_of_others(items: Iterable[Item], exempted: Mapping[UUID, Sequence[Exempted]]) -> None:
    """Withhold from decisions what they say, or went by, of other things; each lists what it lacks."""
    for item in items:
        known = item.get("known")
        went_by = known.get("facts") if isinstance(known, Mapping) else None
        for thing, of_it in _named_in([item.get("said"), went_by]):
            if marks := _exempt_marks(of_it, exempted.get(thing, ())):
                withhold(of_it, marks)
                item[WITHHELD] = {**item.get(WITHHELD, {}), **of_it.pop(WITHHELD, {})}


def _named_in(said: Iterable[object]) -> list[tuple[UUID, Item]]:
    """Return what is said of things that are named by their ids, at any depth: inner ones first.

    Withholding something copies what it holds, so what is inside of it must have been withheld before.
    """
    found = [(thing, value) for value in dicts_in(said) if (thing := _name_of(value))]
    return found[::-1]


def _name_of(said: Item) -> UUID | None:
    """Return the id by which something that is said names its thing, if it does."""
    found = (_id_in(said[name]) for name in NAMED_BY if name in said)
    return next((thing for thing in found if thing is not None), None)


def _id_in(value: object) -> UUID | None:
    """Return the id that a value is; nothing if it is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _is_the_author(person: Person, item: Item) -> bool:
    return any(item.get(name) in person.ids for name in AUTHORS)


def _sealed_fields(item: Item, closed: Closed) -> frozenset[str]:
    """Return what is sealed in a decision, or in anything that shows its thing."""
    if "said" in item:
        return closed.get(item["version"], frozenset())
    return frozenset().union(*closed.values())


def _amounts_in(value: object) -> Iterator[str]:
    """Yield the names of the amounts of a case, at any depth."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in NOT_OF_THE_CASE:
                if str(name).endswith(AMOUNT):
                    yield str(name)
                yield from _amounts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _amounts_in(inner)


def _exempt_marks(item: Item, exempted: Iterable[Exempted]) -> Marks:
    """Return the marks of exempt fields; one decision's are withheld from the thing's rows as well.

    Amounts of a case repeat one another, or are drawn from one another: an approval asks for what was
    estimated. So all of them go with any of them, whichever decision's it is.
    """
    marks: Marks = {}
    for exemption in exempted:
        mark, fields = exempt(exemption.paragraph), exemption.fields
        if any(name.endswith(AMOUNT) for name in fields):
            marks |= dict.fromkeys(_amounts_in(item), mark)
        if "said" not in item or exemption.matter_version in (0, item["version"]):
            marks |= dict.fromkeys(fields, mark)
    return marks
