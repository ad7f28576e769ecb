"""Which projects wait for somebody: their owner, or whoever owns the plan of what must be done about one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from projects.domain.project import OPEN, ActionPlan, Project
from projects.views.register import projects
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings


def waits(project: Project, waiter: Waiter) -> Iterator[Wait]:
    """Yield why an open project waits for its owner, or for whoever owns the plan of what must be done."""
    if project.stage not in OPEN:
        return
    end = project.schedule.forecast_end
    over = end is not None and end < waiter.today and not project.paused
    if end is not None and over and project.about.owner in waiter.ids:
        why = "The day it was to be over has passed: say what it is now, or that it is done."
        yield Wait("forecast", why, turn=f"{end}", due_on=end, from_day=end + timedelta(days=1))
    if project.plan.owner in waiter.ids:
        yield from _planned(project.plan)


def _planned(plan: ActionPlan) -> Iterator[Wait]:
    """Yield the step of a plan that is next, or the plan itself where it has no steps."""
    left = [(number, *step) for number, step in enumerate(plan.steps, start=1) if step[2] is None]
    if left:
        number, what, due, _ = min(left, key=lambda step: (step[2], step[0]))
        yield Wait("plan", f"The next step of your plan: {what}.", turn=str(number), due_on=due)
    elif not plan.steps:
        yield Wait("plan", "You own the plan of what must be done about it.", due_on=plan.due)


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the projects that may wait for somebody."""
    t = projects.c
    over = t.owner.in_(waiter.ids) & (t.forecast_end < waiter.today) & ~t.paused
    theirs = or_(t.plan_owner.in_(waiter.ids), over)
    return select(t.id).where(reading.valid(projects), t.is_open, theirs).order_by(t.first_position)


def _shown(standing: ThingStanding) -> ThingShown:
    about = standing.state.about
    return ThingShown(about.reference, about.title, about.service_area, standing.state.stage)


PROJECTS_WAITING = WaitingThings(
    "project", "read-projects", Project(), candidates, waits, _shown, told=frozenset({"forecast"})
)
