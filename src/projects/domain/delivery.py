"""What happens to a project on its way to its end: forecasts, plans, milestones, transfer, closure."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from projects.domain.events import ProjectEvent
from projects.domain.project import UNSAID, ActionPlan, Dependency, Project, ProjectMilestone, Scale
from shared.kernel.fields import Day, ShortText
from shared.kernel.states import replace


class DeliveryStarted(ProjectEvent):
    """Whoever handles the project has begun."""

    started_on: date
    note: str = ""


class TransitionReadinessConfirmed(ProjectEvent):
    """Everything on the checklist of a version of the scheme is confirmed, each with what shows it."""

    checklist: dict[str, str]
    scheme_version: int = 0

    def apply(self, project: Project) -> Project:
        """Return the project ready to be transferred."""
        return replace(project, stage=self.stage, checklist=tuple(self.checklist.items()))


class ProjectTransferred(ProjectEvent):
    """The project was moved across."""

    transferred_on: date
    received_by: str


class ProjectClosed(ProjectEvent):
    """The project has come to its end."""

    finished_on: date
    reason: str = ""

    def apply(self, project: Project) -> Project:
        """Return the project closed on the day it finished."""
        schedule = replace(project.schedule.resumed(self.finished_on), finished_on=self.finished_on)
        return replace(project, stage=self.stage, paused=False, schedule=schedule)


class ProjectPaused(ProjectEvent):
    """Work on the project rests for a time."""

    reason: str
    paused_on: date = UNSAID

    def apply(self, project: Project) -> Project:
        """Return the project at rest."""
        schedule = project.schedule.paused(self.paused_on)
        return replace(project, stage=self.stage, paused=True, schedule=schedule)


class ProjectResumed(ProjectEvent):
    """Work on the project continues."""

    resumed_on: date = UNSAID

    def apply(self, project: Project) -> Project:
        """Return the project at work."""
        schedule = project.schedule.resumed(self.resumed_on)
        return replace(project, stage=self.stage, paused=False, schedule=schedule)


class ProjectCancelled(ProjectEvent):
    """The project will not be brought to its end."""

    reason: str

    def apply(self, project: Project) -> Project:
        """Return the project as it ended."""
        return replace(project, stage=self.stage, paused=False)


class ForecastRevised(ProjectEvent):
    """The project will end on another day than was thought."""

    old: date | None
    new: date
    reason: str
    contingency_days: int | None = None
    revised_on: date = UNSAID

    def apply(self, project: Project) -> Project:
        """Return the project with one more forecast; the earlier ones are kept."""
        old = project.schedule
        days = old.contingency_days if self.contingency_days is None else self.contingency_days
        schedule = replace(
            old,
            forecasts=(*old.forecasts, self.new),
            said_on=(*old.said_on, self.revised_on),
            contingency_days=days,
            withdrawn=False,
        )
        return replace(project, stage=self.stage, schedule=schedule)


class PlannedStep(BaseModel):
    """One step of an action plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: ShortText = Field(examples=["Agree the data extract with the supplier"])
    due: Day


class ActionPlanAgreed(ProjectEvent):
    """Somebody owns what must be done about a project, by a day."""

    owner: str
    due: date
    steps: tuple[PlannedStep, ...] = ()
    reason: str = ""

    def apply(self, project: Project) -> Project:
        """Return the project with this plan in place of an earlier one."""
        plan = ActionPlan(self.owner, self.due, tuple((s.what, s.due, None) for s in self.steps))
        return replace(project, stage=self.stage, plan=plan)


class ActionStepDone(ProjectEvent):
    """A step of the action plan was done."""

    step: int
    done_on: date

    def apply(self, project: Project) -> Project:
        """Return the project with that step done."""
        steps = tuple(
            (what, due, self.done_on if number == self.step else done)
            for number, (what, due, done) in enumerate(project.plan.steps, start=1)
        )
        return replace(project, stage=self.stage, plan=replace(project.plan, steps=steps))


class ConfidenceRated(ProjectEvent):
    """Somebody rated how confident delivery is, on a scale they named; the rating is kept as given."""

    scale: Scale
    rating: str
    reason: str = ""

    def apply(self, project: Project) -> Project:
        """Return the project with this rating."""
        return replace(project, stage=self.stage, scale=self.scale, confidence=self.rating)


class ProjectFlagged(ProjectEvent):
    """Somebody holds that the project will span the transition date, whatever its forecast says."""

    reason: str

    def apply(self, project: Project) -> Project:
        """Return the project flagged."""
        return replace(project, stage=self.stage, flagged=self.reason)


class ProjectFlagLifted(ProjectEvent):
    """The flag that somebody set by hand was lifted."""

    reason: str

    def apply(self, project: Project) -> Project:
        """Return the project without a flag."""
        return replace(project, stage=self.stage, flagged="")


class ProjectMilestoneSet(ProjectEvent):
    """A milestone with its baseline was set."""

    name: str
    baseline: date

    def apply(self, project: Project) -> Project:
        """Return the project with one more milestone."""
        milestone = ProjectMilestone(self.name, self.baseline, self.baseline)
        return replace(project, stage=self.stage, milestones=(*project.milestones, milestone))


class ProjectMilestoneSlipped(ProjectEvent):
    """A milestone is forecast for another day; its baseline stays."""

    name: str
    old: date
    new: date
    reason: str

    def apply(self, project: Project) -> Project:
        """Return the project with the milestone's new forecast, and one more slip where it is later."""
        milestones = _changed(
            project,
            self.name,
            lambda m: replace(m, forecast=self.new, slips=m.slips + (self.new > m.forecast)),
        )
        return replace(project, stage=self.stage, milestones=milestones)


class ProjectMilestoneReached(ProjectEvent):
    """A milestone was reached."""

    name: str
    reached_on: date

    def apply(self, project: Project) -> Project:
        """Return the project with that milestone reached."""
        milestones = _changed(project, self.name, lambda m: replace(m, reached_on=self.reached_on))
        return replace(project, stage=self.stage, milestones=milestones)


class ProjectDependencyRecorded(ProjectEvent):
    """The project depends on another thing: a project, a contract, an RFP."""

    on: str
    id: UUID
    note: str = ""

    def apply(self, project: Project) -> Project:
        """Return the project with one more dependency."""
        dependency = Dependency(self.on, self.id, self.note)
        return replace(project, stage=self.stage, depends_on=(*project.depends_on, dependency))


class ProjectDependencyEnded(ProjectEvent):
    """The project no longer depends on that thing."""

    on: str
    id: UUID
    reason: str

    def apply(self, project: Project) -> Project:
        """Return the project without that dependency."""
        left = tuple(d for d in project.depends_on if (d.on, d.id) != (self.on, self.id))
        return replace(project, stage=self.stage, depends_on=left)


def _changed(
    project: Project, name: str, change: Callable[[ProjectMilestone], ProjectMilestone]
) -> tuple[ProjectMilestone, ...]:
    return tuple(change(m) if m.name == name else m for m in project.milestones)


DELIVERY_EVENTS = (
    DeliveryStarted,
    TransitionReadinessConfirmed,
    ProjectTransferred,
    ProjectClosed,
    ProjectPaused,
    ProjectResumed,
    ProjectCancelled,
    ForecastRevised,
    ActionPlanAgreed,
    ActionStepDone,
    ConfidenceRated,
    ProjectFlagged,
    ProjectFlagLifted,
    ProjectMilestoneSet,
    ProjectMilestoneSlipped,
    ProjectMilestoneReached,
    ProjectDependencyRecorded,
    ProjectDependencyEnded,
)
