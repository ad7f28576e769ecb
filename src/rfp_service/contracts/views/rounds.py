"""The rounds of reviews: one row for each month."""

from sqlalchemy import ARRAY, Column, Date, Integer, Text, Uuid

from rfp_service.contracts.domain.rounds import LineStanding, ReviewRound
from shared.kernel.messages import Stream
from shared.record.projecting.views import Row, StateView, state_table

review_rounds = state_table(
    "review_rounds",
    Column("month", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("until", Date),
    Column("lines", Integer, nullable=False),
    Column("carried_over", Integer, nullable=False),
    Column("deferred", Integer, nullable=False),
    Column("not_due", Integer, nullable=False),
    Column("decided", Integer, nullable=False),
    Column("times_closed", Integer, nullable=False),
    Column("deferred_contracts", ARRAY(Uuid), nullable=False),
)


def review_round(stream: Stream[ReviewRound]) -> Row:
    """Return a round's row; while it is open, what is decided stands with its contracts."""
    review = stream.state
    decided = set(review.decided)
    said = [(contract, s) for contract, s in review.said if contract not in decided]
    deferred = [contract for contract, s in said if s.standing is LineStanding.DEFERRED]
    return {
        "month": review.month,
        "stage": review.stage,
        "until": review.until,
        "lines": len(review.lines),
        "carried_over": sum(line.carried_over for line in review.lines),
        "deferred": len(deferred),
        "not_due": len(said) - len(deferred),
        "decided": len(review.decided),
        "times_closed": review.times_closed,
        "deferred_contracts": deferred,
    }


REVIEW_ROUNDS = StateView(review_rounds, review_round, ReviewRound())
