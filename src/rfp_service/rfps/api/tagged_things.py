"""What an RFP asks for, and whether it is late, for whoever reads by a strategy's priorities."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from rfp_service.rfps.domain.stages import ENDS
from rfp_service.rfps.views.board import rfps
from shared.kernel.calendar import day_in_london
from shared.web.offers.tagged_things import TaggedStanding, TaggedThings
from shared.web.reads.readings import Reading

COLUMNS = ("id", "reference", "title", "stage", "needed_by", "estimate_pence")


async def _find(_: object, reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, TaggedStanding]:
    """Return RFPs as they stand: at risk is one that goes on past the day it is needed by."""
    statement = select(*(rfps.c[name] for name in COLUMNS)).where(reading.valid(rfps), rfps.c.id.in_(ids))
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    today = day_in_london(reading.as_of)
    found = {}
    for row in rows:
        is_open, needed = row["stage"] not in ENDS, row["needed_by"]
        late = is_open and needed is not None and needed < today
        found[row["id"]] = TaggedStanding(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            is_open,
            f"/v1/rfps/{row['id']}",
            row["estimate_pence"],
            f"It was needed by {needed}." if late else "",
        )
    return found


TAGGED = (TaggedThings("rfp", "read-rfps", _find),)
