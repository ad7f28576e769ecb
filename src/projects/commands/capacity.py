"""Stating what our own teams can give."""

from typing import Literal

from pydantic import Field

from projects.domain.capacity import Capacity, OurPeople, TeamCapacityStated, as_compared
from projects.domain.refusals import TooManyOfThem
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp

MONTHS_LIMIT = 400
STATED_LIMIT = 2_000


class StateCapacity(Command[Capacity]):
    """Say how many people of which skill our teams can give in which months."""

    decision: Literal["state-capacity"] = "state-capacity"
    months: list[OurPeople] = Field(min_length=1, max_length=MONTHS_LIMIT)
    reason: Reason

    def decide(self, capacity: Capacity, stamp: Stamp) -> TeamCapacityStated:
        """State it; bounded, for it is one thing for the whole programme."""
        said = [*((m.month, m.skill) for m in self.months), *dict(capacity.people)]
        stated = {as_compared(*what) for what in said}
        if len(stated) > STATED_LIMIT:
            raise TooManyOfThem(limit=STATED_LIMIT)
        return TeamCapacityStated(months=tuple(self.months), reason=self.reason)
