"""Putting what is said of a project back as it was, or withdrawing it, which no amendment can."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, PlainSerializer, WrapSerializer

from projects.domain.events import ProjectEvent
from projects.domain.project import UNSAID, ActionPlan, Category, Project, ProjectStage, Scale
from shared.kernel.restatement import Restated, RestatedPart, parts, snapshot_of, with_parts
from shared.kernel.states import replace

Words = Annotated[str, BeforeValidator(lambda said: said or "")]
Unread = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(lambda said: tuple(dict(said).items())),
    PlainSerializer(dict),
]
Plan = Annotated[
    ActionPlan,
    BeforeValidator(lambda said: said or ActionPlan()),
    WrapSerializer(lambda plan, dump: None if plan.due is None else dump(plan)),
]
ABOUT = ("title", "description", "supplier", "service_area", "owner")
PARTS: dict[str, RestatedPart] = {
    **parts("about", Words, *ABOUT),
    **parts("about", int | None, "cost_pence"),
    **parts("about", Unread, "unread"),
    **parts("schedule", date | None, "start", "finished_on"),
    **parts("schedule", int | None, "contingency_days"),
    **parts("schedule", tuple[date, ...], "forecasts"),
    **parts("schedule", bool, "withdrawn"),
    **parts("", str, "confidence", "flagged"),
    **parts("", Scale, "scale"),
    **parts("category", str, "sub_category"),
    "category": RestatedPart("category.name", parts("", str, "name")["name"].kind),
    **parts("", Plan, "plan"),
    **parts("", ProjectStage, "stage"),
}
# What is restored together, since one means nothing without the other.
TOGETHER = (("forecasts", "withdrawn"), ("confidence", "scale"), ("category", "sub_category"))


def snapshot(project: Project) -> Restated:
    """Return all that a register or a batch can change of a project, as JSON has it."""
    return snapshot_of(project, PARTS)


class ProjectRestated(ProjectEvent):
    """Fields hold again what they held, or nothing; `undone` is the batch whose changes were taken back."""

    restored: Restated
    undone: UUID | None = None
    taken_off: bool = False
    reason: str = ""
    batch: UUID | None = None

    def apply(self, project: Project) -> Project:
        """Return the project with these fields as they are said."""
        after: Project = with_parts(project, self.restored, PARTS)
        if "category" in self.restored:  # neither the rule nor the batch that had set another
            after = replace(after, category=Category(after.category.name, after.category.sub_category))
        if "forecasts" in self.restored:
            known = after.schedule.said_on
            said_on = [known[n] if n < len(known) else UNSAID for n, _ in enumerate(after.schedule.forecasts)]
            after = replace(after, schedule=replace(after.schedule, said_on=tuple(said_on)))
        return replace(after, stage=self.stage, taken_off=self.taken_off)


RESTATEMENT_EVENTS = (ProjectRestated,)
