"""Which milestones wait for somebody: for their owner to reach, and for the programme once evidence is in."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.views.registers import milestones
from shared.kernel.roles import Role
from shared.web.readings import Reading
from shared.web.waiting import ThingShown, ThingStanding, Wait, Waiter, WaitingThings


def waits(milestone: Milestone, waiter: Waiter) -> Iterator[Wait]:
    """Yield why a milestone waits for somebody; whoever handed evidence in does not judge it."""
    if milestone.status is MilestoneStatus.OPEN and milestone.owner in waiter.ids:
        yield Wait("milestone", "You own it, and it is still to be met.", due_on=milestone.due)
    handed_in = {evidence.submitted_by for evidence in milestone.evidence}
    judges = waiter.has(Role.PROGRAMME_OFFICER) and handed_in.isdisjoint(waiter.ids)
    if milestone.status is MilestoneStatus.SUBMITTED and judges:
        yield Wait("evidence", "Evidence was handed in, and waits to be accepted.", due_on=milestone.due)


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the milestones that may wait for somebody."""
    t = milestones.c
    one_of: list[ColumnElement[bool]] = [(t.status == MilestoneStatus.OPEN) & t.owner.in_(waiter.ids)]
    if waiter.has(Role.PROGRAMME_OFFICER):
        one_of.append(t.status == MilestoneStatus.SUBMITTED)
    return select(t.id).where(reading.valid(milestones), or_(*one_of))


def _shown(standing: ThingStanding) -> ThingShown:
    return ThingShown("", standing.state.title, "", standing.state.status)


MILESTONES_WAITING = WaitingThings("milestone", "read-outcomes", Milestone(), candidates, waits, _shown)
