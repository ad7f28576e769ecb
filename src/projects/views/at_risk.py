"""Which projects will span the transition date, and why: concluded when asked, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Date, Select, and_, false, func, literal, or_, select

from projects.views.register import projects
from shared.kernel.calendar import WORKING_DAY, WorkingTime, microseconds

Rule = Literal["ends_on_or_after_transition", "no_end_known", "flagged_by_hand"]


def is_late(transition: date | None) -> ColumnElement[bool]:
    """Return the condition of the first rule; where no transition date is known, it flags nobody."""
    return projects.c.latest_end >= literal(transition, Date) if transition is not None else false()


def is_at_risk(transition: date | None) -> ColumnElement[bool]:
    """Return the condition that some rule flags an open project."""
    t = projects.c
    return and_(t.is_open, or_(is_late(transition), t.latest_end.is_(None), t.has_flag))


def totals(transition: date | None, open_ones: Sequence[ColumnElement[bool]]) -> "Select[Any]":
    """Return the statement that counts the open projects, by rule and by plan."""
    t = projects.c
    flagged = or_(is_late(transition), t.latest_end.is_(None), t.has_flag)
    number = func.count()
    counts: list[ColumnElement[Any]] = [
        number.label("open"),
        number.filter(flagged).label("at_risk"),
        number.filter(flagged, ~t.has_plan).label("without_action_plan"),
        number.filter(is_late(transition)).label("ends_on_or_after_transition"),
        number.filter(t.latest_end.is_(None)).label("no_end_known"),
        number.filter(t.has_flag).label("flagged_by_hand"),
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
