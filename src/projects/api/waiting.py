"""Which projects wait for somebody: whoever owns the plan of what must be done about one."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from projects.domain.project import OPEN, Project
from projects.views.register import projects
from shared.web.readings import Reading
from shared.web.waiting import ThingShown, ThingStanding, Wait, Waiter, WaitingThings


def waits(project: Project, waiter: Waiter) -> Iterator[Wait]:
    """Yield the step of a plan that is next, or the plan itself where it has no steps."""
    plan = project.plan
    if project.stage not in OPEN or plan.owner not in waiter.ids:
        return
    left = [(number, *step) for number, step in enumerate(plan.steps, start=1) if step[2] is None]
    if left:
        number, what, due, _ = min(left, key=lambda step: (step[2], step[0]))
        yield Wait("plan", f"The next step of your plan: {what}.", turn=str(number), due_on=due)
    elif not plan.steps:
        yield Wait("plan", "You own the plan of what must be done about it.", due_on=plan.due)


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the projects that may wait for somebody."""
    t = projects.c
    return select(t.id).where(reading.valid(projects), t.plan_owner.in_(waiter.ids), t.is_open)


def _shown(standing: ThingStanding) -> ThingShown:
    about = standing.state.about
    return ThingShown(about.reference, about.title, about.service_area, standing.state.stage)


PROJECTS_WAITING = WaitingThings("project", "read-projects", Project(), candidates, waits, _shown)
