"""What was decided between two readings on outcomes and milestones, by whom and why."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from outcomes.api.conclusions import DAYS
from outcomes.api.facts import ProgrammeFacts
from outcomes.domain.milestone_events import MilestoneRebaselined
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Event, Recorded
from shared.web.core_service import CoreService
from shared.web.reads.readings import Reading

SAYS = {
    "MilestoneMet": "met",
    "MilestoneReopened": "reopened",
    "MilestoneRebaselined": "moved",
    "MilestoneDropped": "dropped",
    "MilestoneAmended": "amended",
    "EvidenceReturned": "evidence returned",
    "DependencySatisfied": "wait ended",
    "OutcomeAmended": "outcome amended",
    "OutcomeConfidenceRated": "confidence rated",
}
FIRST_DAY = "given its day"


class DecisionInPeriod(BaseModel):
    """A decision between the two readings, with its reason; `milestone` is null where it is on an outcome."""

    position: int
    on: date
    what: str
    outcome: UUID
    milestone: UUID | None
    outcome_number: int
    title: str
    by: str
    by_name: str
    reason: str
    withheld: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Return where it stands among all that happened to its subject."""
        on = f"outcomes/{self.outcome}" if self.milestone is None else f"milestones/{self.milestone}"
        return f"/v1/{on}/history"


async def decisions_between(
    service: CoreService, reading: Reading, before: Reading | None, facts: ProgrammeFacts
) -> list[DecisionInPeriod]:
    """Return what was decided on a programme between two readings, oldest first."""
    if before is None:
        return []
    subjects = {row["id"]: row for row in _subjects(facts)}
    said = await reading.record.streams(list(subjects), reading.position)
    rows = [
        _row(one, subjects[one.stream_id])
        for one in said
        if one.position > before.position and type(one.event).__name__ in SAYS
    ]
    await reading.redacted(rows)
    names: Mapping[str, str] = await service.people.names(row["by"] for row in rows)
    for row in rows:
        row["by_name"] = names.get(row["by"], row["by"])
    return [DecisionInPeriod.model_validate(row) for row in rows]


def _subjects(facts: ProgrammeFacts) -> Iterator[dict[str, Any]]:
    """Yield what may be decided on: each outcome and milestone, as the decisions name it."""
    numbers = {row["id"]: row["number"] for row in facts.outcomes}
    for row in facts.outcomes:
        of = {"outcome": row["id"], "outcome_number": row["number"]}
        yield {"id": row["id"], **of, "milestone": None, "title": row["statement"]}
    for row in facts.milestones:
        of = {"outcome": row["outcome"], "outcome_number": numbers[row["outcome"]]}
        shown = DAYS.isdisjoint(row.get("withheld", {}))
        yield {"id": row["id"], **of, "milestone": row["id"], "title": row["title"], "shows_days": shown}


def _what(event: Event[Any], subject: Mapping[str, Any]) -> str:
    """Return what was done; a milestone without a day was given one, where its days may be read."""
    match event:
        case MilestoneRebaselined(old=None) if subject["shows_days"]:
            return FIRST_DAY
        case _:
            return SAYS[type(event).__name__]


def _row(one: Recorded, subject: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: subject[name] for name in ("outcome", "milestone", "outcome_number", "title")},
        "stream_id": one.stream_id,
        "position": one.position,
        "by": one.by,
        "on": day_in_london(one.happened_at),
        "what": _what(one.event, subject),
        "reason": getattr(one.event, "reason", ""),
    }
