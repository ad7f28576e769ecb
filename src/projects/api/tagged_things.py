"""Which projects may miss the transition date, for whoever reads by a strategy's priorities."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import select

from projects.api.risk_facts import FLAGGED_BY, facts_of
from projects.views.at_risk import flags, overdue
from projects.views.register import projects
from shared.web.offers.tagged_things import TaggedStanding, TaggedThings
from shared.web.reads.readings import Reading

COLUMNS = ("id", "reference", "title", "stage", "is_open")


async def _find(request: Request, reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, TaggedStanding]:
    """Return projects as they stand: at risk is one that a rule flags; of withheld days, nothing is said."""
    t = projects.c
    told = reading.may_find_by(projects, "forecast_end", "contingency_days").label("told")
    columns = dict.fromkeys((*COLUMNS, *FLAGGED_BY))
    statement = select(*(t[name] for name in columns), told).where(reading.valid(projects), t.id.in_(ids))
    rows: list[dict[str, Any]] = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    facts = await facts_of(request, reading)
    past = overdue(rows, facts.day.today, facts.days)
    found = {}
    for row, late in zip(rows, past, strict=True):
        judged = row["is_open"] and row["told"]
        rules = [flag.rule for flag in flags(row, facts.day.transition, None, late)] if judged else []
        found[row["id"]] = TaggedStanding(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            bool(row["is_open"]),
            f"/v1/projects/{row['id']}",
            risk=", ".join(rule.replace("_", " ") for rule in rules),
        )
    return found


TAGGED = (TaggedThings("project", "read-projects", _find),)
