"""What must be decided before an RFP goes on: tiers, key decisions, waivers, and the clock that runs."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rfp_service.rfps.domain.stages import Stage
from shared.kernel.states import replace


@dataclass(frozen=True)
class Approval:
    """The tiers that must approve, in order, and how many of them have."""

    value_pence: int = 0
    tiers: tuple[str, ...] = ()
    granted: int = 0
    granted_by: tuple[str, ...] = ()  # in this round, and whoever was stood in for

    def granting(self, *people: str) -> "Approval":
        """Return the approval with one more tier granted."""
        new = tuple(person for person in people if person)
        return replace(self, granted=self.granted + 1, granted_by=(*self.granted_by, *new))

    def anew(self) -> "Approval":
        """Return the approval before its first tier again: another round."""
        return replace(self, granted=0, granted_by=())

    @property
    def waiting_for(self) -> str:
        """Return the tier whose turn it is; blank when none is."""
        return self.tiers[self.granted] if self.granted < len(self.tiers) else ""

    @property
    def first(self) -> str:
        """Return the tier that decides before the others; blank when none is asked."""
        return self.tiers[0] if self.tiers else ""

    @property
    def last(self) -> str:
        """Return the tier that decides for good; blank when none is asked."""
        return self.tiers[-1] if self.tiers else ""


class WaiverGround(StrEnum):
    """Why the market is not asked."""

    ONLY_ONE_SUPPLIER = "only_one_supplier"
    EXTREME_URGENCY = "extreme_urgency"
    CONTINUITY = "continuity"
    SECURITY = "security"
    UNSUCCESSFUL_TENDER = "unsuccessful_tender"


@dataclass(frozen=True)
class Waiver:
    """A waiver of competition: asked for, and granted or not."""

    value_pence: int = 0
    granted: bool = False
    tier: str = ""  # who may grant it: those of one tier, or before that was told any approver
    larger_pence: int = 0  # of the waiver's value and the estimate, by which the tier is found


class KeyGround(StrEnum):
    """Why a decision is a key decision: S.I. 2012/2089, regulation 8(1)."""

    VALUE = "significant_value"
    DIVISIONS = "significant_for_two_or_more_divisions"


class Basis(StrEnum):
    """By which notice a key decision may be taken."""

    FORWARD_PLAN = "forward_plan"
    GENERAL_EXCEPTION = "general_exception"
    SPECIAL_URGENCY = "special_urgency"


@dataclass(frozen=True)
class KeyDecision:
    """What has been published of a key decision, and the stage that follows it."""

    notice_on: date | None = None
    exception_on: date | None = None
    urgent: bool = False
    onward: Stage = Stage.ABSENT
    referred: bool = False
    used: tuple[date | None, date | None] = (None, None)  # the notices it was taken on

    @property
    def of_the_award(self) -> bool:
        """Say whether the decision is about the award, no longer about asking the market."""
        return self.onward is Stage.AWARD_NOTICE


@dataclass(frozen=True)
class Clock:
    """A period that ends by itself: its number within the RFP, and when."""

    number: int = 0
    ends_at: datetime | None = None
