"""The demonstration's stage: characters take real decisions by the real rules, at invented times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from pydantic import JsonValue

from rfp_service.demonstration.people import CAST
from shared.calendar import LONDON
from shared.messages import Command, Event, Known, Stamp, State, Tier
from shared.scheme.domain import ApprovalTier

DEMONSTRATION = UUID("9d7f0e5c-3c58-4d0e-8a6e-0f4f8f1c2b33")
ROLES = {character.id: character.role for character in CAST}
TIERS = (
    ApprovalTier(name="head of service", up_to_pence=2_500_000, approvers=["hana-head"]),
    ApprovalTier(name="director", up_to_pence=25_000_000, approvers=["dev-director"]),
    ApprovalTier(name="cabinet", up_to_pence=500_000_000, approvers=["cara-cabinet"]),
)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """One event that happened on stage."""

    at: datetime
    stream_id: UUID
    version: int
    event: Event[Any]
    stamp: Stamp
    command: Command[Any]
    part: int


@dataclass
class Thing:
    """One thing on stage, as it stands."""

    id: UUID
    state: Any
    version: int = 0


@dataclass
class Stage:
    """Everything that has happened so far, and the clock."""

    now: datetime
    chance: Random
    scenes: list[Scene] = field(default_factory=list)

    def thing(self, name: str, blank: State) -> Thing:
        """Return a new thing whose id follows from its name."""
        return Thing(uuid5(DEMONSTRATION, name), blank)

    def decide(
        self, thing: Thing, command: Command[Any], by: str, at: datetime, **facts: JsonValue
    ) -> bool:
        """Let a character decide, unless the curtain has fallen; say whether they did."""
        if at >= self.now:
            return False
        stamp = Stamp(by=by, authority=ROLES[by].value, at=at, known=_known(by, facts))
        decided = command.decide(thing.state, stamp)
        events = decided if isinstance(decided, Sequence) else [decided]
        for part, event in enumerate(events):
            thing.version += 1
            thing.state = event.apply(thing.state)
            scene = Scene(at, thing.id, thing.version, event, stamp, command, part)
            self.scenes.append(scene)
        return True

    def later(self, at: datetime, days: float) -> datetime:
        """Return a moment in office hours, about so many working days later."""
        left = round(self.chance.expovariate(1 / days)) if days else 0
        day = at.astimezone(LONDON)
        moment = day + timedelta(
            minutes=self.chance.randint(4, 90), seconds=self.chance.randint(0, 59)
        )
        if left or moment.hour >= 17:
            moment = day.replace(hour=9) + timedelta(
                days=max(left, 1),
                minutes=self.chance.randint(0, 460),
                seconds=self.chance.randint(0, 59),
            )
        while moment.weekday() >= SATURDAY:
            moment += timedelta(days=1)
        return moment.astimezone(at.tzinfo)


def _known(by: str, facts: dict[str, JsonValue]) -> Known:
    return Known(
        roles=(ROLES[by].value,),
        scheme_version=1,
        tiers=tuple(Tier(name=tier.name, up_to_pence=tier.up_to_pence) for tier in TIERS),
        own_tiers=tuple(tier.name for tier in TIERS if by in tier.approvers),
        facts=facts,
    )
