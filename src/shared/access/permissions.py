"""Whether a role may ever do a thing; the table itself is the roof's, for it names every room's commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.access.roles import Role
from shared.access.tokens import Person
from shared.errors import NotAllowed

READ = "read-"  # how the actions begin that change nothing


class ReadsOnly(NotAllowed):
    """The program you use may read in your name, and not decide: its token has no scope rfp.decide."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What each action needs: any one of the roles in its row."""

    table: Mapping[str, tuple[Role, ...]]

    def authority(self, person: Person, action: str) -> Role:
        """Return the role by which a person may do something, or refuse; no row means nobody may."""
        if person.reads_only and not action.startswith(READ):
            raise ReadsOnly
        for role in self.table.get(action, ()):
            if role in person.roles:
                return role
        raise NotAllowed(needed=[role.value for role in self.table.get(action, ())])

    def allows(self, person: Person, action: str) -> bool:
        """Say whether a person may ever do something."""
        return any(role in person.roles for role in self.table.get(action, ()))
