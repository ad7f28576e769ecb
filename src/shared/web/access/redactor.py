"""What takes out of answers whatever their reader may not see, as every reading asks it to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Column, ColumnElement

from shared.kernel.person import Person


class Redactor(Protocol):
    """Takes out of items what their reader may not see."""

    async def draw(
        self,
        person: Person,
        items: Sequence[dict[str, Any]],
        *,
        sealed: bool = True,
        personal: Mapping[str, object] | None = None,
    ) -> None:
        """Withhold from items what this person may not see; `personal` are all personal texts in one item."""

    async def draw_named(self, person: Person, said: Iterable[object]) -> None:
        """Withhold from what is said of other things, named by their ids, what this person may not see."""

    def names_others(self, said: Iterable[object]) -> bool:
        """Say whether something is said of other things at all, of which something could be withheld."""

    async def must_know(self, person: Person) -> None:
        """Refuse while it is not known what is exempt, but for a person who may read all of it."""

    def by_amount(self, person: Person, thing: Column[Any]) -> ColumnElement[bool]:
        """Return the condition on what this person may find by an amount."""

    def by_fields(self, person: Person, thing: Column[Any], fields: Collection[str]) -> ColumnElement[bool]:
        """Return the condition on what this person may find by these fields."""

    async def exempt_in(self, thing: UUID, said: Mapping[str, Any]) -> list[str]:
        """Return which fields of what is said of a thing are exempt now."""

    def reads_exempt(self, person: Person) -> bool:
        """Say whether a person may read, and so find by, what is exempt."""
