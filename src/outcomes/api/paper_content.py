"""What the committee's paper says as of one reading of the record: every figure, before it has a form."""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from outcomes.api.answers import BoardShown
from outcomes.api.case_decisions import CaseDecisions, case_decisions
from outcomes.api.commitments import CommitmentsShown, compared
from outcomes.api.decisions_in_period import DecisionInPeriod, decisions_between
from outcomes.api.facts import ProgrammeFacts, programme_facts
from outcomes.api.listed_cases import ListedCases, listed_cases
from outcomes.api.measures import MeasureSeen, measured, targets_of
from outcomes.api.paper_figures import FigureLink, figure_links
from outcomes.api.programmes import board
from shared.kernel.person import Person
from shared.kernel.wording import long_day
from shared.ledger.log_reader import LogReader
from shared.web.core_service import CoreService
from shared.web.reads.readings import MOMENT, Reading

NOBODY = Person(id="", roles=())  # an open paper shows what anybody may read
LOOKS, LOOK_SECONDS = 20, 0.05


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
    lists: list[ListedCases]
    decisions: list[DecisionInPeriod]
    case_decisions: list[CaseDecisions] = []
    exempt_items: int
    figures: list[FigureLink]


async def paper_content(
    service: CoreService, release: str, reading: Reading, before: Reading | None, programme: UUID
) -> PaperShown:
    """Return the open paper of a programme, the same whoever asks."""
    reading = await _for_anybody(reading)
    before = before and await _for_anybody(before)
    facts = await programme_facts(service, reading, programme)
    steps = [facts.programme, *facts.outcomes, *facts.milestones, *facts.promised_data, *facts.consultations]
    record, kept, measures, lists, decisions, on_cases = await asyncio.gather(
        record_at(service, reading),
        _compared(service, reading, facts, before),
        measured(service, reading, targets_of(facts.outcomes), as_whom=None),
        listed_cases(service, reading),
        decisions_between(service, reading, before, facts),
        case_decisions(service, reading, before),
    )
    shown = board(reading, facts)
    since = before.as_of if before else None
    return PaperShown(
        title=f"{facts.programme['name']}: progress on outcomes at {long_day(facts.day)}",
        release=release,
        record=record,
        since=since,
        board=shown,
        commitments=kept,
        measures=measures,
        lists=lists,
        decisions=decisions,
        case_decisions=on_cases,
        exempt_items=sum("withheld" in row for row in steps)
        + sum(each.exempt for each in lists)
        + sum(each.exempt for each in on_cases)
        + sum(thing.marked for thing in facts.found.values()),
        figures=figure_links(shown, kept, since, measures, lists, on_cases),
    )


async def _compared(
    service: CoreService, reading: Reading, facts: ProgrammeFacts, before: Reading | None
) -> CommitmentsShown | None:
    return None if before is None else await compared(service, reading, facts, before)


async def _for_anybody(reading: Reading) -> Reading:
    """Return the same reading at its position, past whatever is recorded meanwhile, for nobody's eyes.

    Its instant is one at which the record ended there, so that whoever follows a link finds the same.
    """
    following = await reading.record.recorded_at(reading.position + 1)
    at = reading.as_of if following is None else min(reading.as_of, following - MOMENT)
    return replace(reading, as_of=at, person=NOBODY, areas=None, past=True)


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
