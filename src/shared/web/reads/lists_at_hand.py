"""Lists that are shown again and again: their JSON is written once, and kept beside them."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import orjson

T = TypeVar("T")


class ListAtHand(list[T]):
    """A list that many are shown and nobody changes, with its JSON.

    No personal text stands in it. Whoever withholds something from it makes another list of it, which has to
    be written by itself. Whether it says something of other things is found out once: until then it is None.
    """

    __slots__ = ("json", "names_others")

    def __init__(self, items: Iterable[T], json: bytes) -> None:
        """Hold these items, which are this JSON."""
        super().__init__(items)
        self.json = json
        self.names_others: bool | None = None


def with_json(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown, to be written: of the lists at hand their JSON stands there already."""
    return {
        name: orjson.Fragment(value.json) if type(value) is ListAtHand else value
        for name, value in shown.items()
    }
