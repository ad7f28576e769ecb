"""The rounds of reviews: one row for each month."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from rfp_service.contracts.domain.rounds import LineStanding, ReviewRound, RoundStage
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COMPUTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import Row, StateView


class RoundRow(BaseModel):
    """A month's round; what is decided in an open one is seen with its lines."""

    id: UUID
    version: int
    month: Annotated[str, SEARCHED]
    stage: RoundStage
    until: date | None
    lines: Annotated[int, COMPUTED]
    carried_over: Annotated[int, COMPUTED]
    deferred: Annotated[int, COMPUTED]
    not_due: Annotated[int, COMPUTED]
    decided: Annotated[int, COMPUTED]
    times_closed: int
    first_position: int
    opened_at: datetime
    changed_at: datetime


class StoredRound(RoundRow):
    """A round's row, with the contracts whose decision it put off."""

    deferred_contracts: Annotated[list[UUID], COMPUTED]
    deferred_executed: Annotated[list[int], COMPUTED]  # of each, as are the next, as it stood when it joined
    deferred_published: Annotated[list[int], COMPUTED]


review_rounds = model_table("review_rounds", StoredRound)


NOT_KNOWN = -1  # how many notices of a contract had been published when it joined


def _or_not_known(number: int | None) -> int:
    return NOT_KNOWN if number is None else number


def _computed(stream: Stream[ReviewRound]) -> Row:
    """Return a round's numbers; while it is open, what is decided stands with its contracts."""
    review = stream.state
    decided = set(review.decided)
    said = [(contract, s) for contract, s in review.said if contract not in decided]
    deferred = [contract for contract, s in said if s.standing is LineStanding.DEFERRED]
    lines = {line.contract: line for line in review.lines}
    return {
        "lines": len(review.lines),
        "carried_over": sum(line.carried_over for line in review.lines),
        "deferred": len(deferred),
        "not_due": len(said) - len(deferred),
        "decided": len(review.decided),
        "deferred_contracts": deferred,
        "deferred_executed": [lines[contract].executed for contract in deferred],
        "deferred_published": [_or_not_known(lines[contract].published) for contract in deferred],
    }


review_round = row_of(StoredRound, _computed)
REVIEW_ROUNDS = StateView(review_rounds, review_round, ReviewRound())
