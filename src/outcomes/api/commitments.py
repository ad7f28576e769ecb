"""Promises kept, over HTTP: two readings of the record compared, and never anybody's own account of it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from outcomes.api.conclusions import standing, without_exempt_days
from outcomes.api.facts import ProgrammeFacts, Row, programme_facts
from outcomes.api.programmes import OfProgramme
from outcomes.domain.commitments import Commitments, PromiseFate, PromiseKept, commitments
from outcomes.domain.horizons import HORIZON_MONTHS, SILENT_AFTER_DAYS, MilestoneStanding, months_after
from outcomes.domain.refusals import EndsBeforeItBegins
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.wording import counted, long_day
from shared.web.core_service import CoreService, core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import answer_untagged, one
from shared.web.reads.readings import AS_OF_PATTERN, Read, Reading, earlier
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/outcomes", tags=["outcomes"], route_class=StrictRoute)

Since = Annotated[
    str,
    Query(
        max_length=40,
        description="The earlier reading: a position, or an instant with offset.",
        examples=["2026-03-01T00:00Z"],
        json_schema_extra={"pattern": AS_OF_PATTERN},
    ),
]
SinceLastPaper = Annotated[
    str | None,
    Query(
        max_length=40,
        description="The earlier reading whose promises are followed; otherwise the last paper's.",
        examples=["2026-03-01T00:00Z"],
        json_schema_extra={"pattern": AS_OF_PATTERN},
    ),
]
RULE = (
    "Promised is whatever stood among the next six months at the earlier reading. Each promise has one fate,"
    " the first that applies: met; dropped; moved, its day at the later reading being later or open; silent,"
    f" with no word on it for more than {SILENT_AFTER_DAYS} days; under way. Pushed out is what was moved"
    " beyond those six months. Added late is what came on the record after the earlier reading with a day"
    " within them; brought forward, what stood later then."
)


class PromiseShown(BaseModel):
    """A promise, and what became of it; the reasons are those of its moves in between."""

    id: UUID
    outcome: UUID
    outcome_number: int
    title: str
    fate: PromiseFate
    promised_for: date
    due: date | None
    met_on: date | None
    reasons: list[str]
    dropped_because: str | None
    silent_since: date | None
    pushed_out: bool
    overdue: bool


class ComparedMilestone(BaseModel):
    """A milestone beside the promises."""

    id: UUID
    outcome: UUID
    outcome_number: int
    title: str
    due: date | None
    met_on: date | None
    reason: str | None


class CommitmentCounts(BaseModel):
    """Promises by their fate, which add up to `promised`; and what came in beside them."""

    promised: int
    met: int
    moved: int
    dropped: int
    silent: int
    under_way: int
    overdue: int
    pushed_out: int
    added_late: int
    brought_forward: int
    reopened: int
    kept_share: float | None = Field(description="Met ÷ promised; null where nothing was promised.")


class CommitmentsShown(BaseModel):
    """What was promised at one reading, and what had become of it at another."""

    programme: UUID
    since: date
    since_position: int
    day: date
    position: int
    promised_until: date
    rule: str
    in_words: str
    counts: CommitmentCounts
    promises: list[PromiseShown]
    added_late: list[ComparedMilestone]
    brought_forward: list[ComparedMilestone]
    reopened: list[ComparedMilestone]


@router.get(
    "/commitments",
    summary="See which promises were kept",
    dependencies=[may("read-outcomes")],
    responses=one(CommitmentsShown, lasting=False),
)
async def see_commitments(request: Request, reading: Read, programme: OfProgramme, since: Since) -> Response:
    """Compare what was promised for the next six months at an earlier reading with what became of it."""
    facts = await programme_facts(core_service(request), reading, programme)
    shown = await compared(core_service(request), reading, facts, await reading_since(reading, since))
    return answer_untagged(shown.model_dump())


async def reading_since(reading: Reading, since: str) -> Reading:
    """Return the earlier reading; refuse one that is not earlier."""
    before = await earlier(reading, since)
    if before is None or before.position == reading.position:
        raise EndsBeforeItBegins
    return before


async def compared(
    service: CoreService, reading: Reading, facts: ProgrammeFacts, before: Reading
) -> CommitmentsShown:
    """Return what became of the promises of an earlier reading, in figures and in words."""
    then_day = day_in_london(before.as_of)
    try:
        then = await programme_facts(service, before, facts.programme["id"])
    except NotFound:  # the programme was not there yet, so nothing was promised
        then = None
    found = commitments(standings(then) if then else {}, standings(facts), then_day, facts.day)
    counts = _counts(found)
    until = months_after(then_day, HORIZON_MONTHS)
    rows = {row["id"]: row for row in facts.milestones}
    numbers = {row["id"]: row["number"] for row in facts.outcomes}
    return CommitmentsShown(
        programme=facts.programme["id"],
        since=then_day,
        since_position=before.position,
        day=facts.day,
        position=reading.position,
        promised_until=until,
        rule=RULE,
        in_words=in_words(found, counts, then_day, until),
        counts=counts,
        promises=[_promise(p, rows[p.id], numbers) for p in found.promises],
        added_late=[_beside(s, rows[s.id], numbers) for s in found.added_late],
        brought_forward=[_beside(s, rows[s.id], numbers) for s in found.brought_forward],
        reopened=[_beside(s, rows[s.id], numbers) for s in found.reopened],
    )


def standings(facts: ProgrammeFacts) -> Mapping[UUID, MilestoneStanding]:
    """Return a programme's milestones for the rules to conclude from."""
    return {row["id"]: standing(without_exempt_days(row)) for row in facts.milestones}


def _counts(found: Commitments) -> CommitmentCounts:
    return CommitmentCounts(
        promised=len(found.promises),
        pushed_out=found.pushed_out,
        overdue=sum(promise.overdue for promise in found.promises),
        added_late=len(found.added_late),
        brought_forward=len(found.brought_forward),
        reopened=len(found.reopened),
        kept_share=found.kept_share,
        **{fate.value: found.count(fate) for fate in PromiseFate},
    )


def in_words(found: Commitments, counts: CommitmentCounts, then: date, until: date) -> str:
    """Return the figures as a sentence."""
    if not counts.promised:
        return f"Nothing was promised on {long_day(then)}."
    silent = sorted(p.silent_since for p in found.promises if p.fate is PromiseFate.SILENT and p.silent_since)
    named = f" since {' and '.join(long_day(day) for day in silent)}" if 0 < len(silent) <= 3 else ""
    parts = [
        f"{counts.met} met",
        f"{counts.moved} moved",
        f"{counts.dropped} dropped",
        f"{counts.silent} silent{named}",
    ]
    if counts.under_way:
        parts.append(f"{counts.under_way} still under way")
    were = "was" if counts.promised == 1 else "were"
    return (
        f"On {long_day(then)}, {counted(counts.promised, 'thing')} {were} promised for the six months to"
        f" {long_day(until)}: {', '.join(parts)}."
    )


def _promise(promise: PromiseKept, row: Row, numbers: Mapping[UUID, int]) -> PromiseShown:
    dropped = row["dropped"]
    because = dropped["reason"] if isinstance(dropped, dict) else None
    return PromiseShown(
        **{
            name: getattr(promise, name)
            for name in PromiseShown.model_fields
            if name not in ("outcome_number", "dropped_because", "reasons")
        },
        reasons=list(promise.reasons),
        dropped_because=because,
        outcome_number=numbers[promise.outcome],
    )


def _beside(one: MilestoneStanding, row: Row, numbers: Mapping[UUID, int]) -> ComparedMilestone:
    reopened = row["reopened"]
    assert isinstance(reopened, list), "as the register holds it"
    return ComparedMilestone(
        id=one.id,
        outcome=one.outcome,
        outcome_number=numbers[one.outcome],
        title=one.title,
        due=one.due,
        met_on=one.met_on,
        reason=reopened[-1]["reason"] if reopened and one.is_under_way else None,
    )
