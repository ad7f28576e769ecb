"""The scheme as adopted: approval tiers, closed days, the transition date; every version is kept."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Refused
from shared.fields import WHOLE, Code, Day, Pence, PersonId, ShortText
from shared.messages import Event
from shared.states import replace

SCHEME_ID = UUID("5c8e3e00-0000-4000-8000-000000000001")  # there is one scheme
TIERS_LIMIT = 12
APPROVERS_LIMIT = 200
CLOSED_DAYS_LIMIT = 400
PARTS_LIMIT = 60
WEIGHT_LIMIT = 1_000


class ApprovalTier(BaseModel):
    """One step of the approval ladder, and who stands on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["head of service"])
    up_to_pence: Pence = Field(
        description="Without VAT, up to and including.", examples=[2_500_000]
    )
    approvers: list[PersonId] = Field(max_length=APPROVERS_LIMIT, examples=[["hana-head"]])


class Weight(BaseModel):
    """What one question counts for when work is put in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code = Field(examples=["benefit"])
    weight: Annotated[int, Field(ge=0, le=WEIGHT_LIMIT), WHOLE] = Field(examples=[30])


class ProjectCategory(BaseModel):
    """A sort of project, and the sorts within it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ShortText = Field(examples=["Networks"])
    sub_categories: list[ShortText] = Field([], max_length=PARTS_LIMIT)


class SchemeValues(BaseModel):
    """What the council decides about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective_from: Day = Field(examples=["2026-04-01"])
    transition_date: Day | None = Field(None, examples=["2027-04-01"])
    tiers: list[ApprovalTier] = Field(min_length=1, max_length=TIERS_LIMIT)
    closed_days: list[Day] = Field([], max_length=CLOSED_DAYS_LIMIT)
    project_categories: list[ProjectCategory] = Field([], max_length=PARTS_LIMIT)
    weights: list[Weight] = Field(
        [], max_length=PARTS_LIMIT, description="What counts how much when work is prioritised."
    )


@dataclass(frozen=True)
class Version:
    """One version of the scheme: its number is that of the decision which adopted it."""

    number: int = 0
    values: SchemeValues | None = None


@dataclass(frozen=True)
class Scheme:
    """Every version ever adopted, oldest first."""

    kind: ClassVar[str] = "scheme"

    versions: tuple[Version, ...] = ()

    def in_force(self, day: date) -> Version:
        """Return the version in force on a day: the latest in effect, the last adopted of those."""
        in_effect = [v for v in self.versions if v.values and v.values.effective_from <= day]
        return max(in_effect, key=_effect) if in_effect else Version()

    def closed_days(self) -> frozenset[date]:
        """Return the council's closed days, each as the scheme stood on that day."""
        named = {day for v in self.versions if v.values for day in v.values.closed_days}
        return frozenset(
            day for day in named if (v := self.in_force(day).values) and day in v.closed_days
        )


def _effect(version: Version) -> tuple[date, int]:
    assert version.values is not None
    return version.values.effective_from, version.number


class SchemeAdopted(Event[Scheme]):
    """The council adopted a scheme, in force from a day on."""

    kind: ClassVar[str] = "scheme"

    values: SchemeValues
    reason: str

    def apply(self, scheme: Scheme) -> Scheme:
        """Return the scheme with one more version."""
        version = Version(len(scheme.versions) + 1, self.values)
        return replace(scheme, versions=(*scheme.versions, version))


class TiersNotRising(Refused):
    """Each tier's limit must be above the one before it, and each name be used once."""


class AdoptedForThePast(Refused):
    """A scheme takes effect on the day it is adopted, or later: what was decided stays decided."""


EVENTS = (SchemeAdopted,)
