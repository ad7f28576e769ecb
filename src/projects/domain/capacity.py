"""What our own teams can give: people by month and skill, as last stated."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from projects.domain.events import PersonMonths
from shared.kernel.messages import Event

CAPACITY_ID = UUID("6b0c7d52-0000-4000-8000-000000000002")  # there is one


class OurPeople(PersonMonths):
    """Our people of one skill in one month; nobody if it is 0."""

    people: Annotated[float, Field(ge=0, le=1000)]


def as_compared(month: str, skill: str) -> tuple[str, str]:
    """Return a month and a skill as they are compared: one blank between words, in any case."""
    return month, " ".join(skill.split()).lower()


@dataclass(frozen=True)
class Capacity:
    """Our people by month and skill."""

    kind: ClassVar[str] = "team-capacity"

    people: tuple[tuple[tuple[str, str], float], ...] = ()


class TeamCapacityStated(Event[Capacity]):
    """Somebody said what our teams can give in some months; what was said of others stands."""

    kind: ClassVar[str] = "team-capacity"

    months: tuple[OurPeople, ...]
    reason: str

    def apply(self, capacity: Capacity) -> Capacity:
        """Return the capacity with these months and skills replaced."""
        stated = (((m.month, m.skill), m.people) for m in self.months)
        now = {as_compared(*one[0]): one for one in (*capacity.people, *stated)}
        return Capacity(tuple(sorted(one for one in now.values() if one[1])))


CAPACITY_EVENTS = (TeamCapacityStated,)
