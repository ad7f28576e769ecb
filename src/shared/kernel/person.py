"""Whoever asks for something, as the rules see them."""

from dataclasses import dataclass

from shared.kernel.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks: an id that stays the same for ever, the roles they hold now, and what limits them."""

    id: str
    roles: tuple[Role, ...]
    reads_only: bool = False
    areas: frozenset[str] | None = None  # of the council's services; None if they are not limited
    aliases: tuple[str, ...] = ()  # other ids that are theirs

    @property
    def ids(self) -> tuple[str, ...]:
        """Return every id that is theirs; what was recorded under any of them is theirs, too."""
        return (self.id, *self.aliases)
