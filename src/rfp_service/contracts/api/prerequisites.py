"""How a contract stands, for whatever waits for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.views.register import contracts
from shared.web.offers.prerequisites import Expected, Prerequisites
from shared.web.reads.readings import Reading

COLUMNS = ("id", "reference", "title", "stage", "ended_on", "current_end")


async def _find(reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, Expected]:
    """Return contracts as they stand: they end when their terms do, or have ended."""
    statement = select(*(contracts.c[name] for name in COLUMNS)).where(
        reading.valid(contracts), contracts.c.id.in_(ids)
    )
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    return {
        row["id"]: Expected(
            f"{row['reference']}: {row['title']}",
            row["stage"],
            row["stage"] == ContractStage.ENDED,
            row["ended_on"] or row["current_end"],
            "title" in row.get("withheld", {}),
        )
        for row in rows
    }


PREREQUISITES = (Prerequisites("contract", "read-contracts", _find),)
