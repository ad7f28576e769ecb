"""What is answered about a month's round: its lines, and what became of each contract."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from rfp_service.contracts.api.round_contracts import contracts_found, is_open
from rfp_service.contracts.commands.rounds import LineFound
from rfp_service.contracts.domain.rounds import LineStanding, ReviewRound, RoundStage
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.web.decisions.next_decisions import Next
from shared.web.reads.readings import Reading


class RoundLineSeen(BaseModel):
    """A contract in a round, and what became of it; exposed where its last safe date has passed."""

    contract: UUID
    reference: str
    due_on: date | None
    exposure_pence: int | None
    standing: LineStanding
    carried_over: bool
    joined_later: bool
    reason: TextOrNull
    until: date | None
    said_by: TextOrNull
    withheld: dict[str, str] = {}


class RoundSeen(BaseModel):
    """A round with its lines, those that have become due since it was opened among them."""

    id: UUID
    version: int
    month: str
    stage: RoundStage
    until: date | None
    undecided: int
    next: Next = None
    lines: list[RoundLineSeen]


async def found_in_round(reading: Reading, stream: Stream[ReviewRound]) -> list[LineFound]:
    """Return the contracts that a round is about, as of a reading."""
    review = stream.state
    assert review.until is not None, "a round that there is has its horizon"
    return await contracts_found(reading, review, review.month, review.until, stream.first_position)


def round_seen(stream: Stream[ReviewRound], found: list[LineFound]) -> RoundSeen:
    """Return a round with its lines, before anything is withheld of them."""
    review = stream.state
    within = [each for each in found if review.holds(each.contract) or (is_open(review) and each.belongs)]
    lines = [_line(review, each) for each in within]
    return RoundSeen(
        id=stream.id,
        version=stream.version,
        month=review.month,
        stage=review.stage,
        until=review.until,
        undecided=sum(line.standing is LineStanding.DUE for line in lines),
        lines=lines,
    )


def _line(review: ReviewRound, found: LineFound) -> RoundLineSeen:
    said = review.said_of(found.contract)
    closed = review.stage is RoundStage.CLOSED
    decided = found.contract in review.decided if closed else found.decided
    standing = LineStanding.DECIDED if decided else LineStanding.DUE
    if said is not None and not decided:
        standing = said.standing
    return RoundLineSeen(
        contract=found.contract,
        reference=found.reference,
        due_on=found.due_on,
        exposure_pence=found.exposure_pence,
        standing=standing,
        carried_over=found.carried_over,
        joined_later=not review.holds(found.contract),
        reason=said.reason if said else None,
        until=said.until if said else None,
        said_by=said.said_by if said else None,
    )
