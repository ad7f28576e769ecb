"""What a contract costs a year, and what is at risk in it, for whoever reads by a strategy's priorities."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rfp_service.contracts.views.register import contracts
from shared.kernel.calendar import day_in_london
from shared.web.offers.tagged_things import TaggedStanding, TaggedThings
from shared.web.reads.readings import Reading

COLUMNS = (
    "id",
    "reference",
    "title",
    "stage",
    "is_open",
    "yearly_pence",
    "last_safe",
    "decided",
    "missed_notices",
    "next_duty_on",
)


async def _find(_: object, reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, TaggedStanding]:
    """Return contracts as they stand: at risk is one with a day that passed, or a notice that was missed."""
    statement = select(*(contracts.c[name] for name in COLUMNS)).where(
        reading.valid(contracts), contracts.c.id.in_(ids)
    )
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    today = day_in_london(reading.as_of)
    return {
        row["id"]: TaggedStanding(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            bool(row["is_open"]),
            f"/v1/contracts/{row['id']}",
            row["yearly_pence"],
            _risk(row, today) if row["is_open"] else "",
        )
        for row in rows
    }


def _risk(row: Mapping[str, Any], today: date) -> str:
    if row["last_safe"] is not None and row["last_safe"] < today and not row["decided"]:
        return f"Its last safe date was {row['last_safe']}, and nobody has decided."
    if row["next_duty_on"] is not None and row["next_duty_on"] < today:
        return f"A notice was due by {row['next_duty_on']}."
    return "A notice day was missed." if row["missed_notices"] else ""


TAGGED = (TaggedThings("contract", "read-contracts", _find),)
