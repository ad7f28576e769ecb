"""What batches and registers of a room need to know of its things; names and paths follow from the noun."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import Table

from shared.kernel.messages import Command, S


@dataclass(frozen=True, kw_only=True)
class RoomThings(Generic[S]):
    """Things of one kind. `noun` stands in stored names (`contract-owners`) and in paths, and stays for ever.

    `table` is the room's state view, with `reference`, `source` and `is_open`.
    """

    noun: str
    blank: S
    thing_id: Callable[[str], UUID]  # by its reference
    table: Table
    plural: str = ""  # of the noun, where that takes more than an s
    prefix: str | None = None  # of the names of its routes, and the ids of its mappings; else the noun

    @property
    def many(self) -> str:
        """Return what several of them are called."""
        return self.plural or f"{self.noun}s"

    @property
    def path(self) -> str:
        """Return where they are over HTTP."""
        return f"/v1/{self.many}"

    @property
    def tag(self) -> str:
        """Return the tag of their operations in the API file."""
        return self.many

    @property
    def read(self) -> str:
        """Return the right that it takes to read them."""
        return f"read-{self.many}"

    @property
    def route_prefix(self) -> str:
        """Return what the names of their routes begin with, which are all different."""
        return f"{self.noun}_" if self.prefix is None else self.prefix

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of their register, which a batch's items may have beside their own."""
        return ()

    @property
    def taken_in_by(self) -> Mapping[str, type[Command[Any]]]:
        """Return what takes whole rows in: its command, by its stored name."""
        return {}
