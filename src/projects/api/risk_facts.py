"""What risk is judged by, and judging projects by it: in lists, and where one is seen alone."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from fastapi import Request
from sqlalchemy import ColumnElement, select, true

from projects.api.project_service import project_service
from projects.api.risk_answers import ODDS_NEED, Probability, probability
from projects.views.at_risk import RiskDay, RiskFlag, WorkingDaysOver, flags, late, overdue
from projects.views.forecasts import Odds, SlipHistory
from projects.views.project_histories import path_of
from projects.views.register import projects
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.governance.scheme.scheme_service import scheme_as_of
from shared.kernel.calendar import WorkingTime, day_in_london
from shared.kernel.messages import Stream
from shared.record.eventstore.store import EventStore
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading

FLAGGED_BY = {"latest_end", "forecast_end", "contingency_days", "flagged"}


class RiskFacts(NamedTuple):
    """What risk is judged by: the rules' days, the calendar, the programme's history, and who is asked for.

    `within` is the condition on the probability, where a list is narrowed by it.
    """

    day: RiskDay
    days: WorkingDaysOver
    history: SlipHistory
    within: "ColumnElement[bool]"


async def risk_facts(query: ListQuery, reading: Reading) -> RiskFacts:
    """Find what risk is judged by, as of a reading, for a list."""
    asked = query.asked
    facts = await facts_of(query.request, reading, asked["transition_date"])
    low, high = asked["probability_from"], asked["probability_to"]
    if low is None and high is None:
        return facts
    return facts._replace(
        within=await _by_probability(reading, facts, low or 0.0, 1.0 if high is None else high)
    )


async def facts_of(request: Request, reading: Reading, transition: date | None = None) -> RiskFacts:
    """Find what risk is judged by, as of a reading; with another transition date, if one is given."""
    today = day_in_london(reading.as_of)
    scheme = await scheme_as_of(request, reading)
    values, closed = scheme.in_force(today).values, scheme.closed_days()
    transition = transition or (values.transition_date if values else None)
    learnt = await project_service(request).slips.as_of(reading)
    day = RiskDay.of(transition, today, closed)
    return RiskFacts(day, WorkingDaysOver(WorkingTime(closed)), learnt.history, true())


async def risk_rules(store: EventStore, reading: Reading) -> tuple[RiskDay, frozenset[date]]:
    """Return the days that the rules go by as of a reading, and the council's own closed days."""
    stream: Stream[Scheme] = await store.load(SCHEME_ID, Scheme(), reading.position)
    today, closed = day_in_london(reading.as_of), stream.state.closed_days()
    values = stream.state.in_force(today).values
    return RiskDay.of(values.transition_date if values else None, today, closed), closed


async def _by_probability(
    reading: Reading, facts: RiskFacts, low: float, high: float
) -> "ColumnElement[bool]":
    """Return the condition on projects that run past the date so probably; nobody learns what is withheld."""
    may = reading.may_find_by(projects, *ODDS_NEED)
    columns = (projects.c.id, *(projects.c[name] for name in ODDS_NEED))
    statement = select(*columns).where(reading.valid(projects), projects.c.is_open, may)
    rows = [dict(row) for row in await reading.rows(statement)]

    def among() -> list[Any]:
        found = [(row["id"], odds_of(row, facts).before) for row in rows]
        return [project for project, before in found if before is not None and low <= 1 - before <= high]

    return projects.c.id.in_(await asyncio.to_thread(among))


def odds_of(row: Mapping[str, Any], facts: RiskFacts) -> Odds:
    """Return the odds of a project, by its row."""
    path = path_of(row["category"], row["sub_category"])
    return facts.history.odds(row, path, facts.day.today, facts.day.transition)


async def judge(_: Reading, facts: RiskFacts, items: list[dict[str, Any]]) -> None:
    """Add to projects by which rules they are flagged, and how likely they end in time."""
    if not items:
        return
    day = facts.day
    over = late(items, day.transition, facts.days) if "latest_end" in items[0] else []
    past = overdue(items, day.today, facts.days) if "flagged" in items[0] else []
    for number, item in enumerate(items):
        if past:
            found = flags(item, day.transition, over[number], past[number])
            item["flags"] = [flag.model_dump() for flag in found]
            due = item["plan_due"]
            item["action_plan"] = {"owner": item["plan_owner"], "due": due} if due else None
        if over:
            item["working_days_over"] = over[number]
        if "rests" in item:
            item["probability"] = probability(odds_of(item, facts)).model_dump()


def judged(row: Mapping[str, Any], facts: RiskFacts) -> tuple[Sequence[RiskFlag], Probability | None]:
    """Return by which rules one project is flagged, and how likely it ends in time; while it is open."""
    if not row["is_open"]:
        return [], None
    day = facts.day
    [over], [past] = late([row], day.transition, facts.days), overdue([row], day.today, facts.days)
    return flags(row, day.transition, over, past), probability(odds_of(row, facts))
