"""Which projects will span the transition date, and why: concluded when asked, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel

from shared.governance.disclosure.views import WITH_EXEMPT
from shared.kernel.calendar import WORKING_DAY, WorkingTime, microseconds
from shared.record.projecting.views import STILL_VALID

Rule = Literal["ends_on_or_after_transition", "no_end_known", "flagged_by_hand"]

PRESENT = f"valid_to = {STILL_VALID}"

# The first rule has nothing to compare with where no transition date is known: then it flags nobody.
LATE = "latest_end >= $1::date"
AT_RISK = f"({LATE} OR latest_end IS NULL OR has_flag)"
TOTALS = f"""
SELECT count(*) AS open,
       count(*) FILTER (WHERE {AT_RISK}) AS at_risk,
       count(*) FILTER (WHERE {AT_RISK} AND NOT has_plan) AS without_action_plan,
       count(*) FILTER (WHERE {LATE}) AS ends_on_or_after_transition,
       count(*) FILTER (WHERE latest_end IS NULL) AS no_end_known,
       count(*) FILTER (WHERE has_flag) AS flagged_by_hand
FROM projects WHERE is_open"""
PAGE = f"""
SELECT id, version, reference, title, stage, origin, category, sub_category, moscow, handling, owner,
       start, forecast_end, contingency_days, latest_end, flagged, plan_owner, plan_due, risk_order
FROM projects WHERE is_open AND {AT_RISK}"""


@dataclass(slots=True)
class RiskQuery:
    """What is asked: the transition date, as of which position, which projects; as SQL and its values."""

    transition: date | None
    past: int | None = None
    where: dict[str, object] = field(default_factory=dict)
    reads_exempt: bool = True

    def sql(self, statement: str, beyond: int | None = None) -> tuple[str, list[object]]:
        """Return a statement with its conditions, and the values that they are given."""
        values: list[object] = [self.transition]
        conditions = [PRESENT]
        if self.past is not None:
            values.append(self.past)
            conditions = ["valid_from <= $2 AND valid_to > $2"]
        asked = {name for name, value in self.where.items() if value is not None}
        if not self.reads_exempt:
            # Another date, the order and the cursor would tell what the days are.
            values.append(sorted({"forecast_end", "contingency_days", *asked}))
            conditions.append(f"id NOT IN ({WITH_EXEMPT.format(names=f'${len(values)}')})")
        for name, value in self.where.items():
            if value is not None:
                values.append(value)
                conditions.append(f"{name} = ${len(values)}")
        if beyond is not None:
            values.append(beyond)
            conditions.append(f"risk_order > ${len(values)}")
        return " AND ".join([statement, *conditions]), values


class RiskFlag(BaseModel):
    """One rule that flags a project, with the numbers it flags by."""

    rule: Rule
    forecast_end: date | None = None
    contingency_days: int | None = None
    latest_end: date | None = None
    transition_date: date | None = None
    working_days_over: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WorkingDaysOver:
    """Counts working days between days, by the council's calendar."""

    time: WorkingTime

    def over(self, transition: date, ends: Sequence[date]) -> list[int]:
        """Return, for each end, the working days from the transition date up to the day before it."""
        instants = np.array([_start(day) for day in (transition, *ends)], dtype=np.int64)
        worked = self.time.microseconds(instants)
        return [int(n) for n in (worked[1:] - worked[0]) // WORKING_DAY]


def _start(day: date) -> int:
    """Return a day's first instant; working hours are far from it on any clock of the country."""
    return microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))


def flags(row: Mapping[str, Any], transition: date | None, over: int | None) -> list[RiskFlag]:
    """Return every rule that flags a project, each with its numbers."""
    found = []
    if row["latest_end"] is None:
        found.append(RiskFlag(rule="no_end_known"))
    elif transition is not None and row["latest_end"] >= transition:
        found.append(
            RiskFlag(
                rule="ends_on_or_after_transition",
                forecast_end=row["forecast_end"],
                contingency_days=row["contingency_days"],
                latest_end=row["latest_end"],
                transition_date=transition,
                working_days_over=over,
            )
        )
    if row["flagged"]:
        found.append(RiskFlag(rule="flagged_by_hand", reason=row["flagged"]))
    return found


def late(
    rows: Sequence[Mapping[str, Any]], transition: date | None, days: WorkingDaysOver
) -> list[int | None]:
    """Return by how many working days each project spans the transition date, where it does."""
    if transition is None:
        return [None] * len(rows)
    ends = [row["latest_end"] or transition - timedelta(days=1) for row in rows]
    return [
        over if end >= transition else None
        for end, over in zip(ends, days.over(transition, ends), strict=True)
    ]
