"""A project in flight as it stands: how far it has come, when it will end, who will deal with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha1
from typing import ClassVar, TypeVar
from uuid import UUID

from shared.kernel.states import replace

PROJECTS = UUID("6b0c7d52-52a5-4c50-9f5e-3a1c8e0d9f11")
# RFC 9562, section 5.5: what of an id is free, and what says that it was made of a name.
UNMARKED, VERSION_5 = ~(0xF << 76 | 0b11 << 62), 5 << 76 | 0b10 << 62


class ProjectStage(StrEnum):
    """How far a project has come, in order; cancelled is beside the order."""

    ABSENT = "absent"
    IDENTIFIED = "identified"
    CATEGORISED = "categorised"
    PRIORITISED = "prioritised"
    HANDLING_DECIDED = "handling_decided"
    IN_DELIVERY = "in_delivery"
    READY = "ready"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ORDER = {stage: number for number, stage in enumerate(ProjectStage)}
OPEN = (
    ProjectStage.IDENTIFIED,
    ProjectStage.CATEGORISED,
    ProjectStage.PRIORITISED,
    ProjectStage.HANDLING_DECIDED,
    ProjectStage.IN_DELIVERY,
    ProjectStage.READY,
)


class Origin(StrEnum):
    """Who started a project."""

    COUNCIL = "council"
    SUPPLIER = "supplier"
    WLBC = "wlbc"
    LANCON = "lancon"
    OTHER = "other"


class Moscow(StrEnum):
    """How much a project matters, by the four words of the method."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"
    WONT = "wont"


MOSCOW_ORDER = {word: number for number, word in enumerate(Moscow)}


class Way(StrEnum):
    """Who brings a project to its end."""

    INTERNAL = "internal"
    OUTGOING_SUPPLIER = "outgoing_supplier"
    THIRD_PARTY = "third_party"
    STOP = "stop"


class Scale(StrEnum):
    """The scale of a delivery confidence; ratings of one are never turned into the other's."""

    UNSTATED = "unstated"
    THREE_POINT = "three_point"
    FIVE_POINT = "five_point"


RATINGS = {
    Scale.THREE_POINT: ("Green", "Amber", "Red"),
    Scale.FIVE_POINT: ("Green", "Amber/Green", "Amber", "Amber/Red", "Red"),
}


@dataclass(frozen=True)
class About:
    """What a project is: words, owners, and cells of a register that could not be read, as they stood."""

    reference: str = ""
    title: str = ""
    description: str = ""
    origin: Origin = Origin.OTHER
    supplier: str = ""
    service_area: str = ""
    owner: str = ""
    cost_pence: int | None = None
    unread: tuple[tuple[str, str], ...] = ()
    source: str = ""  # of which register the reference is; blank for the usual one


UNSAID = date.min  # the day of what was recorded before days were kept with it


@dataclass(frozen=True)
class ProjectSchedule:
    """When a project began and is to end; every forecast it ever had, the first one first.

    `said_on` is the day of each forecast; `rests` are the days from which and until which it rested.
    """

    start: date | None = None
    forecasts: tuple[date, ...] = ()
    contingency_days: int = 0
    finished_on: date | None = None
    withdrawn: bool = False  # the last forecast, though it stays among those there were
    said_on: tuple[date, ...] = ()
    rests: tuple[tuple[date, date | None], ...] = ()

    @property
    def forecast_end(self) -> date | None:
        """Return the forecast that holds now."""
        return self.forecasts[-1] if self.forecasts and not self.withdrawn else None

    @property
    def latest_end(self) -> date | None:
        """Return the forecast end with its contingency."""
        end = self.forecast_end
        return None if end is None else end + timedelta(days=self.contingency_days)

    def paused(self, on: date) -> "ProjectSchedule":
        """Return the schedule with a rest that has begun."""
        return self if on == UNSAID else replace(self, rests=(*self.rests, (on, None)))

    def resumed(self, on: date) -> "ProjectSchedule":
        """Return the schedule with its rest over, where one has begun."""
        if on == UNSAID or not self.rests or self.rests[-1][1] is not None:
            return self
        begun = self.rests[-1][0]
        return replace(self, rests=(*self.rests[:-1], (begun, max(begun, on))))


@dataclass(frozen=True)
class Category:
    """What sort of project it is, by which rule and batch it was said, and all that an undo can restore."""

    name: str = ""
    sub_category: str = ""
    rule: str = ""
    batch: UUID | None = None
    before: tuple["Category", ...] = ()


@dataclass(frozen=True)
class Priority:
    """How much it matters; scores and weights are kept as they were when it was decided."""

    moscow: Moscow | None = None
    score: float | None = None
    scores: tuple[tuple[str, float], ...] = ()
    weights_version: int = 0
    rank: int = 0
    batch: UUID | None = None
    before: tuple["Priority", ...] = ()


@dataclass(frozen=True)
class StaffNeed:
    """People of one skill that a project needs in one month, such as 2026-09."""

    month: str
    skill: str
    people: float


@dataclass(frozen=True)
class Handling:
    """Who brings it to its end, and the people that takes, month by month."""

    way: Way | None = None
    third_party: str = ""
    needs: tuple[StaffNeed, ...] = ()
    batch: UUID | None = None
    before: tuple["Handling", ...] = ()


Judgement = TypeVar("Judgement", Category, Priority, Handling)


def beneath(part: Judgement, batch: UUID | None) -> tuple[Judgement, ...]:
    """Return what undoing a batch after another can restore; nothing restores what was not in a batch."""
    return () if batch is None else (*part.before, replace(part, before=()))


def without_last(part: Category | Priority | Handling) -> Category | Priority | Handling:
    """Return the judgement that held before this one; a blank one where there is none."""
    if not part.before:
        return type(part)()
    return replace(part.before[-1], before=part.before[:-1])  # type: ignore[arg-type]  # of its own type


@dataclass(frozen=True)
class ActionPlan:
    """An action plan: who owns it, when it is due, and its steps with the day each was done."""

    owner: str = ""
    due: date | None = None
    steps: tuple[tuple[str, date, date | None], ...] = ()


@dataclass(frozen=True)
class ProjectMilestone:
    """A milestone: its baseline, what is forecast now, how often it slipped, and when it was reached."""

    name: str
    baseline: date
    forecast: date
    slips: int = 0
    reached_on: date | None = None


@dataclass(frozen=True)
class Dependency:
    """What a project depends on: the kind of thing and its id; the roof knows what it is."""

    on: str
    id: UUID
    note: str = ""


@dataclass(frozen=True)
class Project:
    """One project in flight, from its first event to its last."""

    kind: ClassVar[str] = "project"

    stage: ProjectStage = ProjectStage.ABSENT
    paused: bool = False
    about: About = About()
    schedule: ProjectSchedule = ProjectSchedule()
    flagged: str = ""
    category: Category = Category()
    priority: Priority = Priority()
    handling: Handling = Handling()
    scale: Scale = Scale.UNSTATED
    confidence: str = ""
    plan: ActionPlan = ActionPlan()
    checklist: tuple[tuple[str, str], ...] = ()
    milestones: tuple[ProjectMilestone, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    taken_off: bool = False  # the register that put it here was undone: it may be put on again

    @property
    def is_new(self) -> bool:
        """Say whether it may be put on the register."""
        return self.stage is ProjectStage.ABSENT or self.taken_off

    def called(self, _first_position: int) -> str:
        """Return what people call it: its reference in the register."""
        return self.about.reference


def project_id(reference: str) -> UUID:
    """Return the id of the project of a reference: one reference, one project, however it is written.

    It is the `uuid5` of the reference, made in a third of the time: a batch names a hundred thousand.
    """
    name = " ".join(reference.split()).casefold().encode()
    digest = sha1(PROJECTS.bytes + name, usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16]) & UNMARKED | VERSION_5)
