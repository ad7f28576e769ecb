"""What is due from somebody by a day, of any kind of thing: the steps of action plans, and milestones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.domain.milestone_events import (
    EvidenceReturned,
    MilestoneRebaselined,
    MilestoneReopened,
    MilestoneScheduled,
)
from projects.domain.delivery import ActionPlanAgreed
from projects.domain.project import OPEN, Project
from shared.governance.notifications.due_days import (
    DAY_CLOCKS,
    DueDay,
    DueDayEvent,
    DueDayNeared,
    clocks_of_day,
    due_day_facts,
    due_day_id,
)
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import notification_row
from shared.kernel.messages import Event, Recorded, State
from shared.record.deadlines.deadline import Deadline
from shared.record.deadlines.table import deadline_row
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row
from shared.web.context import Context

WHOLE = ""  # the part that is all of a thing

# The parts of a thing that are still to be done, each with its day.
DaysOf = Callable[[Any], Mapping[str, date]]


def days_of_milestone(milestone: Milestone) -> Mapping[str, date]:
    """Return a milestone's day, while nothing shows that it is met."""
    due = milestone.due if milestone.status is MilestoneStatus.OPEN else None
    return {} if due is None else {WHOLE: due}


def days_of_plan(project: Project) -> Mapping[str, date]:
    """Return the days of a plan's steps that are not done; the plan's own, until all of them are."""
    plan = project.plan
    if project.stage not in OPEN or plan.due is None:
        return {}
    steps = {f"step {n}": due for n, (_, due, done) in enumerate(plan.steps, start=1) if done is None}
    return steps if plan.steps and not steps else {**steps, WHOLE: plan.due}


@dataclass(frozen=True)
class DaySource:
    """How days are found in things of one kind, and which types tell of them."""

    blank: State
    days: DaysOf
    near: NotificationType
    passed: NotificationType


SOURCES: Mapping[str, DaySource] = {
    Milestone.kind: DaySource(
        Milestone(),
        days_of_milestone,
        NotificationType.MILESTONE_DUE_SOON,
        NotificationType.MILESTONE_OVERDUE,
    ),
    Project.kind: DaySource(
        Project(), days_of_plan, NotificationType.PLAN_DUE_SOON, NotificationType.PLAN_OVERDUE
    ),
}


def days_set(event: Event[Any]) -> Mapping[str, date | None]:
    """Return the days that an event sets, by the parts that are due."""
    match event:
        case MilestoneScheduled(due=due) | MilestoneRebaselined(new=due):
            return {WHOLE: due}
        case ActionPlanAgreed(due=due, steps=steps):
            return {WHOLE: due, **{f"step {number}": step.due for number, step in enumerate(steps, start=1)}}
        case _:
            return {}


def set_due_days(recorded: Recorded) -> Iterable[Row]:
    """Return the clocks of the days that an event sets; their number is its position.

    What was met or handed in, and then was not after all, is asked about again at once.
    """
    event = recorded.event
    if isinstance(event, MilestoneReopened | EvidenceReturned):
        asked = due_day_id(recorded.stream_id, WHOLE)
        return [deadline_row(asked, kind, recorded.position, recorded.happened_at) for kind in DAY_CLOCKS]
    return [
        deadline_row(due_day_id(recorded.stream_id, part), kind, recorded.position, at)
        for part, due in days_set(event).items()
        if due is not None
        for kind, at in clocks_of_day(due)
    ]


async def facts_of_due_day(store: EventStore, asked: UUID, position: int) -> dict[str, JsonValue]:
    """Return how something stands whose day was set by the event at a position."""
    [recorded] = await store.reader.at([position])
    kind, thing = recorded.event.kind, recorded.stream_id
    source = SOURCES[kind]
    stream = await store.load(thing, source.blank)
    for part, due in source.days(stream.state).items():
        if due_day_id(thing, part) == asked:
            return due_day_facts(kind, thing, stream.version, part, due)
    return due_day_facts(kind, thing, stream.version, WHOLE, None)


def tell_of_due_days(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told of the thing whose day comes near, or has passed."""
    event = recorded.event
    if not isinstance(event, DueDayEvent):
        return ()
    source = SOURCES[event.thing_kind]
    row = notification_row(recorded, source.near if isinstance(event, DueDayNeared) else source.passed)
    of_thing = {"case_kind": event.thing_kind, "case_id": event.thing_id, "sequence": event.thing_version}
    return ({**row, **of_thing},)


SET_DUE_DAYS = Reaction("set_due_days", "deadlines", set_due_days)

DUE_DAYS = Context(
    reactions=(SET_DUE_DAYS, Reaction("tell_of_due_days", "notifications", tell_of_due_days)),
    deadlines=tuple(
        Deadline(kind, clock, DueDay(), facts_of_due_day, begins=True) for kind, clock in DAY_CLOCKS.items()
    ),
    never_told=("due-day",),
)
