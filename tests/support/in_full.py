"""How much is tried: some of it, always the same, by `make test`; all of it by `make prove`."""

import os
from collections.abc import Mapping, Sequence
from typing import TypeVar
from zlib import crc32

IN_FULL = bool(os.environ.get("IN_FULL"))

Choice = TypeVar("Choice")
Name = TypeVar("Name")


def of_many(number: int, few: int) -> int:
    """Return how many of something are tried."""
    return number if IN_FULL else few


def every_nth(choices: Mapping[Name, Choice], n: int) -> dict[Name, Choice]:
    """Return the choices, by name, of which each is tried: every nth of them, or all."""
    return dict(list(choices.items())[:: of_many(1, n)])


def in_turn(name: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Return what the thing of this name is tried with: one of the choices by turns, or all of them."""
    if IN_FULL:
        return choices
    return [choices[crc32(name.encode()) % len(choices)]]
