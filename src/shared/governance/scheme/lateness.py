"""Which decisions came late by the scheme's targets; whoever checks a bundle asks it too, without the web."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from shared.governance.scheme.domain import Scheme
from shared.kernel.calendar import WorkingDays, day_in_london

# What gives a case more working days in its stage, and the field that says how many.
MORE_DAYS = {"RfpHoldEnded": "paused_working_days", "TargetExtended": "working_days"}


def more_days(decision: str, said: Mapping[str, Any]) -> int:
    """Return how many working days more a decision gave its case: those of a pause, or of an extension."""
    return int(said.get(MORE_DAYS[decision], 0)) if decision in MORE_DAYS else 0


def late(decided: Iterable[Mapping[str, Any]], scheme: Scheme) -> Iterator[int]:
    """Yield the positions of decisions taken after the last day that the scheme of that day gave a stage.

    Each says `position`, `happened_at`, the `stage` its case was in, `since` when, and by how many working
    days it was paused or extended (`extra`); a stage without a target is never late.
    """
    days = WorkingDays(scheme.closed_days())
    targets = _targets(scheme)
    for decision in decided:
        day = day_in_london(decision["happened_at"])
        target = targets(day).get(decision["stage"])
        if target is None:
            continue
        due_on = days.after(day_in_london(decision["since"]), target + decision["extra"])
        if days.between(due_on, day):
            yield decision["position"]


def _targets(scheme: Scheme) -> Callable[[date], Mapping[str, int]]:
    """Return what tells the targets in force on a day; each day is looked up once."""
    known: dict[date, Mapping[str, int]] = {}

    def on(day: date) -> Mapping[str, int]:
        if day not in known:
            values = scheme.in_force(day).values
            known[day] = {t.stage: t.working_days for t in values.stage_targets} if values else {}
        return known[day]

    return on
