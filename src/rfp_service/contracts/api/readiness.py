"""How ready the contracts are that the outgoing supplier holds for the council: novated, or still to be."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request
from sqlalchemy import or_, select

from rfp_service.contracts.domain.renewal import NovationStage
from rfp_service.contracts.views.register import contracts
from shared.web.offers.readiness import (
    ReadinessLine,
    ReadinessOffered,
    ReadinessPart,
    ReadinessStanding,
    ReadinessWait,
    readiness_line,
    standing_of,
)
from shared.web.reads.readings import Reading

COLUMNS = (
    "id",
    "reference",
    "title",
    "owner",
    "supplier",
    "needs_novation",
    "novation",
    "decided",
    "dates_confirmed",
)
OUTGOING, HOLDER = "outgoing_supplier", "contract_supplier"
# Whose word is waited for at each stage of a novation.
WHOSE = {NovationStage.NONE: OUTGOING, NovationStage.ASKED: HOLDER, NovationStage.REFUSED: HOLDER}


async def _contracts(_: Request, reading: Reading) -> list[ReadinessLine]:
    """Return one line for the running contracts that must move to the council."""
    t = contracts.c
    statement = select(*(t[name] for name in COLUMNS)).where(
        reading.valid(contracts),
        t.is_open,
        or_(t.held_by_outgoing_supplier, t.needs_novation, t.novation != NovationStage.NONE),
        reading.may_find_by(contracts, "held_by_outgoing_supplier", "needs_novation"),
    )
    rows = [dict(row) for row in await reading.rows(statement)]
    await reading.redacted(rows)
    to_move = [row for row in rows if row["novation"] != NovationStage.EFFECTIVE]
    return [
        readiness_line(
            "contracts", map(_part, to_move), besides={ReadinessStanding.READY: len(rows) - len(to_move)}
        )
    ]


def _part(row: Mapping[str, Any]) -> ReadinessPart:
    """Return a contract that must move: blocked once refused, at risk until agreed and its dates are sure."""
    stage = NovationStage(row["novation"])
    agreed = stage in (NovationStage.AGREED, NovationStage.SIGNED) and row["dates_confirmed"]
    return ReadinessPart(
        id=row["id"],
        reference=row["reference"],
        title=row["title"],
        owner=row["owner"],
        standing=standing_of(blocked=stage is NovationStage.REFUSED, at_risk=not agreed),
        due_on=None,
        reasons=list(_reasons(row, stage)),
        waits_for=list(_waits(row, stage)),
    )


def _reasons(row: Mapping[str, Any], stage: NovationStage) -> Iterator[str]:
    yield f"novation: {stage}"
    if row["needs_novation"] is None:
        yield "nobody has said whether it needs novation"
    if not row["dates_confirmed"]:
        yield "its dates are not confirmed from a document"


def _waits(row: Mapping[str, Any], stage: NovationStage) -> Iterator[ReadinessWait]:
    """Yield on whom a contract waits: for a yes to its novation, and for the document that says its dates."""
    if stage in WHOSE:
        yield _on(WHOSE[stage], "its novation")
    if not row["dates_confirmed"]:
        yield _on(OUTGOING, "the document that says its dates")


def _on(party: str, what: str) -> ReadinessWait:
    return ReadinessWait(on=party, id=None, what=what, expected_on=None, working_days_late=0)


CONTRACTS_READINESS = ReadinessOffered("contracts", "read-contracts", _contracts)
