"""Taking out what may not be shown, by name and at any depth, and saying that it was there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

from shared.kernel.personal import is_sealed
from shared.web.reads.lists_at_hand import ListAtHand

WITHHELD = "withheld"
SEALED = "[sealed]"
ERASED = "[erased]"
UNREAD = "[of a later release]"

NESTED = (dict, list, tuple)
# Most of what is shown; a list at hand holds more, but no personal text.
PLAIN = frozenset((str, int, float, bool, type(None), date, datetime, UUID, pgproto.UUID, ListAtHand))


def exempt(paragraph: int) -> str:
    """Return the mark that stands where something exempt was."""
    return f"[exempt: paragraph {paragraph} of Schedule 12A]"


def withhold(item: MutableMapping[str, Any], marks: Mapping[str, str], outside: Collection[str] = ()) -> None:
    """Put marks in place of some fields, and list them in `withheld`.

    Text becomes its mark; whatever else becomes null, so that no number is taken for a real one. The
    item's own fields named in `outside` stay; inside of it these are withheld as well.
    """
    taken: dict[str, str] = {}
    for name in list(item):
        shown = "" if name in outside else name
        item[name] = _without(shown, item[name], marks, taken)
    if taken:
        item[WITHHELD] = {**item.get(WITHHELD, {}), **taken}


def _without(name: str, value: object, marks: Mapping[str, str], taken: dict[str, str]) -> object:
    if name in marks:
        taken[name] = marks[name]
        return marks[name] if isinstance(value, str) else None
    if isinstance(value, Mapping):
        return {inner: _without(inner, kept, marks, taken) for inner, kept in value.items()}
    if isinstance(value, list | tuple):
        return [_without("", kept, marks, taken) for kept in value]
    return value


def dicts_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield every dict in a value, at any depth, each before those inside of it."""
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, dict):
            yield inner
            inner = inner.values()
        elif not isinstance(inner, list | tuple):
            continue
        left += [each for each in inner if type(each) not in PLAIN and isinstance(each, NESTED)]


def nested_in(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those items that may hold something inside: of a long list's rows, hardly any do."""
    return [item for item in items if not PLAIN.issuperset(map(type, item.values())) or is_sealed(item)]


def personal_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield the personal texts in something that is about to be shown, as they are stored."""
    return (each for each in dicts_in(value) if is_sealed(each))
