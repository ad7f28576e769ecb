"""Which projects will span the transition date, and why: concluded when asked, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args

import numpy as np
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Date, Select, and_, false, func, literal, or_, select

from projects.views.register import projects
from shared.kernel.calendar import WORKING_DAY, WorkingDays, WorkingTime, microseconds

Rule = Literal["ends_on_or_after_transition", "overdue_forecast", "no_end_known", "flagged_by_hand"]


def is_late(transition: date | None) -> ColumnElement[bool]:
    """Return the condition of the first rule; where no transition date is known, it flags nobody."""
    return projects.c.latest_end >= literal(transition, Date) if transition is not None else false()


@dataclass(frozen=True, slots=True)
class RiskDay:
    """What the rules go by: the transition date, today, and the last working day that has begun by then.

    A forecast has passed once a working day has begun after it.
    """

    transition: date | None
    today: date
    working: date

    @classmethod
    def of(cls, transition: date | None, today: date, closed_days: frozenset[date]) -> "RiskDay":
        """Count working days by the council's calendar."""
        return cls(transition, today, WorkingDays(closed_days).before(today, 0))


def is_overdue(day: RiskDay) -> ColumnElement[bool]:
    """Return the condition that the forecast of what is still open has passed."""
    return projects.c.forecast_end < literal(day.working, Date)


def is_flagged(rule: Rule, day: RiskDay) -> ColumnElement[bool]:
    """Return the condition of one rule."""
    match rule:
        case "ends_on_or_after_transition":
            return is_late(day.transition)
        case "overdue_forecast":
            return is_overdue(day)
        case "no_end_known":
            return projects.c.latest_end.is_(None)
        case "flagged_by_hand":
            return projects.c.has_flag


RULES: tuple[Rule, ...] = get_args(Rule)


def some_rule(day: RiskDay) -> ColumnElement[bool]:
    """Return the condition that some rule flags a project."""
    return or_(*(is_flagged(rule, day) for rule in RULES))


def is_at_risk(day: RiskDay) -> ColumnElement[bool]:
    """Return the condition that some rule flags an open project."""
    return and_(projects.c.is_open, some_rule(day))


def totals(day: RiskDay, open_ones: Sequence[ColumnElement[bool]]) -> "Select[Any]":
    """Return the statement that counts the open projects, by rule and by plan."""
    t = projects.c
    flagged = some_rule(day)
    number = func.count()
    counts: list[ColumnElement[Any]] = [
        number.label("open"),
        number.filter(flagged).label("at_risk"),
        number.filter(flagged, ~t.has_plan).label("without_action_plan"),
        *(number.filter(is_flagged(rule, day)).label(rule) for rule in RULES),
    ]
    return select(*counts).where(t.is_open, *open_ones)


class RiskFlag(BaseModel):
    """One rule that flags a project, with the numbers it flags by."""

    rule: Rule
    forecast_end: date | None = None
    contingency_days: int | None = None
    latest_end: date | None = None
    transition_date: date | None = None
    working_days_over: int | None = None
    working_days_overdue: int | None = None
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


def flags(
    row: Mapping[str, Any], transition: date | None, over: int | None, overdue: int = 0
) -> list[RiskFlag]:
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
    if overdue > 0:
        forecast = row["forecast_end"]
        found.append(RiskFlag(rule="overdue_forecast", forecast_end=forecast, working_days_overdue=overdue))
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


def overdue(rows: Sequence[Mapping[str, Any]], today: date, days: WorkingDaysOver) -> list[int]:
    """Return how many working days have begun since each project's forecast end passed, up to today."""
    day_after = [(row["forecast_end"] or today) + timedelta(days=1) for row in rows]
    tomorrow = today + timedelta(days=1)
    return [max(0, -over) for over in days.over(tomorrow, day_after)]
