"""The scheme as adopted: approval tiers, closed days, the transition date; every version is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.governance.scheme.parts import (
    APPROVERS_LIMIT,
    PARTS_LIMIT,
    ApprovalTier,
    ProjectCategory,
    StageTarget,
    Weight,
)
from shared.kernel.contract_rules import ContractRules
from shared.kernel.fields import WHOLE, Code, Day, Pence, PersonId, ShortText
from shared.kernel.messages import Event
from shared.kernel.rules import (
    USUAL_STANDSTILLS,
    AdvisoryBody,
    ApprovalClocks,
    Days,
    HoldReason,
    Kpis,
    MinimumPeriod,
    Rules,
    ServiceAreas,
    Standstill,
    Threshold,
)
from shared.kernel.states import replace

SCHEME_ID = UUID("5c8e3e00-0000-4000-8000-000000000001")  # there is one scheme
TIERS_LIMIT = 12
LAST_RESORT = "last resort"  # the tier of those who decide where nobody of the highest can
EVALUATORS_LIMIT = 20
CLOSED_DAYS_LIMIT = 400
CHECKLIST_LIMIT = 40
CALENDAR_AHEAD = timedelta(days=370)  # as far as any period of the scheme reaches

# What must be shown before a project moves across, until the council says otherwise.
USUAL_CHECKLIST = (
    "receiving team named",
    "scope and documents handed over",
    "data and access handed over",
    "licences and contracts settled",
    "open risks and issues accepted",
)


class SchemeValues(BaseModel):
    """What the council decides about itself. Amounts are without VAT, in pence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective_from: Day = Field(examples=["2026-04-01"])
    transition_date: Day | None = Field(None, examples=["2027-04-01"])
    tiers: list[ApprovalTier] = Field(min_length=1, max_length=TIERS_LIMIT)
    unreachable_after_working_days: Days | None = Field(
        None,
        description="After how many working days a step that nobody of its tier can take goes to the next.",
        examples=[3],
    )
    last_resort: list[PersonId] = Field(
        [],
        max_length=APPROVERS_LIMIT,
        description="Who decides, as the tier 'last resort', where nobody of the highest tier can.",
    )
    closed_days: list[Day] = Field([], max_length=CLOSED_DAYS_LIMIT)
    tiers_cumulative: bool = Field(
        default=True, description="Whether every tier below must approve too, or only the one that may."
    )
    key_decision_pence: Pence | None = Field(
        None, description="What is above it is a key decision.", examples=[220_000_000]
    )
    forward_plan_clear_days: Days = Field(
        28, description="S.I. 2012/2089, regulation 9: clear days from notice to key decision."
    )
    general_exception_clear_days: Days = Field(
        5, description="S.I. 2012/2089, regulation 10: clear days where 28 are impracticable."
    )
    paper_clear_days: Days = Field(
        5,
        description="Local Government Act 1972, section 100B: clear working days from the publication of a"
        " committee's paper to its meeting.",
    )
    call_in_working_days: Days = Field(
        5, description="Working days after publication in which scrutiny may call a decision in."
    )
    call_in_lapse_working_days: Days = Field(
        20, description="Working days after a call-in by which scrutiny must have met."
    )
    standstills: list[Standstill] = Field(list(USUAL_STANDSTILLS), max_length=PARTS_LIMIT)
    statutory_days_of_whole_kingdom: bool = Field(
        default=True,
        description="Whether working days of the Procurement Act leave out bank holidays of any part of "
        "the United Kingdom, or England's only.",
    )
    statutory_days_leave_out_closed_days: bool = Field(
        default=False, description="Whether they leave out the council's own closed days."
    )
    minimum_periods: list[MinimumPeriod] = Field([], max_length=PARTS_LIMIT)
    minimum_periods_in_whole_days: bool = Field(
        default=True, description="Whether the market has so many days whole, or the last may be begun only."
    )
    bid_at_the_instant_in_time: bool = Field(
        default=True, description="Whether a bid received at the very instant of its deadline is in time."
    )
    unanswered_stop_closing: bool = Field(
        default=False,
        description="Whether bids stay closed while a bidder's question has no answer, or that is only told.",
    )
    transparency_regimes: list[Code] = Field(
        ["procurement_act_2023"],
        max_length=PARTS_LIMIT,
        description="Regimes under which a direct award is announced first.",
    )
    thresholds: list[Threshold] = Field(
        [],
        max_length=PARTS_LIMIT,
        description="From which value with VAT a regime must be followed, for each kind of contract.",
    )
    details_notice_regimes: list[Code] = Field(
        [],
        max_length=PARTS_LIMIT,
        description="Regimes under which a concluded contract is announced by a details notice.",
    )
    kpis: list[Kpis] = Field([], max_length=PARTS_LIMIT)
    hold_reasons: list[HoldReason] = Field(
        [], max_length=PARTS_LIMIT, description="Why a case may be on hold, and what pauses its target."
    )
    advisory_bodies: list[AdvisoryBody] = Field([], max_length=PARTS_LIMIT)
    contracts: ContractRules = Field(
        ContractRules(), description="How contracts are looked after, and what is published of them."
    )
    approval_clocks: ApprovalClocks | None = None
    lead_may_evaluate: bool = True
    requester_may_evaluate: bool = True
    minimum_evaluators: Annotated[int, Field(ge=1, le=EVALUATORS_LIMIT), WHOLE] = Field(
        default=1,
        description="How many must evaluate bids at least, for the market to be asked and a winner named.",
        examples=[2],
    )
    stage_targets: list[StageTarget] = Field([], max_length=PARTS_LIMIT)
    service_areas: ServiceAreas = []
    weights: list[Weight] = Field(
        [], max_length=PARTS_LIMIT, description="What counts how much when work is prioritised."
    )
    project_categories: list[ProjectCategory] = Field([], max_length=PARTS_LIMIT)
    readiness_checklist: list[ShortText] = Field(
        list(USUAL_CHECKLIST),
        min_length=1,
        max_length=CHECKLIST_LIMIT,
        description="What must be confirmed of a project in flight before it moves across.",
    )

    def rules(self, today: date) -> Rules:
        """Return what decisions taken today go by; of the closed days, those that they can reach."""
        ahead = sorted(d for d in self.closed_days if today <= d <= today + CALENDAR_AHEAD)
        shared = {name: getattr(self, name) for name in Rules.model_fields if name != "closed_days"}
        return Rules.model_validate({**shared, "closed_days": ahead})

    def tiers_of(self, *ids: str) -> tuple[str, ...]:
        """Return the names of the tiers that a person stands on, by any of their ids."""
        return tuple(name for name, people in self.standing() if not set(ids).isdisjoint(people))

    def elected_posts(self) -> dict[str, list[str]]:
        """Return each elected post, and whoever may decide for its members: other members, its officers."""
        posts = [tier for tier in self.tiers if tier.elected_post]
        members = [person for tier in posts for person in tier.approvers]
        return {tier.name: [*members, *tier.officers] for tier in posts}

    def delegable(self, giver: Collection[str], taker: Collection[str]) -> tuple[str, ...]:
        """Return the tiers of one person that they may let another decide for, each by any of their ids."""
        posts, ids = self.elected_posts(), set(taker)
        return tuple(t for t in self.tiers_of(*giver) if t not in posts or not ids.isdisjoint(posts[t]))

    def standing(self) -> list[tuple[str, list[str]]]:
        """Return each tier and who stands on it, lowest first, and the last resort where there is one."""
        tiers = [(tier.name, tier.approvers) for tier in self.tiers]
        return [*tiers, (LAST_RESORT, self.last_resort)] if self.last_resort else tiers


@dataclass(frozen=True)
class Version:
    """One version of the scheme: its number is that of the decision which adopted it."""

    number: int = 0
    values: SchemeValues | None = None
    unconfirmed: bool = False


@dataclass(frozen=True)
class Proposal:
    """A scheme that waits for a second person: its number among the proposals, and who made it when."""

    number: int
    values: SchemeValues
    reason: str
    proposed_by: str
    proposed_on: date


@dataclass(frozen=True)
class Scheme:
    """Every version ever adopted, oldest first, and the proposals that wait to be confirmed."""

    kind: ClassVar[str] = "scheme"

    versions: tuple[Version, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    proposed: int = 0  # how many proposals there ever were

    def proposal(self, number: int) -> Proposal | None:
        """Return the open proposal of a number."""
        return next((each for each in self.proposals if each.number == number), None)

    def gaining(self, values: SchemeValues, day: date) -> list[str]:
        """Return who could approve by these values what they could not by the scheme in force on a day."""
        now = self.in_force(day).values
        held = {
            (person, tier.name): tier.up_to_pence
            for tier in (now.tiers if now else [])
            for person in tier.approvers
        }
        by_tier = [
            person
            for tier in values.tiers
            for person in tier.approvers
            if held.get((person, tier.name), -1) < tier.up_to_pence
        ]
        before = now.last_resort if now else []
        named = {(officer, tier.name) for tier in (now.tiers if now else []) for officer in tier.officers}
        officers = [
            officer for tier in values.tiers for officer in tier.officers if (officer, tier.name) not in named
        ]
        return [*by_tier, *officers, *(person for person in values.last_resort if person not in before)]

    def in_force(self, day: date) -> Version:
        """Return the version in force on a day: the latest in effect, the last adopted of those."""
        in_effect = [v for v in self.versions if v.values and v.values.effective_from <= day]
        return max(in_effect, key=_effect) if in_effect else Version()

    def standing_on(self, tier: str, day: date) -> list[str]:
        """Return who stood on a tier on a day; nobody if the scheme had no such tier."""
        values = self.in_force(day).values
        standing = values.standing() if values else []
        return [person for name, people in standing if name == tier for person in people]

    def deciding_for(self, tier: str, day: date) -> list[str] | None:
        """Return who may decide for those on an elected post; None if anybody may to whom it is given."""
        values = self.in_force(day).values
        return values.elected_posts().get(tier) if values else None

    def closed_days(self) -> frozenset[date]:
        """Return the council's closed days, each as the scheme stood on that day."""
        named = {day for v in self.versions if v.values for day in v.values.closed_days}
        return frozenset(day for day in named if (v := self.in_force(day).values) and day in v.closed_days)


def _effect(version: Version) -> tuple[date, int]:
    assert version.values is not None
    return version.values.effective_from, version.number


class SchemeAdopted(Event[Scheme]):
    """The council adopted a scheme, in force from a day on."""

    kind: ClassVar[str] = "scheme"

    values: SchemeValues
    reason: str
    unconfirmed: bool = False  # for there was a single administrator

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme with one more version."""
        version = Version(len(scheme.versions) + 1, self.values, self.unconfirmed)
        return replace(scheme, versions=(*scheme.versions, version))


EVENTS = (SchemeAdopted,)
