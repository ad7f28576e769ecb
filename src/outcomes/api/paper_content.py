"""What the committee's paper says as of one reading of the record: every figure, before it has a form."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from outcomes.api.answers import BoardShown
from outcomes.api.commitments import CommitmentsShown, compared
from outcomes.api.facts import ProgrammeFacts, programme_facts
from outcomes.api.measures import MeasureSeen, measured, targets_of
from outcomes.api.programmes import board
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.person import Person
from shared.ledger.log_reader import LogReader
from shared.web.core_service import CoreService
from shared.web.readings import Reading

NOBODY = Person(id="", roles=())  # an open paper shows what anybody may read
LOOKS, LOOK_SECONDS = 20, 0.05
SAYS = {
    "MilestoneMet": "met",
    "MilestoneReopened": "reopened",
    "MilestoneRebaselined": "moved",
    "MilestoneDropped": "dropped",
    "EvidenceReturned": "evidence returned",
}


class DecisionInPeriod(BaseModel):
    """A decision on a milestone between the two readings, with its reason."""

    position: int
    on: date
    what: str
    milestone: UUID
    outcome_number: int
    title: str
    by: str
    by_name: str
    reason: str
    withheld: dict[str, str] = {}


class RecordAt(BaseModel):
    """Where the record stood: the root of its tree, null while it is not under a checkpoint."""

    position: int
    root: str | None


class PaperShown(BaseModel):
    """The committee's paper: its open part alone; what is exempt is marked and counted."""

    title: str
    release: str
    record: RecordAt
    since: datetime | None
    board: BoardShown
    commitments: CommitmentsShown | None
    measures: list[MeasureSeen]
    decisions: list[DecisionInPeriod]
    exempt_items: int


async def paper_content(
    service: CoreService, release: str, reading: Reading, before: Reading | None, programme: UUID
) -> PaperShown:
    """Return the open paper of a programme, the same whoever asks."""
    reading = _for_anybody(reading)
    before = before and _for_anybody(before)
    facts = await programme_facts(service, reading, programme)
    steps = [*facts.outcomes, *facts.milestones, *facts.promised_data, *facts.consultations]
    record, kept, measures, decisions = await asyncio.gather(
        record_at(service, reading),
        _compared(service, reading, facts, before),
        measured(service, reading, targets_of(facts.outcomes), as_whom=None),
        _decisions(service, reading, before, facts),
    )
    return PaperShown(
        title=f"{facts.programme['name']}: progress on outcomes at {_long(facts.day)}",
        release=release,
        record=record,
        since=before and before.as_of,
        board=board(reading, facts),
        commitments=kept,
        measures=measures,
        decisions=decisions,
        exempt_items=sum("withheld" in row for row in steps),
    )


async def _compared(
    service: CoreService, reading: Reading, facts: ProgrammeFacts, before: Reading | None
) -> CommitmentsShown | None:
    return None if before is None else await compared(service, reading, facts, before)


def _for_anybody(reading: Reading) -> Reading:
    """Return the same reading at its position, past whatever is recorded meanwhile, for nobody's eyes."""
    return replace(reading, person=NOBODY, areas=None, past=True)


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


async def record_at(service: CoreService, reading: Reading) -> RecordAt:
    """Return the root of the record at a reading; wait a moment for the log to come that far."""
    log = LogReader(reading.pool)
    for _ in range(LOOKS):
        newest = await log.latest()
        if newest is not None and newest.size >= reading.position > 0:
            root = await service.tiles.root(reading.position)
            return RecordAt(position=reading.position, root=root.hex())
        await asyncio.sleep(LOOK_SECONDS)
    return RecordAt(position=reading.position, root=None)


async def _decisions(
    service: CoreService, reading: Reading, before: Reading | None, facts: ProgrammeFacts
) -> list[DecisionInPeriod]:
    """Return what was decided on milestones between two readings, oldest first."""
    steps = {row["id"]: row for row in facts.milestones}
    numbers = {row["id"]: row["number"] for row in facts.outcomes}
    since = before.position if before else reading.position
    said: Sequence[Recorded] = await reading.record.streams(list(steps), reading.position)
    rows: list[dict[str, Any]] = [
        {
            "stream_id": one.stream_id,
            "position": one.position,
            "by": one.by,
            "on": day_in_london(one.happened_at),
            "what": SAYS[type(one.event).__name__],
            "milestone": one.stream_id,
            "title": steps[one.stream_id]["title"],
            "outcome_number": numbers[steps[one.stream_id]["outcome"]],
            "reason": getattr(one.event, "reason", ""),
        }
        for one in said
        if one.position > since and type(one.event).__name__ in SAYS
    ]
    await reading.redacted(rows)
    names: dict[str, str] = await service.people.names(row["by"] for row in rows)
    for row in rows:
        row["by_name"] = names.get(row["by"], row["by"])
    return [DecisionInPeriod.model_validate(row) for row in rows]
