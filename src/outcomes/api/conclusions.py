"""What follows from the facts of a programme on the day of a reading: horizons, colours, lateness."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from outcomes.api.answers import (
    ConsultationShown,
    HorizonCounts,
    MilestoneShown,
    OutcomeShown,
    PromisedDataShown,
    WaitingMilestone,
    WaitShown,
)
from outcomes.api.facts import ProgrammeFacts, Row
from outcomes.domain.horizons import (
    Horizon,
    MilestoneStanding,
    colour,
    horizon,
    is_overdue,
    silent_since,
    worst,
)
from outcomes.domain.milestone import MilestoneStatus
from shared.kernel.calendar import WorkingDays, day_in_london

LATE_DAYS_LIMIT = 3_660  # ten years: beyond, nobody counts working days


def working_days_late(days: WorkingDays, due: date, until: date) -> int:
    """Return the working days after a day, up to and including another; 0 if that is not later."""
    span = min((until - due).days, LATE_DAYS_LIMIT)
    return sum(days.works(due + timedelta(days=n)) for n in range(1, span + 1))


def promised_data_shown(facts: ProgrammeFacts) -> list[PromisedDataShown]:
    """Return the promised data, each with the milestones that wait for it, worst first."""
    waiting = _waiting(facts)
    shown = [_data(row, facts, waiting.get(str(row["id"]), [])) for row in facts.promised_data]
    return sorted(shown, key=lambda d: (d.arrived_on is not None, -d.working_days_late, d.due))


def _waiting(facts: ProgrammeFacts) -> Mapping[str, list[WaitingMilestone]]:
    """Return, of each of the promised data, the milestones that wait for it."""
    numbers = {row["id"]: row["number"] for row in facts.outcomes}
    found: dict[str, list[WaitingMilestone]] = {}
    for step in facts.milestones:
        waits = WaitingMilestone(
            id=step["id"],
            outcome=step["outcome"],
            outcome_number=numbers[step["outcome"]],
            title=step["title"],
        )
        for data in {wait["id"] for wait in step["waits_for"] if wait["on"] == "data"}:
            found.setdefault(data, []).append(waits)
    return found


def _data(row: Row, facts: ProgrammeFacts, waiting: list[WaitingMilestone]) -> PromisedDataShown:
    newest = next((c["new_day"] for c in reversed(row["chases"]) if c["new_day"]), row["due"])
    until = row["arrived_on"] or facts.day
    return PromisedDataShown.model_validate(
        row
        | {
            "expected_on": newest,
            "waiting": waiting,
            "late": until > row["due"],
            "working_days_late": working_days_late(facts.days, row["due"], until),
        }
    )


def consultation_shown(row: Row) -> ConsultationShown:
    """Return a consultation, with how many answered in all."""
    return ConsultationShown.model_validate(row | {"answered": sum(row["counts"].values())})


DAYS = frozenset({"due", "old", "new"})  # as the events name them


def without_exempt_days(row: Row) -> Row:
    """Return a milestone's row without any of its days, where one of them may not be read."""
    if DAYS.isdisjoint(row.get("withheld", {})):
        return row
    moves = [{**move, "old": None, "new": None} for move in row["moves"]]
    return {**row, "due": None, "first_due": None, "moves": moves}


def standing(row: Row, late_waits: int = 0) -> MilestoneStanding:
    """Return what a milestone's row says of it, for the rules to conclude from."""
    return MilestoneStanding(
        id=row["id"],
        outcome=row["outcome"],
        title=row["title"],
        status=MilestoneStatus(row["status"]),
        due=row["due"],
        met_on=row["met_on"],
        moves=tuple(move["reason"] for move in row["moves"]),
        last_word_on=day_in_london(row["changed_at"]),
        waits_for_overdue=late_waits,
        is_reopened=bool(row["reopened"]),
        was_undated=row["first_due"] is not None and any(move["old"] is None for move in row["moves"][:1]),
    )


def milestones_shown(facts: ProgrammeFacts) -> list[MilestoneShown]:
    """Return a programme's milestones with all that follows on the day."""
    data = {one.id: one for one in promised_data_shown(facts)}
    rows = map(without_exempt_days, facts.milestones)
    return [_milestone(row, facts, data) for row in rows]


def _milestone(row: Row, facts: ProgrammeFacts, data: Mapping[UUID, PromisedDataShown]) -> MilestoneShown:
    waits = [_wait(wait, facts, data) for wait in row["waits_for"]]
    late = sum(not w.over and w.late for w in waits)
    one = standing(row, late)
    coloured, reasons = colour(one, facts.day)
    return MilestoneShown.model_validate(
        row
        | {
            "horizon": horizon(one.status, one.due, facts.day),
            "overdue": is_overdue(one.status, one.due, facts.day),
            "colour": coloured,
            "colour_reasons": reasons,
            "waits_for": waits,
            "owner_name": facts.named(row, "owner"),
            "accepted_by_name": facts.named(row, "accepted_by"),
            "last_word_on": one.last_word_on,
            "silent_since": silent_since(one, facts.day),
        }
    )


def _wait(
    wait: Mapping[str, Any], facts: ProgrammeFacts, data: Mapping[UUID, PromisedDataShown]
) -> WaitShown:
    """Return how something waited for stands: promised data by this room, all else by its own."""
    said: dict[str, Any] = dict.fromkeys(("title", "stage", "expected_on"))
    ended, late, days = False, False, 0
    if promise := data.get(UUID(wait["id"])):
        ended, late, days = promise.arrived_on is not None, promise.late, promise.working_days_late
        stage = "arrived" if ended else "promised"
        said = {"title": promise.what, "stage": stage, "expected_on": promise.expected_on}
    elif thing := facts.found.get(UUID(wait["id"])):
        ended = thing.ended
        said = {"title": thing.title, "stage": thing.stage, "expected_on": thing.expected_on}
    over, known = ended or wait["satisfied_on"] is not None, said["title"] is not None
    return WaitShown.model_validate(
        {**wait, **said, "known": known, "over": over, "late": late, "working_days_late": days}
    )


def counts_of(found: list[MilestoneShown]) -> HorizonCounts:
    """Return how many milestones stand in each horizon."""
    placed = [one.horizon for one in found]
    return HorizonCounts(
        achieved=placed.count(Horizon.ACHIEVED),
        next_6_months=placed.count(Horizon.NEXT),
        overdue=sum(one.overdue for one in found),
        later=placed.count(Horizon.LATER),
        undated=placed.count(Horizon.UNDATED),
        dropped=placed.count(Horizon.DROPPED),
    )


def outcomes_shown(facts: ProgrammeFacts, steps: Sequence[MilestoneShown]) -> list[OutcomeShown]:
    """Return a programme's outcomes in the order of their numbers, each with its own of the milestones."""
    of: dict[UUID, list[MilestoneShown]] = {row["id"]: [] for row in facts.outcomes}
    for step in steps:
        of[step.outcome].append(step)
    return [_outcome(row, facts, of[row["id"]]) for row in facts.outcomes]


def _outcome(row: Row, facts: ProgrammeFacts, steps: list[MilestoneShown]) -> OutcomeShown:
    placed: dict[Horizon, list[MilestoneShown]] = {each: [] for each in Horizon}
    for step in sorted(steps, key=lambda s: (s.met_on or s.due or date.max, s.title, s.id)):
        placed[step.horizon].append(step)
    return OutcomeShown.model_validate(
        row
        | {
            "owner_name": facts.named(row, "owner"),
            "confidence_reason": row["reason"],
            "colour": worst(step.colour for step in steps),
            "counts": counts_of(steps),
            "achieved": placed[Horizon.ACHIEVED],
            "next_6_months": placed[Horizon.NEXT],
            "later": placed[Horizon.LATER],
            "undated": placed[Horizon.UNDATED],
            "dropped": placed[Horizon.DROPPED],
        }
    )
