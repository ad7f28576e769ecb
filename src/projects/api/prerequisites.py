"""How a project stands, for whatever waits for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from projects.views.register import projects
from shared.web.offers.prerequisites import Expected, Prerequisites
from shared.web.reads.readings import Reading


async def _find(reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, Expected]:
    """Return projects as they stand: they end with their forecast and its contingency, or have ended.

    When is not told of one whose days its reader may not see.
    """
    told = reading.may_find_by(projects, "forecast_end", "contingency_days", "finished_on")
    columns = ("id", "reference", "title", "stage", "is_open", "latest_end", "finished_on")
    statement = select(*(projects.c[name] for name in columns), told.label("told")).where(
        reading.valid(projects), projects.c.id.in_(ids)
    )
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    return {
        row["id"]: Expected(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            not row["is_open"],
            (row["finished_on"] or row["latest_end"]) if row["told"] else None,
            "title" in row.get("withheld", {}),
        )
        for row in rows
    }


PREREQUISITES = (Prerequisites("project", "read-projects", _find),)
