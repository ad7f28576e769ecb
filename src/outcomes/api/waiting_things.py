"""What of the programme waits for somebody: milestones, late data, consultations that are over."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from outcomes.commands.milestones import AcceptMilestone
from outcomes.domain.engagement import Consultation
from outcomes.domain.milestone import Milestone, MilestoneStatus
from outcomes.domain.promised_data import PromisedData
from outcomes.views.registers import consultations, milestones, promised_data
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings


def waits(milestone: Milestone, waiter: Waiter) -> Iterator[Wait]:
    """Yield why a milestone waits for somebody; whoever handed evidence in does not judge it."""
    if milestone.status is MilestoneStatus.OPEN and milestone.owner in waiter.ids:
        yield Wait("milestone", "You own it, and it is still to be met.", due_on=milestone.due)
    if waiter.has(Role.PROGRAMME_OFFICER) and waiter.may(AcceptMilestone(), milestone):
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


def _data_wait(data: PromisedData, waiter: Waiter) -> Iterator[Wait]:
    """Yield data that have not come by the day promised last, for the programme to chase."""
    due = data.expected_on
    overdue = data.arrived_on is None and due is not None and due < waiter.today
    if due is not None and overdue and waiter.has(Role.PROGRAMME_OFFICER):
        why = f"{data.promised_by} promised it for {due}: say that it has come, or chase it."
        yield Wait("promised-data", why, turn=f"{due}", due_on=due, from_day=due + timedelta(days=1))


def _data(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    t = promised_data.c
    if not waiter.has(Role.PROGRAMME_OFFICER):
        return None
    overdue = t.arrived_on.is_(None) & (t.expected_on < waiter.today)
    return select(t.id).where(reading.valid(promised_data), overdue).order_by(t.expected_on)


def _data_shown(standing: ThingStanding) -> ThingShown:
    return ThingShown("", standing.state.what, "", "promised")


def _consultation_waits(one: Consultation, waiter: Waiter) -> Iterator[Wait]:
    """Yield a consultation whose last day is over, for the programme to count and conclude."""
    due = one.closes_on
    over = one.closed_on is None and due is not None and due < waiter.today
    if due is not None and over and waiter.has(Role.PROGRAMME_OFFICER):
        why = "Its last day is over: count the answers, and close it with a conclusion."
        yield Wait("consultation", why, due_on=due, from_day=due + timedelta(days=1))


def _consultations(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    t = consultations.c
    if not waiter.has(Role.PROGRAMME_OFFICER):
        return None
    over = t.closed_on.is_(None) & (t.closes_on < waiter.today)
    return select(t.id).where(reading.valid(consultations), over).order_by(t.closes_on)


def _consultation_shown(standing: ThingStanding) -> ThingShown:
    return ThingShown("", standing.state.about, "", "open")


MILESTONES_WAITING = WaitingThings(
    "milestone", "read-outcomes", Milestone(), candidates, waits, _shown, told=frozenset({"evidence"})
)
DATA_WAITING = WaitingThings(
    "promised-data",
    "read-outcomes",
    PromisedData(),
    _data,
    _data_wait,
    _data_shown,
    told=frozenset({"promised-data"}),
)
CONSULTATIONS_WAITING = WaitingThings(
    "consultation",
    "read-outcomes",
    Consultation(),
    _consultations,
    _consultation_waits,
    _consultation_shown,
    told=frozenset({"consultation"}),
)
