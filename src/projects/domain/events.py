"""What is decided on a project in flight, up to its handling. Each event says the stage it left."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from projects.domain.project import (
    UNSAID,
    About,
    Category,
    Handling,
    Moscow,
    Origin,
    Priority,
    Project,
    ProjectSchedule,
    ProjectStage,
    Scale,
    StaffNeed,
    Way,
    beneath,
    without_last,
)
from shared.kernel.fields import ShortText
from shared.kernel.messages import Event
from shared.kernel.states import replace

People = Annotated[float, Field(gt=0, le=1000)]


class ProjectEvent(Event[Project]):
    """Something that happened to a project: the stage that it is at from then on."""

    kind: ClassVar[str] = "project"
    body_of_work: ClassVar[str] = "projects"

    stage: ProjectStage

    def apply(self, project: Project) -> Project:
        """Return the project at the stage that this event says."""
        return replace(project, stage=self.stage)


class ProjectIdentified(ProjectEvent):
    """A project in flight was found: by hand, or in a register whose unread cells are kept as text."""

    reference: str
    title: str
    description: str | None = None
    origin: Origin = Origin.OTHER
    supplier: str | None = None
    service_area: str | None = None
    owner: str | None = None
    start: date | None = None
    forecast_end: date | None = None
    contingency_days: int = 0
    cost_pence: int | None = None
    scale: Scale = Scale.UNSTATED
    confidence: str | None = None
    unread: dict[str, str] = Field({})
    source: str | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with its first forecast, where it has one."""
        about = About(
            self.reference,
            self.title,
            self.description or "",
            self.origin,
            self.supplier or "",
            self.service_area or "",
            self.owner or "",
            self.cost_pence,
            tuple(self.unread.items()),
            self.source or "",
        )
        forecasts = () if self.forecast_end is None else (self.forecast_end,)
        return Project(
            stage=self.stage,
            about=about,
            scale=self.scale,
            confidence=self.confidence or "",
            schedule=ProjectSchedule(
                self.start, forecasts, self.contingency_days, said_on=tuple(UNSAID for _ in forecasts)
            ),
        )


class ProjectAmended(ProjectEvent):
    """Details of  were corrected; fields that were not given keep their values."""

    title: str | None = None
    description: str | None = None
    origin: Origin | None = None
    supplier: str | None = None
    service_area: str | None = None
    owner: str | None = None
    cost_pence: int | None = None
    start: date | None = None
    contingency_days: int | None = None
    reason: str = ""

    def apply(self, project: Project) -> Project:
        """Return the project with the given fields replaced."""
        given = {
            name: value
            for name in type(self).model_fields
            if name not in ("stage", "reason") and (value := getattr(self, name)) is not None
        }
        times = {name: given.pop(name) for name in ("start", "contingency_days") if name in given}
        return replace(
            project,
            stage=self.stage,
            about=replace(project.about, **given),
            schedule=replace(project.schedule, **times),
        )


class ProjectCategorised(ProjectEvent):
    """Somebody said what sort of project it is; `rule` proposed it, `batch` did it to many at once."""

    category: str
    sub_category: str | None = None
    origin: Origin | None = None
    rule: str | None = None
    reason: str = ""
    batch: UUID | None = None
    scheme_version: int = 0

    def apply(self, project: Project) -> Project:
        """Return the project in its category; under a batch's, those before are remembered for undoing."""
        category = Category(
            self.category,
            self.sub_category or "",
            self.rule or "",
            self.batch,
            beneath(project.category, self.batch),
        )
        about = project.about if self.origin is None else replace(project.about, origin=self.origin)
        return replace(project, stage=self.stage, category=category, about=about)


class ProjectPrioritised(ProjectEvent):
    """Somebody said how much a project matters; scores, weights and rank as they were that day."""

    moscow: Moscow
    score: float | None = None
    scores: dict[str, float] = Field({})
    weights: dict[str, float] = Field({})
    weights_version: int = 0
    rank: int = 0
    reason: str = ""
    batch: UUID | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with its priority; under a batch's, those before are remembered."""
        priority = Priority(
            self.moscow,
            self.score,
            tuple(self.scores.items()),
            self.weights_version,
            self.rank,
            self.batch,
            beneath(project.priority, self.batch),
        )
        return replace(project, stage=self.stage, priority=priority)


class PersonMonths(BaseModel):
    """People of one skill that are needed in one month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] = Field(
        examples=["2026-09"]
    )
    skill: ShortText = Field(examples=["networks"])
    people: People


class HandlingDecided(ProjectEvent):
    """Somebody decided who brings a project to its end, and what that takes of our own people."""

    handling: Way
    third_party: str | None = None
    needs: tuple[PersonMonths, ...] = ()
    reason: str = ""
    batch: UUID | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with its handling; under a batch's, those before are remembered."""
        needs = tuple(StaffNeed(n.month, n.skill, n.people) for n in self.needs)
        before = beneath(project.handling, self.batch)
        handling = Handling(self.handling, self.third_party or "", needs, self.batch, before)
        return replace(project, stage=self.stage, handling=handling)


class ProjectDecisionUndone(ProjectEvent):
    """What a batch had decided on a project was taken back: what held before it holds again."""

    undone: UUID
    topic: str
    restored: str = ""
    reason: str = ""
    batch: UUID | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with what the undone decision had replaced."""
        part: Category | Priority | Handling = getattr(project, self.topic)
        restored = without_last(part)
        return replace(project, stage=self.stage, **{self.topic: restored})  # type: ignore[arg-type]  # of its own type


CASE_EVENTS = (
    ProjectIdentified,
    ProjectAmended,
    ProjectCategorised,
    ProjectPrioritised,
    HandlingDecided,
    ProjectDecisionUndone,
)
