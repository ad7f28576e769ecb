"""How ready the projects in flight are to be moved across: by stage, by the rules of risk, by their waits."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request
from sqlalchemy import ColumnElement, and_, func, select

from projects.api.risk_facts import FLAGGED_BY, risk_rules
from projects.domain.project import ProjectStage
from projects.views.at_risk import RiskDay, WorkingDaysOver, flags, overdue, some_rule
from projects.views.register import projects
from shared.kernel.calendar import WorkingTime
from shared.web.core_service import core_service
from shared.web.offers.prerequisites import Expected
from shared.web.offers.readiness import (
    PARTS_LIMIT,
    ReadinessLine,
    ReadinessOffered,
    ReadinessPart,
    ReadinessStanding,
    ReadinessWait,
    readiness_line,
    standing_of,
)
from shared.web.reads.prerequisite_states import prerequisite_states
from shared.web.reads.readings import Reading

NOTHING_AWAITED = "[]"
OVER = (ProjectStage.READY, ProjectStage.TRANSFERRED, ProjectStage.CLOSED)
COLUMNS = ("id", "reference", "title", "owner", "plan_owner", "contingency_days", "awaited_said")


async def _projects(request: Request, reading: Reading) -> list[ReadinessLine]:
    """Return one line for all projects; those whose days are withheld from the reader are not in it.

    Only those that wait for something, and the first of those at risk, are looked at one by one: how many
    others there are is counted where they are stored.
    """
    t, store = projects.c, core_service(request).store
    day, closed = await risk_rules(store, reading)
    seen = (reading.valid(projects), reading.may_find_by(projects, "forecast_end", "contingency_days"))
    to_move, waits = and_(t.is_open, t.stage.not_in(OVER)), t.awaited_said != NOTHING_AWAITED
    risky = some_rule(day)
    number = func.count()
    numbers: list[ColumnElement[Any]] = [
        number.filter(t.stage.in_(OVER)).label("ready"),
        number.filter(to_move, ~waits, risky).label("at_risk"),
        number.filter(to_move, ~waits, ~risky).label("on_track"),
    ]
    [counts] = await reading.counted(select(*numbers).where(*seen))
    columns = [t[name] for name in dict.fromkeys((*COLUMNS, *FLAGGED_BY))]
    of_these = select(*columns).where(*seen, to_move)
    first = of_these.where(~waits, risky).order_by(t.latest_end.asc().nulls_last(), t.id).limit(PARTS_LIMIT)
    rows = [dict(row) for each in (of_these.where(waits), first) for row in await reading.rows(each)]
    await reading.redacted(rows)
    parts = await _parts(request, reading, rows, day, WorkingDaysOver(WorkingTime(closed)))
    shown = sum(row["awaited_said"] == NOTHING_AWAITED for row in rows)
    besides = {
        ReadinessStanding.READY: counts["ready"],
        ReadinessStanding.AT_RISK: counts["at_risk"] - shown,
        ReadinessStanding.ON_TRACK: counts["on_track"],
    }
    return [readiness_line("projects", parts, besides=besides)]


async def _parts(
    request: Request, reading: Reading, rows: list[dict[str, Any]], day: RiskDay, days: WorkingDaysOver
) -> list[ReadinessPart]:
    past = overdue(rows, day.today, days)
    said = {row["id"]: _said(row["awaited_said"]) for row in rows}
    named = ((one["on"], UUID(one["id"])) for those in said.values() for one in those)
    expected = await prerequisite_states(core_service(request), reading, named)
    return [
        _part(row, day, late, _waits(said[row["id"]], expected)) for row, late in zip(rows, past, strict=True)
    ]


def _said(said: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = orjson.loads(said)
    return found


def _waits(said: list[Mapping[str, Any]], expected: Mapping[UUID, Expected]) -> list[ReadinessWait]:
    """Return what has not come to its end of what a project waits for."""
    waits = []
    for one in said:
        thing = expected.get(UUID(one["id"]))
        if thing is None or not thing.ended:
            what, day = (thing.title, thing.expected_on) if thing else (None, None)
            waits.append(
                ReadinessWait(
                    on=one["on"], id=UUID(one["id"]), what=what, expected_on=day, working_days_late=0
                )
            )
    return waits


def _part(row: Mapping[str, Any], day: RiskDay, past: int, waits: list[ReadinessWait]) -> ReadinessPart:
    """Return a project: blocked by what comes after its end or on the transition date, else by the rules."""
    blocking = [wait for wait in waits if _comes_late(wait, row["latest_end"], day.transition)]
    found: list[str] = [flag.rule for flag in flags(row, day.transition, None, past)]
    plan = [] if not found or row["plan_owner"] else ["no_action_plan"]
    return ReadinessPart(
        id=row["id"],
        reference=row["reference"],
        title=row["title"],
        owner=row["owner"],
        standing=standing_of(blocked=blocking, at_risk=found),
        due_on=row["latest_end"],
        reasons=[*(f"waits for {wait.what}" for wait in blocking), *found, *plan],
        waits_for=waits,
    )


def _comes_late(wait: ReadinessWait, end: date | None, transition: date | None) -> bool:
    """Say whether something comes after a project's own end, or on the transition date or later."""
    on = wait.expected_on
    after_end = on is not None and end is not None and on > end
    return after_end or (on is not None and transition is not None and on >= transition)


PROJECTS_READINESS = ReadinessOffered("projects", "read-projects", _projects)
