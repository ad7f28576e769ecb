"""Whether a role may ever do a thing; the table itself is the roof's, for it names every room's commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.access.roles import Role
from shared.access.tokens import Person
from shared.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Permissions:
    """What each action needs: any one of the roles in its row."""

    table: Mapping[str, tuple[Role, ...]]

    def authority(self, person: Person, action: str) -> Role:
        """Return the role by which a person may do something, or refuse; no row means nobody may."""
        for role in self.table.get(action, ()):
            if role in person.roles:
                return role
        raise NotAllowed(needed=[role.value for role in self.table.get(action, ())])
