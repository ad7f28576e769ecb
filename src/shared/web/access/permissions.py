"""Whether a role may ever do a thing; the table itself is the roof's, for it names every room's commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from shared.kernel.errors import NotAllowed
from shared.kernel.person import Person
from shared.kernel.roles import Role

READ = "read-"  # how the actions begin that change nothing


class Condition(Enum):
    """What limits a role beside its name, as the table's reader sees it."""

    OWN_AREA = "own service areas"
    OWN = "what they raised"
    NAMED_TIER = "named tier"
    INDEPENDENT = "not their own"


class ReadsOnly(NotAllowed):
    """The program you use may read for you but not decide: its token lacks the scope rfp.decide."""


class OutsideYourAreas(NotAllowed):
    """You may act only for your own service areas."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What each action needs: any one of the roles in its row; and what limits some of them."""

    table: Mapping[str, tuple[Role, ...]]
    conditions: Mapping[tuple[Role, Condition], tuple[str, ...]] = field(default_factory=dict)
    _of_roles: dict[tuple[Role, ...], frozenset[str]] = field(default_factory=dict, init=False, repr=False)

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
        if (allowed := self._of_roles.get(person.roles)) is None:
            mine = {*person.roles}
            allowed = frozenset(each for each, roles in self.table.items() if not mine.isdisjoint(roles))
            self._of_roles[person.roles] = allowed
        return action in allowed

    def is_administration(self, person: Person, action: str) -> bool:
        """Say whether somebody does this as an administrator, or could have."""
        return Role.ADMINISTRATOR in person.roles and Role.ADMINISTRATOR in self.table.get(action, ())

    def conditions_of(self, role: Role, action: str) -> list[Condition]:
        """Return what limits a role at an action."""
        return [
            condition
            for (limited, condition), actions in self.conditions.items()
            if limited is role and action in actions
        ]

    def areas(self, person: Person, action: str) -> frozenset[str] | None:
        """Return the service areas that a person is limited to at an action; None if they are not."""
        if person.areas is None:
            return None
        for role in self.table.get(action, ()):
            free = Condition.OWN_AREA not in self.conditions_of(role, action)
            if role in person.roles and free:
                return None
        return person.areas
