"""Keeping a project in hand: flags, action plans, milestones, dependencies."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from projects.commands.rules import must_be_open, must_have_come
from projects.domain.delivery import (
    ActionPlanAgreed,
    ActionStepDone,
    PlannedStep,
    ProjectDependencyEnded,
    ProjectDependencyRecorded,
    ProjectFlagged,
    ProjectFlagLifted,
    ProjectMilestoneReached,
    ProjectMilestoneSet,
    ProjectMilestoneSlipped,
)
from projects.domain.project import Project, ProjectMilestone
from projects.domain.refusals import (
    DependsAlready,
    MilestoneIsThere,
    NoActionPlan,
    NoSuchDependency,
    NoSuchMilestone,
    NoSuchStep,
    NotFlagged,
    SameForecast,
    TooManyOfThem,
)
from shared.kernel.fields import WHOLE, Day, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp

STEPS_LIMIT = 60
MILESTONES_LIMIT = 100
DEPENDENCIES_LIMIT = 100


class FlagProject(Command[Project]):
    """Say that the project will span the transition date, whatever its forecast says."""

    decision: Literal["flag"] = "flag"
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectFlagged:
        """Flag an open project; a later reason replaces an earlier one."""
        return ProjectFlagged(stage=project.stage, reason=self.reason)


class LiftFlag(Command[Project]):
    """Lift a flag that was set by hand."""

    decision: Literal["lift-flag"] = "lift-flag"
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if not project.flagged:
            raise NotFlagged

    def decide(self, project: Project, stamp: Stamp) -> ProjectFlagLifted:
        """Lift what is set; what the forecast says of the project stays as it is."""
        return ProjectFlagLifted(stage=project.stage, reason=self.reason)


class AgreeActionPlan(Command[Project]):
    """Agree who does what about a project, by when."""

    decision: Literal["agree-action-plan"] = "agree-action-plan"
    owner: PersonId = Field(examples=["pia-programme"])
    due: Day
    steps: list[PlannedStep] = Field([], max_length=STEPS_LIMIT)
    reason: Reason | None = None

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ActionPlanAgreed:
        """Put a plan in place of an earlier one."""
        return ActionPlanAgreed(
            stage=project.stage,
            owner=self.owner,
            due=self.due,
            steps=tuple(self.steps),
            reason=self.reason or "",
        )


class FinishActionStep(Command[Project]):
    """Say that a step of the action plan was done; steps are counted from 1."""

    decision: Literal["finish-action-step"] = "finish-action-step"
    step: Annotated[int, Field(ge=1, le=STEPS_LIMIT), WHOLE]
    done_on: Day

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if not project.plan.owner:
            raise NoActionPlan
        if not _still_to_do(project):
            raise NoSuchStep(still_to_do=[])

    def decide(self, project: Project, stamp: Stamp) -> ActionStepDone:
        """Finish a step that is still to be done."""
        left = _still_to_do(project)
        if self.step not in left:
            raise NoSuchStep(still_to_do=left)
        must_have_come(self.done_on, stamp)
        return ActionStepDone(stage=project.stage, step=self.step, done_on=self.done_on)


class SetMilestone(Command[Project]):
    """Set a milestone with its baseline."""

    decision: Literal["set-milestone"] = "set-milestone"
    name: ShortText
    baseline: Day

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if len(project.milestones) >= MILESTONES_LIMIT:
            raise TooManyOfThem(limit=MILESTONES_LIMIT)

    def decide(self, project: Project, stamp: Stamp) -> ProjectMilestoneSet:
        """Set a milestone of a new name."""
        if any(m.name == self.name for m in project.milestones):
            raise MilestoneIsThere
        return ProjectMilestoneSet(stage=project.stage, name=self.name, baseline=self.baseline)


class MoveMilestone(Command[Project]):
    """Say when a milestone is thought to be reached now; its baseline stays."""

    decision: Literal["move-milestone"] = "move-milestone"
    name: ShortText
    new: Day
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        _some_still_ahead(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectMilestoneSlipped:
        """Move a milestone that is still to be reached."""
        milestone = _still_ahead(project, self.name)
        if milestone.forecast == self.new:
            raise SameForecast(forecast_end=self.new)
        return ProjectMilestoneSlipped(
            stage=project.stage, name=self.name, old=milestone.forecast, new=self.new, reason=self.reason
        )


class ReachMilestone(Command[Project]):
    """Say that a milestone was reached."""

    decision: Literal["reach-milestone"] = "reach-milestone"
    name: ShortText
    reached_on: Day

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        _some_still_ahead(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectMilestoneReached:
        """Reach a milestone that is still ahead."""
        _still_ahead(project, self.name)
        must_have_come(self.reached_on, stamp)
        return ProjectMilestoneReached(stage=project.stage, name=self.name, reached_on=self.reached_on)


def _still_to_do(project: Project) -> list[int]:
    return [n for n, (_, _, done) in enumerate(project.plan.steps, start=1) if done is None]


def _some_still_ahead(project: Project) -> None:
    """Refuse where no milestone is still to be reached."""
    if all(milestone.reached_on is not None for milestone in project.milestones):
        raise NoSuchMilestone(still_ahead=[])


def _still_ahead(project: Project, name: str) -> ProjectMilestone:
    """Return a milestone that is still to be reached, or refuse."""
    for milestone in project.milestones:
        if milestone.name == name and milestone.reached_on is None:
            return milestone
    ahead = [m.name for m in project.milestones if m.reached_on is None]
    raise NoSuchMilestone(still_ahead=ahead)


class RecordDependency(Command[Project]):
    """Say what the project depends on: another project, a contract, an RFP."""

    decision: Literal["record-dependency"] = "record-dependency"
    on: Literal["project", "contract", "rfp"]
    id: UUID
    note: ShortText | None = None

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if len(project.depends_on) >= DEPENDENCIES_LIMIT:
            raise TooManyOfThem(limit=DEPENDENCIES_LIMIT)

    def decide(self, project: Project, stamp: Stamp) -> ProjectDependencyRecorded:
        """Record a dependency once."""
        if any((d.on, d.id) == (self.on, self.id) for d in project.depends_on):
            raise DependsAlready
        return ProjectDependencyRecorded(stage=project.stage, on=self.on, id=self.id, note=self.note or "")


class EndDependency(Command[Project]):
    """Say that the project no longer depends on something."""

    decision: Literal["end-dependency"] = "end-dependency"
    on: Literal["project", "contract", "rfp"]
    id: UUID
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)
        if not project.depends_on:
            raise NoSuchDependency

    def decide(self, project: Project, stamp: Stamp) -> ProjectDependencyEnded:
        """End a dependency that is on record."""
        if not any((d.on, d.id) == (self.on, self.id) for d in project.depends_on):
            raise NoSuchDependency
        return ProjectDependencyEnded(stage=project.stage, on=self.on, id=self.id, reason=self.reason)
