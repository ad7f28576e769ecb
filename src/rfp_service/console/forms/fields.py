"""What a form asks for, read from the schema of the command that it sends."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel

from rfp_service.console.labels import HINTS, SECTIONS, THE_REST
from rfp_service.console.words import field_label
from shared.kernel.wording import in_sentence

ONE_LINE_LIMIT = 200
ROWS_LIMIT = 60
NUMBER_CHARACTERS = 20
OF_EVERY_DECISION = frozenset({"decision", "acting_for"})
PERSON = re.compile(r"\^\[A-Za-z0-9\]\[A-Za-z0-9\._-\]\*\$")
HASH = "^[0-9a-f]{64}$"


class AskedAs(StrEnum):
    """How something is asked for."""

    LINE = "line"
    TEXT = "text"
    PERSON = "person"
    CHOICE = "choice"
    TICKS = "ticks"
    YES_NO = "yes_no"
    DAY = "day"
    MOMENT = "moment"
    WHOLE = "whole"
    NUMBER = "number"
    POUNDS = "pounds"
    LINES = "lines"  # several of one kind, one a line
    GROUP = "group"
    ROWS = "rows"  # several groups
    PAIRS = "pairs"  # several values, each with its name


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that a form asks for, and of what it is made."""

    name: str
    kind: AskedAs
    label: str
    hint: str = ""
    is_needed: bool = False
    limit: int = ONE_LINE_LIMIT
    choices: tuple[str, ...] = ()
    parts: tuple["FormField", ...] = ()
    example: str = ""

    @property
    def sections(self) -> list[tuple[str, list["FormField"]]]:
        """Return a long group's parts, section by section; nothing if it is short."""
        named = SECTIONS.get(self.name, ())
        parts = {each.name: each for each in self.parts}
        found = [(title, [parts.pop(name) for name in names if name in parts]) for title, names in named]
        return [*found, (THE_REST, list(parts.values()))] if named and parts else found

    def ticked(self, choices: Iterable[str]) -> "FormField":
        """Return it as something of which each value there is can be ticked."""
        return replace(self, kind=AskedAs.TICKS, choices=tuple(choices), parts=())

    @property
    def missing(self) -> str:
        """Return what somebody reads who left it out."""
        if self.name == "reason":
            return "Give a reason"
        if self.kind in (AskedAs.CHOICE, AskedAs.YES_NO, AskedAs.TICKS):
            return f"Choose: {in_sentence(self.label)}"
        return f"Enter: {in_sentence(self.label)}"


@cache
def fields_of(command: type[BaseModel]) -> tuple[FormField, ...]:
    """Return what a command must or may say: what it must first, its reason last."""
    schema = command.model_json_schema()
    fields = list(_fields(schema, schema.get("$defs", {})))
    return tuple(sorted(fields, key=lambda each: (each.name == "reason", not each.is_needed)))


def model_fields(model: type[BaseModel]) -> dict[str, FormField]:
    """Return what a part of a command says, by name."""
    schema = model.model_json_schema()
    return {each.name: each for each in _fields(schema, schema.get("$defs", {}))}


def _fields(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[FormField]:
    needed = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        if name not in OF_EVERY_DECISION:
            yield _field(name, each, defs, is_needed=name in needed)


def _field(name: str, said: Mapping[str, Any], defs: Mapping[str, Any], *, is_needed: bool) -> FormField:
    schema = _resolved(said, defs)
    kind, parts = _kind(name, schema, defs)
    limit = schema.get("items", schema).get("maxLength", ONE_LINE_LIMIT)
    choices = schema.get("items", schema)
    return FormField(
        name,
        kind,
        field_label(name),
        HINTS.get(name) or _hint(str(said.get("description", ""))),
        is_needed,
        min(limit, NUMBER_CHARACTERS) if kind in (AskedAs.WHOLE, AskedAs.NUMBER, AskedAs.POUNDS) else limit,
        tuple(_resolved(choices, defs).get("enum", ())),
        parts,
        _example(schema, kind),
    )


def _hint(said: str) -> str:
    """Return what the API says of a field, but not in which unit a program says it."""
    return "" if said.endswith("in pence.") else said


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema itself: not its name, and without that it may be null."""
    own = {name: value for name, value in schema.items() if name == "examples"}
    if "$ref" in schema:
        return {**_resolved(defs[schema["$ref"].rpartition("/")[2]], defs), **own}
    if "anyOf" in schema:
        some = next(each for each in schema["anyOf"] if each.get("type") != "null")
        return {**_resolved(some, defs), **own}
    return dict(schema)


def _example(schema: Mapping[str, Any], kind: AskedAs) -> str:
    if (
        kind not in (AskedAs.LINE, AskedAs.PERSON, AskedAs.WHOLE, AskedAs.NUMBER)
        or schema.get("pattern") == HASH
    ):
        return ""
    return str(next(iter(schema.get("examples", ())), ""))


def _kind(
    name: str, schema: Mapping[str, Any], defs: Mapping[str, Any]
) -> tuple[AskedAs, tuple[FormField, ...]]:
    match schema.get("type"):
        case "array":
            return _several(name, _resolved(schema["items"], defs), defs)
        case "object" if "properties" in schema:
            return AskedAs.GROUP, tuple(_fields(schema, defs))
        case "object":
            value = next(iter(schema.get("patternProperties", {}).values()), {"type": "string"})
            pair = {"key": {"type": "string"}, "value": value}
            return AskedAs.PAIRS, tuple(_fields({"properties": pair, "required": tuple(pair)}, defs))
    return _single(name, schema), ()


def _several(
    name: str, item: Mapping[str, Any], defs: Mapping[str, Any]
) -> tuple[AskedAs, tuple[FormField, ...]]:
    if "properties" in item:
        return AskedAs.ROWS, tuple(_fields(item, defs))
    if "enum" in item:
        return AskedAs.TICKS, ()
    return AskedAs.LINES, (_field(name, item, defs, is_needed=True),)


def _single(name: str, schema: Mapping[str, Any]) -> AskedAs:
    match schema.get("type"):
        case "boolean":
            return AskedAs.YES_NO
        case "integer":
            return AskedAs.POUNDS if name.endswith("_pence") else AskedAs.WHOLE
        case "number":
            return AskedAs.NUMBER
    return _text(schema)


def _text(schema: Mapping[str, Any]) -> AskedAs:
    if "enum" in schema:
        return AskedAs.CHOICE
    if of := {"date": AskedAs.DAY, "date-time": AskedAs.MOMENT}.get(schema.get("format", "")):
        return of
    if PERSON.fullmatch(schema.get("pattern", "")):
        return AskedAs.PERSON
    is_long = schema.get("maxLength", 0) > ONE_LINE_LIMIT and "http" not in schema.get("pattern", "")
    return AskedAs.TEXT if is_long else AskedAs.LINE
