"""How ready each outcome is, by its milestones: whose data are late, what else is not there yet."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from fastapi import Request

from outcomes.api.answers import MilestoneShown, OutcomeShown, PromisedDataShown, WaitShown
from outcomes.api.conclusions import milestones_shown, outcomes_shown, promised_data_shown
from outcomes.api.facts import programme_facts, rows_of
from outcomes.domain.horizons import Colour
from outcomes.views.registers import programmes
from shared.web.core_service import core_service
from shared.web.offers.readiness import (
    ReadinessLine,
    ReadinessOffered,
    ReadinessPart,
    ReadinessStanding,
    ReadinessWait,
    readiness_line,
    standing_of,
)
from shared.web.reads.readings import Reading

Promises = Mapping[UUID, PromisedDataShown]


async def _outcomes(request: Request, reading: Reading) -> list[ReadinessLine]:
    """Return a line for each outcome of each programme, in the order of their numbers."""
    lines = []
    for row in await rows_of(reading, programmes):
        facts = await programme_facts(core_service(request), reading, row["id"])
        promises = {one.id: one for one in promised_data_shown(facts)}
        lines += [_line(outcome, promises) for outcome in outcomes_shown(facts, milestones_shown(facts))]
    return lines


def _line(outcome: OutcomeShown, promises: Promises) -> ReadinessLine:
    steps = (*outcome.next_6_months, *outcome.later, *outcome.undated)
    return readiness_line(
        "outcomes",
        (_part(step, promises) for step in steps),
        besides={ReadinessStanding.READY: len(outcome.achieved)},
        of=outcome.id,
        name=outcome.statement,
        owner=outcome.owner,
    )


def _part(step: MilestoneShown, promises: Promises) -> ReadinessPart:
    """Return a milestone that is still to be met: blocked by what comes late, or too late for its own day."""
    waits = [wait for wait in step.waits_for if not wait.over]
    blocking = [wait for wait in waits if _blocks(wait, step)]
    risky = step.colour in (Colour.AMBER, Colour.RED) or step.due is None
    return ReadinessPart(
        id=step.id,
        reference=None,
        title=step.title,
        owner=step.owner,
        standing=standing_of(blocked=blocking, at_risk=risky),
        due_on=step.due,
        reasons=list(_reasons(step, blocking)),
        waits_for=[_wait(wait, promises) for wait in waits],
    )


def _blocks(wait: WaitShown, step: MilestoneShown) -> bool:
    """Say whether what a milestone waits for is late, or expected only after the milestone is due."""
    after = wait.expected_on is not None and step.due is not None and wait.expected_on > step.due
    return wait.late or after or step.overdue


def _reasons(step: MilestoneShown, blocking: list[WaitShown]) -> Iterator[str]:
    for wait in blocking:
        late = f", {wait.working_days_late} working days late" if wait.working_days_late else ""
        yield f"waits for {wait.title or wait.on}{late}"
    yield from step.colour_reasons
    if step.due is None:
        yield "has no day"


def _wait(wait: WaitShown, promises: Promises) -> ReadinessWait:
    """Return what is waited for: data by whoever promised them, all else by its kind."""
    promise = promises.get(wait.id)
    return ReadinessWait(
        on=promise.promised_by if promise else wait.on,
        id=wait.id,
        what=wait.title,
        expected_on=wait.expected_on,
        working_days_late=wait.working_days_late,
    )


OUTCOMES_READINESS = ReadinessOffered("outcomes", "read-outcomes", _outcomes)
