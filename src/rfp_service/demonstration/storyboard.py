"""The demonstration's stage: characters take real decisions by the real rules, at invented times."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from pydantic import JsonValue

from rfp_service.demonstration.people import CAST
from shared.governance.delegations.domain import DelegationGiven
from shared.governance.scheme.domain import SchemeValues
from shared.governance.scheme.parts import ApprovalTier, StageTarget, Weight
from shared.kernel.calendar import LONDON, day_in_london
from shared.kernel.four_eyes import FACT, Eyes
from shared.kernel.messages import Command, Event, Known, Stamp, State
from shared.kernel.rules import (
    AdvisoryBody,
    ContractKind,
    HoldReason,
    Kpis,
    MinimumPeriod,
    ServiceArea,
    Threshold,
)
from shared.kernel.system_actors import AUTHORITY_OF

DEMONSTRATION = UUID("9d7f0e5c-3c58-4d0e-8a6e-0f4f8f1c2b33")
ROLES = {character.id: character.role for character in CAST}
TIERS = (
    ApprovalTier(name="head of service", up_to_pence=2_500_000, approvers=["hana-head", "hugo-head"]),
    ApprovalTier(name="director", up_to_pence=25_000_000, approvers=["dev-director", "dilys-director"]),
    ApprovalTier(
        name="cabinet",
        up_to_pence=500_000_000,
        approvers=["cara-cabinet", "conrad-cabinet"],
        elected_post=True,
        officers=["dilys-director"],
    ),
)
FOUR_EYES: dict[str, JsonValue] = {FACT: Eyes.FOUR.value}
THRESHOLD_PENCE = 20_772_000  # Procurement Act 2023, schedule 1, as amended for 2026 and 2027
# The services of a fictional council, and who heads those that have somebody at their head.
HEADED: tuple[tuple[str, list[str]], ...] = (
    ("Archives", []),
    ("Children's Services", []),
    ("Coroner", []),
    ("Highways", []),
    ("Libraries", ["leo-libraries"]),
    ("Property", []),
    ("Registrars", ["hana-head"]),
    ("Schools", ["sofia-schools"]),
    ("Trading Standards", []),
)
WORKING_GROUP = "Digital working group"
SCHEME = SchemeValues(
    effective_from=date(2020, 1, 1),
    tiers=list(TIERS),
    key_decision_pence=30_000_000,
    minimum_periods=[
        MinimumPeriod(route="open_tender", days=25),
        MinimumPeriod(route="restricted_tender", days=25),
    ],
    thresholds=[
        Threshold(regime="procurement_act_2023", kind=kind, from_pence=from_pence)
        for kind, from_pence in (
            (ContractKind.GOODS, THRESHOLD_PENCE),
            (ContractKind.SERVICES, THRESHOLD_PENCE),
            (ContractKind.WORKS, 519_300_000),
            (ContractKind.LIGHT_TOUCH, 66_354_000),
        )
    ],
    details_notice_regimes=["procurement_act_2023"],
    kpis=[Kpis(regime="procurement_act_2023", above_pence=500_000_000, at_least=3)],
    minimum_evaluators=2,
    stage_targets=[
        StageTarget(stage=stage, working_days=days)
        for stage, days in (
            ("submitted", 5),
            ("triage", 5),
            ("business_case", 15),
            ("approval", 10),
            ("ready_to_issue", 10),
            ("evaluation", 20),
            ("award_approval", 10),
            ("award_notice", 5),
            ("challenged", 20),
            ("contracting", 15),
        )
    ],
    hold_reasons=[HoldReason(code="budget-check"), HoldReason(code="our-own", pauses_target=False)],
    advisory_bodies=[AdvisoryBody(name=WORKING_GROUP, members=["sam-scrutiny", "wanda-ward"])],
    unreachable_after_working_days=3,
    last_resort=["conrad-cabinet"],
    service_areas=[ServiceArea(name=name, heads=heads) for name, heads in HEADED],
    weights=[Weight(name="statutory-duty", weight=40), Weight(name="savings", weight=30)],
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
class Storyboard:
    """Everything that has happened so far, and the clock."""

    now: datetime
    chance: Random
    scenes: list[Scene] = field(default_factory=list)
    delegations: list[DelegationGiven] = field(default_factory=list)
    scheme_version: int = 1
    catalogue_position: int = 0  # where the catalogue was full

    def thing(self, name: str, blank: State) -> Thing:
        """Return a new thing whose id follows from its name."""
        return Thing(uuid5(DEMONSTRATION, name), blank)

    def decide(self, thing: Thing, command: Command[Any], by: str, at: datetime, **facts: JsonValue) -> bool:
        """Let a character decide, unless the curtain has fallen; say whether they did."""
        if at >= self.now:
            return False
        authority = AUTHORITY_OF.get(by) or ROLES[by].value
        facts |= self._delegated(command.on_behalf_of)
        stamp = Stamp(
            by=by,
            acting_for=command.on_behalf_of,
            authority=authority,
            at=at,
            known=_known(by, at, facts, version=self.scheme_version).as_needed_by(type(command)),
        )
        decided = command.decide(thing.state, stamp)
        events = decided if isinstance(decided, Sequence) else [decided]
        for part, event in enumerate(events):
            thing.version += 1
            thing.state = event.apply(thing.state)
            scene = Scene(at, thing.id, thing.version, event, stamp, command, part)
            self.scenes.append(scene)
        return True

    def _delegated(self, principal: str) -> dict[str, JsonValue]:
        """Return what a character has delegated."""
        if not principal:
            return {}
        found: list[JsonValue] = [
            {
                **d.model_dump(mode="json", exclude={"reason"}),
                "tiers": list(SCHEME.delegable((principal,), (d.delegate,))),
            }
            for d in self.delegations
            if d.delegator == principal
        ]
        return {"delegations": found}

    def later(self, at: datetime, days: float) -> datetime:
        """Return a moment in office hours, about so many working days later."""
        left = round(self.chance.expovariate(1 / days)) if days else 0
        day = at.astimezone(LONDON)
        moment = day + timedelta(minutes=self.chance.randint(4, 90), seconds=self.chance.randint(0, 59))
        if left or moment.hour >= 17:
            moment = day.replace(hour=9) + timedelta(
                days=max(left, 1), minutes=self.chance.randint(0, 460), seconds=self.chance.randint(0, 59)
            )
        return working_day(moment).astimezone(at.tzinfo)


def working_day(moment: datetime) -> datetime:
    """Return the moment itself, or the same time on the Monday after where it falls on a weekend."""
    while moment.weekday() >= SATURDAY:
        moment += timedelta(days=1)
    return moment


def _known(by: str, at: datetime, facts: dict[str, JsonValue], *, version: int) -> Known:
    return Known(
        roles=() if by in AUTHORITY_OF else (ROLES[by].value,),
        scheme_version=version,
        tiers=tuple(tier.as_known() for tier in TIERS),
        own_tiers=SCHEME.tiers_of(by),
        rules=SCHEME.rules(day_in_london(at)),
        facts=facts,
    )
