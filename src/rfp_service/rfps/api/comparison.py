"""Bids side by side over HTTP, with every score, once they may be seen."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from rfp_service.rfps.domain.evaluation_refusals import ScoresSealed
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.sealed_scores import is_complete, is_released
from rfp_service.rfps.domain.tender import Criterion, SetAside, Tender
from shared.kernel.errors import NotFound
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.access.areas import in_sight
from shared.web.core_service import core_service
from shared.web.decisions.commands import Caller, may
from shared.web.reads.answers import one, problems, seen
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute

# Evaluators read their own scores in the history, and nobody else's until the award.
WHO_DECIDES = frozenset({Role.PROCUREMENT_OFFICER, Role.APPROVER})

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute)


class Measured(BaseModel):
    """How one bid did on one criterion: each evaluator's score, and the one that counts."""

    criterion: str
    weight: int
    given: dict[str, int]
    moderated: int | None
    score: int | None
    removed: dict[str, int] = Field(
        {}, description="What evaluators gave who were removed since; it does not count."
    )


class ComparedBid(BaseModel):
    """One bid beside the others; its total is of a hundred."""

    bid: str
    rank: int | None = Field(description="Null until every score of every bid is agreed.")
    total: float | None = Field(description="Null until every score of this bid is agreed.")
    measured: list[Measured]
    mean_with_removed: float | None = Field(
        None,
        description="Of a hundred: the mean of all scores, with those of removed evaluators. "
        "Null where nobody who scored was removed.",
    )
    mean_without_removed: float | None = Field(
        None, description="The same mean without the scores of removed evaluators."
    )


class NamedBid(BaseModel):
    """A bid by its reference."""

    bid: str


class Comparison(BaseModel):
    """Every bid that came in time and was not set aside, the highest total first."""

    id: UUID
    version: int
    criteria: list[Criterion]
    bids: list[ComparedBid]
    set_aside: list[SetAside] = Field(description="Bids that are out of the competition, and why.")
    removed: list[str] = Field(
        [], description="Evaluators who were removed after they had scored, by their ids."
    )
    late: list[NamedBid] = Field(description="Bids that came too late; they were not opened.")
    recommended: NamedBid | None
    withheld: dict[str, str] = {}


@router.get(
    "/{rfp_id:uuid}/comparison",
    summary="Compare the bids",
    dependencies=[may("read-rfps")],
    responses={**one(Comparison), **problems(404, 409)},
)
async def compare_bids(
    request: Request,
    rfp_id: Annotated[UUID, Path(description="The RFP's id.")],
    reading: Read,
    person: Caller,
) -> Response:
    """Show every bid's scores side by side: to those who decide once all are given, then to everybody."""
    store = core_service(request).store
    now = await store.load(rfp_id, Rfp())
    if now.version == 0:
        raise NotFound
    need = now.state.need
    in_sight(person, reading.areas, need.service_area, now.state.raised_by)
    _must_be_open_to(person, now.state)
    stream = await store.load(rfp_id, Rfp(), reading.position) if reading.past else now
    if stream.version == 0:
        raise NotFound
    tender = stream.state.tender
    shown = Comparison(
        id=stream.id,
        version=stream.version,
        criteria=list(tender.criteria),
        bids=compared(tender),
        set_aside=list(tender.set_aside),
        removed=list(tender.removed),
        late=[NamedBid(bid=bid.reference) for bid in tender.bids if bid.late],
        recommended=NamedBid(bid=best) if (best := stream.state.award.bid) else None,
    )
    return await seen(request, reading, shown, f'"{stream.version}"', sealed=False)


def compared(tender: Tender) -> list[ComparedBid]:
    """Return the bids by their totals; bids that tie share a rank, and none has one before all agree."""
    totals = {bid: tender.total(bid) for bid in tender.competing if tender.is_agreed(bid)}
    ranked = len(totals) == len(tender.competing)
    bids = [
        ComparedBid(
            bid=bid,
            rank=1 + sum(other > totals[bid] for other in totals.values()) if ranked else None,
            total=float(totals[bid]) if bid in totals else None,
            measured=[
                Measured(
                    criterion=c.name,
                    weight=c.weight,
                    given=tender.given(bid, c.name),
                    moderated=tender.moderation(bid, c.name),
                    score=tender.final(bid, c.name),
                    removed=_removed(tender, bid, c.name),
                )
                for c in tender.criteria
            ],
            mean_with_removed=_mean(tender, bid, (*tender.evaluators, *tender.removed)),
            mean_without_removed=_mean(tender, bid, tender.evaluators),
        )
        for bid in tender.competing
    ]
    return sorted(bids, key=lambda each: (each.total is None, -(each.total or 0), each.bid))


def _removed(tender: Tender, bid: str, criterion: str) -> dict[str, int]:
    given = tender.ever_given(bid, criterion)
    return {each: score for each, score in given.items() if each in tender.removed}


def _mean(tender: Tender, bid: str, evaluators: Sequence[str]) -> float | None:
    """Return the mean of some evaluators' scores where anybody's were removed."""
    mean = tender.mean(bid, evaluators) if tender.removed else None
    return None if mean is None else float(mean)


def _must_be_open_to(person: Person, rfp: Rfp) -> None:
    decides = bool(WHO_DECIDES.intersection(person.roles))
    if not (is_released(rfp) or (decides and is_complete(rfp))):
        raise ScoresSealed(stage=rfp.stage)
