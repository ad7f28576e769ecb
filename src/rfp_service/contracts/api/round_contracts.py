"""The contracts that a round is about, as they stand: due in its horizon, carried over, or in it already."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select

from rfp_service.contracts.commands.rounds import LINES_LIMIT, LineFound
from rfp_service.contracts.domain.contract import HowEnded
from rfp_service.contracts.domain.rounds import ReviewRound, RoundStage
from rfp_service.contracts.views.register import contracts
from rfp_service.contracts.views.rounds import NOT_KNOWN, review_rounds
from shared.web.reads.readings import Reading

FIELDS = (
    "id",
    "reference",
    "due_on",
    "exposure_pence",
    "decided",
    "is_open",
    "how_ended",
    "executed_cycles",
    "published_duties",
    "missed_notices",
)


class StoodAt(NamedTuple):
    """How far a contract had come when it joined a round, or was first put off."""

    executed: int
    published: int | None
    missed: int


async def carried_into(reading: Reading, month: str) -> dict[UUID, StoodAt]:
    """Return the contracts whose decision the round before this month put off."""
    t = review_rounds.c
    statement = (
        select(t.deferred_contracts, t.deferred_executed, t.deferred_published)
        .where(reading.valid(review_rounds), t.month < month)
        .order_by(t.month.desc())
        .limit(1)
    )
    return {
        UUID(str(contract)): StoodAt(executed, None if published == NOT_KNOWN else published, 0)
        for row in await reading.rows(statement)
        for contract, executed, published in zip(*row, strict=True)
    }


async def _due_since(reading: Reading, opened_at: int, until: date) -> dict[UUID, StoodAt]:
    """Return the contracts that were due until a day, at any time since a round was opened, as they stood."""
    t = contracts.c
    statement = (
        select(
            t.id,
            func.min(t.executed_cycles).label("executed"),
            func.min(t.published_duties).label("published"),
            func.min(t.missed_notices).label("missed"),
        )
        .where(t.valid_to > opened_at, t.valid_from <= reading.position)
        .where(t.is_open, t.due_on <= until)
        .group_by(t.id)
    )
    return {UUID(str(row["id"])): StoodAt(*list(row)[1:]) for row in await reading.rows(statement)}


async def contracts_found(
    reading: Reading, review: ReviewRound, month: str, until: date, opened_at: int | None = None
) -> list[LineFound]:
    """Return what is due until a day, what is carried over, and what is in the round; first due first.

    What became due since the round was opened is in it, also where it is due no longer; what only came by a
    register that was taken back is not.
    """
    t = contracts.c
    carried = await carried_into(reading, month)
    since = await _due_since(reading, opened_at, until) if opened_at is not None and is_open(review) else {}
    lines = {line.contract: StoodAt(line.executed, line.published, line.missed) for line in review.lines}
    stood = since | carried | lines
    statement = (
        select(*(t[name] for name in FIELDS))
        .where(reading.valid(contracts))
        .where(or_(t.due_on <= until, t.id.in_(sorted(stood))))
        .order_by(t.due_order)
        .limit(LINES_LIMIT + 1)
    )
    rows = await reading.rows(statement)
    held = {line.contract: line.carried_over for line in review.lines}
    return [
        _found(dict(row), stood.get(UUID(str(row["id"]))), held, carried.keys(), since.keys(), until)
        for row in rows
        if row["how_ended"] != HowEnded.TAKEN_OFF or row["id"] in held
    ]


def _found(
    row: dict[str, Any],
    stood: StoodAt | None,
    held: Mapping[UUID, bool],
    carried: Collection[UUID],
    since: Collection[UUID],
    until: date,
) -> LineFound:
    """Return a contract as a round finds it.

    A decision executed since it joined counts as decided; so does a notice published since, where nothing
    else of it is due.
    """
    contract = UUID(str(row["id"]))
    stood = stood or StoodAt(row["executed_cycles"], row["published_duties"], row["missed_notices"])
    is_carried = held.get(contract, contract in carried)
    in_horizon = row["due_on"] is not None and row["due_on"] <= until
    executed = row["executed_cycles"] > stood.executed
    published = stood.published is not None and row["published_duties"] > stood.published
    return LineFound(
        contract=contract,
        reference=row["reference"],
        due_on=row["due_on"],
        exposure_pence=row["exposure_pence"],
        executed=stood.executed,
        published=stood.published,
        missed=stood.missed,
        carried_over=is_carried,
        due=(row["is_open"] and in_horizon) or (row["is_open"] and is_carried),
        was_due=contract in since,
        decided=row["decided"] or not row["is_open"] or executed or (published and not in_horizon),
    )


def is_open(review: ReviewRound) -> bool:
    """Say whether contracts still join a round."""
    return review.stage is RoundStage.OPEN
