"""How an RFP stands, for whatever waits for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from rfp_service.rfps.domain.stages import ENDS
from rfp_service.rfps.views.board import rfps
from shared.web.offers.prerequisites import Expected, Prerequisites
from shared.web.reads.readings import Reading


async def _find(reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, Expected]:
    """Return RFPs as they stand: they are expected by the day they are needed by."""
    columns = ("id", "reference", "title", "stage", "needed_by")
    statement = select(*(rfps.c[name] for name in columns)).where(reading.valid(rfps), rfps.c.id.in_(ids))
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    return {
        row["id"]: Expected(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            row["stage"] in ENDS,
            row["needed_by"],
            "title" in row.get("withheld", {}),
        )
        for row in rows
    }


PREREQUISITES = (Prerequisites("rfp", "read-rfps", _find),)
