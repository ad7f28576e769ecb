"""The contracts that a round is about, as they stand: due in its horizon, carried over, or in it already."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from rfp_service.contracts.commands.rounds import LINES_LIMIT, LineFound
from rfp_service.contracts.domain.rounds import ReviewRound, RoundStage
from rfp_service.contracts.views.register import contracts
from rfp_service.contracts.views.rounds import review_rounds
from shared.web.readings import Reading

FIELDS = (
    "id",
    "reference",
    "due_on",
    "exposure_pence",
    "decided",
    "is_open",
    "executed_cycles",
    "missed_notices",
)


async def carried_into(reading: Reading, month: str) -> Sequence[UUID]:
    """Return the contracts whose decision the round before this month put off."""
    t = review_rounds.c
    statement = (
        select(t.deferred_contracts)
        .where(reading.valid(review_rounds), t.month < month)
        .order_by(t.month.desc())
        .limit(1)
    )
    rows = await reading.rows(statement)
    return list(rows[0]["deferred_contracts"]) if rows else []


async def contracts_found(reading: Reading, review: ReviewRound, month: str, until: date) -> list[LineFound]:
    """Return what is due until a day, what is carried over, and what is in the round; first due first."""
    t = contracts.c
    carried = set(await carried_into(reading, month))
    lines = {line.contract: line for line in review.lines}
    named = sorted(carried | lines.keys())
    statement = (
        select(*(t[name] for name in FIELDS))
        .where(reading.valid(contracts))
        .where(or_(t.due_on <= until, t.id.in_(named)))
        .order_by(t.due_order)
        .limit(LINES_LIMIT + 1)
    )
    rows = await reading.rows(statement)
    return [_found(dict(row), review, carried, until) for row in rows]


def _found(row: dict[str, Any], review: ReviewRound, carried: set[UUID], until: date) -> LineFound:
    """Return a contract as a round finds it; a decision executed since it joined counts as decided."""
    line = next((each for each in review.lines if each.contract == row["id"]), None)
    executed = row["executed_cycles"]
    is_carried = row["id"] in carried if line is None else line.carried_over
    in_horizon = row["due_on"] is not None and row["due_on"] <= until
    decided = row["decided"] or not row["is_open"]
    return LineFound(
        contract=UUID(str(row["id"])),
        reference=row["reference"],
        due_on=row["due_on"],
        exposure_pence=row["exposure_pence"],
        executed=executed if line is None else line.executed,
        missed=row["missed_notices"] if line is None else line.missed,
        carried_over=is_carried,
        due=(row["is_open"] and in_horizon) or (row["is_open"] and is_carried),
        decided=decided or (line is not None and executed > line.executed),
    )


def is_open(review: ReviewRound) -> bool:
    """Say whether contracts still join a round."""
    return review.stage is RoundStage.OPEN
