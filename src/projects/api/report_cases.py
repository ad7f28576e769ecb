"""The projects at risk, as a report lists them: the worst first, each rule in words, with its action plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from projects.api.project_service import ProjectService
from projects.api.risk_facts import FLAGGED_BY, risk_rules
from projects.views.at_risk import (
    RiskDay,
    RiskFlag,
    WorkingDaysOver,
    flags,
    is_at_risk,
    late,
    overdue,
    totals,
)
from projects.views.register import projects
from shared.kernel.calendar import WorkingTime
from shared.kernel.wording import counted, long_day
from shared.web.offers.report_cases import CasesFound, CasesOffered, ReportCase
from shared.web.reads.readings import Reading

COLUMNS = ("id", "reference", "title", "plan_owner", "plan_due")


async def projects_at_risk(service: ProjectService, reading: Reading, limit: int) -> CasesFound:
    """Return the open projects that a rule flags; of whose days nothing may be told, none is listed."""
    day, closed = await risk_rules(service.store, reading)
    t = projects.c
    told = reading.may_find_by(projects, "forecast_end", "contingency_days")
    [every] = await reading.rows(totals(day, [reading.valid(projects)]))
    [seen] = await reading.rows(totals(day, [reading.valid(projects), told]))
    columns = dict.fromkeys((*COLUMNS, *FLAGGED_BY))
    statement = (
        select(*(t[name] for name in columns))
        .where(reading.valid(projects), is_at_risk(day), told)
        .order_by(t.risk_order)
        .limit(limit)
    )
    rows: list[dict[str, Any]] = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    names = await service.people.names(row["plan_owner"] for row in rows)
    return CasesFound(
        _listed(rows, names, day, WorkingDaysOver(WorkingTime(closed))),
        total=every["at_risk"],
        withheld=every["at_risk"] - seen["at_risk"],
        cases="/v1/projects/at-risk",
    )


def _listed(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], day: RiskDay, days: WorkingDaysOver
) -> list[ReportCase]:
    over, past = late(rows, day.transition, days), overdue(rows, day.today, days)
    return [
        ReportCase(
            id=row["id"],
            title=f"{row['reference']}: {row['title']}",
            path=f"/v1/projects/{row['id']}",
            day=row["latest_end"],
            why=in_words(flags(row, day.transition, over[n], past[n]), told="withheld" not in row),
            standing=_plan(row, names),
            marked="withheld" in row,
        )
        for n, row in enumerate(rows)
    ]


def in_words(found: Sequence[RiskFlag], *, told: bool) -> str:
    """Return the rules that flag a project as a sentence, with their numbers only where all may be told."""
    said = "; ".join(_rule(flag, told=told) for flag in found)
    return said[:1].upper() + said[1:] + "."


def _rule(flag: RiskFlag, *, told: bool) -> str:
    match flag.rule:
        case "no_end_known":
            return "no end is known"
        case "flagged_by_hand":
            return f"flagged by hand: {(flag.reason or '').rstrip('.')}"
        case "overdue_forecast":
            ago = f" {counted(flag.working_days_overdue or 0, 'working day')} ago" if told else ""
            return f"its forecast end passed{ago}"
        case "ends_on_or_after_transition":
            over = flag.working_days_over or 0
            beyond = f"{counted(over, 'working day')} past" if over else "on"
            return f"could end {beyond if told else 'on or past'} the transition date"


def _plan(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    owner, due = row["plan_owner"], row["plan_due"]
    if not owner:
        return "No action plan."
    return f"{names.get(owner, owner)}" + (f", by {long_day(due)}." if due else ".")


REPORT_CASES = (
    CasesOffered(
        "projects_at_risk",
        "Projects that may run past the transition date",
        ("Project", "Could end", "Why it is at risk", "Action plan"),
        projects_at_risk,
    ),
)
