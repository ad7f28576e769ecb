"""Which column of a register says what: suggested by the headings, kept under a name for the next time."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from pydantic import Field, create_model

from shared.kernel.errors import Refused, Unacceptable
from shared.kernel.fields import KEYS_AS_PATTERN, ShortText
from shared.kernel.messages import Command, Stamp
from shared.web.registers.register import TITLE, Kind, Register, RegisterField
from shared.web.registers.saved_mappings import RegisterMapping, RegisterMappingSaved
from shared.web.tabular.headings import fields_by_heading, key_words, plain
from shared.web.tabular.tables import Table

MAPPINGS = UUID("2f6c1a8e-7a0d-4a3f-9d64-0c1f5e2b7a31")
COLUMNS_LIMIT = 250
SAMPLE_ROWS = 20
ID = "id"
DIVIDED = (Kind.MONEY, Kind.DAY, Kind.COUNT)  # by years, or by plan and fact: each part is another value
_AS_PATTERN: Any = KEYS_AS_PATTERN  # what a type checker takes for another object
_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


class MappingIncomplete(Refused):
    """Say which column holds the title: none of this table's headings does."""


class UnreadableMapping(Unacceptable):
    """`mapping` is a JSON object of headings and the fields that they stand for."""


class NoSuchColumn(Unacceptable):
    """The mapping names a column that this table does not have."""


class NoSuchField(Unacceptable):
    """The mapping names a field that this register does not have."""


class SaveMapping(Command[RegisterMapping]):
    """Save a mapping under a name; saved again, it replaces the earlier one."""

    name: ShortText = Field(examples=["Monthly register"])
    columns: dict[str, str]

    def decide(self, mapping: RegisterMapping, stamp: Stamp) -> RegisterMappingSaved:
        """Save a mapping that names what every thing needs."""
        must_be_complete(self.columns.values())
        return RegisterMappingSaved(name=self.name, columns=dict(self.columns))


def saving(
    name: str, fields: Sequence[RegisterField], example: Mapping[str, str]
) -> type[Command[RegisterMapping]]:
    """Return the command that saves mappings of a register with these fields."""
    field = Literal[(ID, *(field.name for field in fields))]  # type: ignore[valid-type]  # made at run time
    columns: Any = Annotated[
        dict[ShortText, field],  # type: ignore[valid-type]  # the same
        Field(max_length=COLUMNS_LIMIT, json_schema_extra=_AS_PATTERN),
    ]
    declared: dict[str, Any] = {"columns": (columns, Field(examples=[dict(example)]))}
    made: type[SaveMapping] = create_model(
        name, __base__=SaveMapping, __doc__=SaveMapping.__doc__, **declared
    )
    return made


def suggested(register: Register[Any], table: Table) -> dict[str, str]:
    """Return which field each column seems to stand for; a repeated heading stands for the same one.

    A column of ids names things by their ids, whatever it may be called in other registers.
    """
    divided = {field.name for field in register.fields if field.kind in DIVIDED}
    found = fields_by_heading(table.heading, table.headings, register.known, divided)
    for name, more in register.more_words:
        if name not in found.values():
            found |= dict.fromkeys(_called_with(more, name, register, table)[:1], name)
    ids = [heading for heading in table.headings if plain(heading) == ID and _holds_ids(table, heading)]
    return found | dict.fromkeys(ids[:1], ID)


def _called_with(more: frozenset[str], name: str, register: Register[Any], table: Table) -> list[str]:
    """Return the headings that mean a field once the words are left out that may stand beside its names."""
    called = {heading: key_words(heading).split() for heading in table.headings}
    without = {heading: " ".join(w for w in words if w not in more) for heading, words in called.items()}
    return [heading for heading, rest in without.items() if register.known.get(rest) == name]


def _holds_ids(table: Table, heading: str) -> bool:
    """Say whether the first cells of a column are ids of things."""
    place = table.headings.index(heading)
    cells = [row[place].strip() for row in table.sample(SAMPLE_ROWS) if len(row) > place]
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_ID.match(cell) for cell in filled)


def must_be_complete(fields: Collection[str], **seen: object) -> None:
    """Refuse a mapping that lacks what every thing needs: a title; say what was seen of the table."""
    if TITLE not in fields:
        raise MappingIncomplete(missing=[TITLE], **seen)


def corrected(
    register: Register[Any], table: Table, suggestion: Mapping[str, str], correction: Mapping[str, str]
) -> dict[str, str]:
    """Return a mapping in which somebody's columns have the fields they say, and the rest stay.

    A field that somebody names moves: the column that seemed to stand for it no longer does. A blank field
    leaves a column out.
    """
    fields = sorted({ID, *register.by_name})
    if unknown := sorted({name for name in correction.values() if name and name not in fields}):
        raise NoSuchField(unknown=unknown, fields=fields)
    if missing := [heading for heading in correction if heading not in table.headings]:
        raise NoSuchColumn(missing=missing, headings=list(table.headings))
    moved = set(correction.values())
    kept = {h: name for h, name in suggestion.items() if h not in correction and name not in moved}
    both = {**kept, **{h: name for h, name in correction.items() if name}}
    return {heading: both[heading] for heading in table.headings if heading in both}


def mapping_id(name: str, prefix: str = "") -> UUID:
    """Return the id of the mapping of a name, in a room's register."""
    return uuid5(MAPPINGS, prefix + " ".join(name.split()).casefold())
