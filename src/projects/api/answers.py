"""What is answered about a project: its row in the register, and all that was said of it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from projects.api.risk_answers import Probability
from projects.api.risk_facts import RiskFacts, judged
from projects.domain.project import Project, ProjectMilestone
from projects.views.at_risk import RiskFlag
from projects.views.register import ProjectRow, register
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.web.decisions.next_decisions import Next


class NeedSeen(BaseModel):
    """People needed in a month."""

    month: str
    skill: str
    people: float


class StepSeen(BaseModel):
    """A step of an action plan."""

    what: str
    due: date
    done_on: date | None


class MilestoneSeen(BaseModel):
    """A milestone; its slip is from the baseline to when it was reached, or to its forecast, in days."""

    name: str
    baseline: date
    forecast: date
    slips: int
    slip_days: int
    reached_on: date | None


class DependencySeen(BaseModel):
    """What a project depends on."""

    on: str
    id: UUID
    note: TextOrNull


class ProjectSeen(ProjectRow):
    """One project with everything that was said of it."""

    next: Next = None

    description: TextOrNull
    forecasts: list[date]
    latest_end: date | None
    scores: dict[str, float]
    weights_version: int
    category_rule: TextOrNull
    needs: list[NeedSeen]
    steps: list[StepSeen]
    checklist: dict[str, str]
    milestones: list[MilestoneSeen]
    depends_on: list[DependencySeen]
    unread: dict[str, str]
    flags: list[RiskFlag]
    probability: Probability | None


def shown(stream: Stream[Project], facts: RiskFacts) -> ProjectSeen:
    """Return one project with everything that was said of it; of an open one, how likely it is late."""
    project, row = stream.state, register.whole(stream)
    flags, odds = judged(row, facts)
    return ProjectSeen.model_validate(
        row
        | {
            "flags": flags,
            "probability": odds,
            "description": project.about.description,
            "unread": dict(project.about.unread),
            "scores": dict(project.priority.scores),
            "category_rule": project.category.rule,
            "needs": [
                NeedSeen(month=n.month, skill=n.skill, people=n.people) for n in project.handling.needs
            ],
            "steps": [StepSeen(what=what, due=due, done_on=done) for what, due, done in project.plan.steps],
            "checklist": dict(project.checklist),
            "milestones": [milestone_seen(m) for m in project.milestones],
            "depends_on": [DependencySeen(on=d.on, id=d.id, note=d.note) for d in project.depends_on],
        }
    )


def milestone_seen(milestone: ProjectMilestone) -> MilestoneSeen:
    """Return a milestone as it is shown."""
    return MilestoneSeen(
        name=milestone.name,
        baseline=milestone.baseline,
        forecast=milestone.forecast,
        slips=milestone.slips,
        slip_days=((milestone.reached_on or milestone.forecast) - milestone.baseline).days,
        reached_on=milestone.reached_on,
    )
