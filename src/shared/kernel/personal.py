"""A text about somebody, kept so that it can be destroyed: stored only under keys of those it is about."""

from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, TypeGuard, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_serializer, model_validator

PERSONAL = "[personal]"  # what stands where such a text may not be read, or is kept encrypted elsewhere


class NotSealed(Exception):
    """A personal text was about to be stored in the clear."""


SEALED_FORM = frozenset({"about", "key", "sealed"})


def is_sealed(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether a stored value is a personal text."""
    return isinstance(value, dict) and value.keys() == SEALED_FORM


class Personal(BaseModel):
    """A text about the people `about`, their ids with a space between.

    In events, states and views it is there only as `sealed`, under the keys `key`, one for each of them.
    A command makes one with its text; the store seals it when it writes the event, and it stays sealed
    until somebody with the right reads it. Destroying any of the keys destroys the text, and no proof.
    What says nothing of anybody, or was kept openly before its field was personal, is `clear`.
    """

    model_config = ConfigDict(frozen=True)

    about: str
    text: str = ""
    key: str = ""
    sealed: str = ""
    clear: str = ""

    @model_validator(mode="before")
    @classmethod
    def _as_it_was(cls, kept: object) -> object:
        return {"about": "", "clear": kept} if isinstance(kept, str) else kept

    @model_serializer
    def stored(self) -> dict[str, Any] | str:
        """Return the sealed form, the only one outside of a decision; `NotSealed` for a bare text."""
        if self.clear or not (self.about or self.text):
            return self.clear
        if self.text or not self.sealed:
            raise NotSealed(f"a text about {self.about}")
        return {"about": self.about, "key": self.key, "sealed": self.sealed}

    @property
    def people(self) -> list[str]:
        """Return the ids of those it is about."""
        return self.about.split()


class PersonalShown(BaseModel):
    """A text about somebody as it is shown: to those without the right to it, a mark."""

    about: str
    text: str


def text_about(people: Iterable[str], text: str) -> Personal:
    """Return what is said of some people, before it is sealed."""
    return Personal(about=" ".join(sorted({*people} - {""})), text=text)


def openly(text: str) -> Personal:
    """Return what says nothing of anybody, where something personal could stand."""
    return Personal(about="", clear=text)


PLAIN = (str, int, float, bool, date, UUID, NoneType)


@cache
def _may_hold(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a model in which a personal text may be: most hold nothing but plain values."""
    return tuple(name for name, field in model.model_fields.items() if _may_be(field.annotation))


def _may_be(kind: object) -> bool:
    """Say whether a value of a type may be, or hold, a personal text; of what is not known it may."""
    if isinstance(kind, type) and get_origin(kind) is None:
        if issubclass(kind, Personal):
            return True
        if issubclass(kind, BaseModel):
            return bool(_may_hold(kind)) if kind is not BaseModel else True
        if is_dataclass(kind):
            return any(_may_be(part) for part in get_type_hints(kind, include_extras=True).values())
        return not issubclass(kind, PLAIN)
    if get_origin(kind) is Literal or kind is Ellipsis:
        return False
    parts = get_args(kind)[:1] if get_origin(kind) is Annotated else get_args(kind)
    return any(map(_may_be, parts)) if parts else True


def personal_texts_in(value: object) -> Iterator[Personal]:
    """Yield the personal texts in an event, a command, or a field of one, at any depth."""
    if isinstance(value, Personal):
        yield value
    elif isinstance(value, BaseModel):
        for name in _may_hold(type(value)):
            yield from personal_texts_in(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from personal_texts_in(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from personal_texts_in(inner)
