"""Which contracts and rounds wait: for their tier, for their owner, a saving for finance."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, any_, func, literal, or_, select

from rfp_service.contracts.commands.reviews import ApproveRenewal
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.pipeline import PipelineStanding, PipelineYear
from rfp_service.contracts.domain.rounds import ReviewRound, RoundStage
from rfp_service.contracts.domain.savings import SavingStanding
from rfp_service.contracts.views.pipeline import pipeline_years
from rfp_service.contracts.views.register import contracts, open_duties
from rfp_service.contracts.views.rounds import review_rounds
from shared.kernel.roles import Role
from shared.kernel.wording import long_day
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

ASKED = "Asked whether it could be decided."  # never recorded
UNPUBLISHED = (PipelineStanding.DUE, PipelineStanding.MISSED)
ANSWERERS = (Role.CONTRACT_MANAGER, Role.PROCUREMENT_OFFICER)
TOLD = ("saving", "flag", "renewal")
LOOKED_AT = (ContractStage.REVIEW_DUE, ContractStage.IN_REVIEW)


def waits(contract: Contract, waiter: Waiter) -> Iterator[Wait]:
    """Yield why a contract waits for somebody; nothing if it does not."""
    if contract.stage is ContractStage.RECOMMENDED and waiter.has(Role.APPROVER):
        acting_for = waiter.deciding_for(lambda whom: ApproveRenewal(acting_for=whom, reason=ASKED), contract)
        if acting_for is not None:
            why = "What is to become of it waits for your tier."
            due = contract.clock.last_safe
            yield Wait("renewal-approval", why, acting_for, contract.renewal.waiting_for, due)
    if waiter.has(Role.FINANCE):
        yield from _savings(contract, waiter)
    if contract.about.owner in waiter.ids and contract.runs:
        yield from _owned(contract)
        if (flags := contract.open_flags) and waiter.has(*ANSWERERS):
            yield Wait("flag", f"To be answered: {', '.join(flags).replace('_', ' ')}.")


def _savings(contract: Contract, waiter: Waiter) -> Iterator[Wait]:
    for saving in contract.savings:
        if saving.standing is SavingStanding.CLAIMED and saving.claimed.said_by not in waiter.ids:
            why = "A saving was claimed, and waits to be confirmed."
            yield Wait("saving", why, turn=str(saving.number))


def _owned(contract: Contract) -> Iterator[Wait]:
    """Yield what waits for whoever answers for a contract."""
    due = contract.clock.last_safe
    if contract.stage in LOOKED_AT:
        yield Wait("review", "Somebody has to say what is to become of it.", due_on=due)
    if contract.stage is ContractStage.APPROVED:
        yield Wait("renewal", _still_to_do(contract), due_on=due)
    for duty in open_duties(contract):
        why = f"A notice is still to be published: {duty.notice}."
        yield Wait("duty", why, turn=str(duty.number), due_on=duty.due_on)


def _still_to_do(contract: Contract) -> str:
    """Return what is left of what was approved; a notice without the supplier's answer is a risk."""
    notice = contract.notice
    if notice.sent_on is None or notice.acknowledged_on is not None:
        return "What is to become of it was approved: carry it out."
    return f"The notice of {long_day(notice.sent_on)} is not acknowledged: have the supplier answer it."


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the contracts that may wait for somebody: a few more than do."""
    t = contracts.c
    own = and_(t.owner.in_(waiter.ids), t.is_open)
    stages = (*LOOKED_AT, ContractStage.APPROVED)
    one_of = [and_(own, or_(t.stage.in_(stages), t.duties_open > 0, func.cardinality(t.flags) > 0))]
    if waiter.has(Role.FINANCE):
        one_of.append(literal(SavingStanding.CLAIMED.value) == any_(t.saving_standings))
    if waiter.has(Role.APPROVER) and waiter.tiers:
        one_of.append(t.stage == ContractStage.RECOMMENDED)
    return select(t.id).where(reading.valid(contracts), or_(*one_of)).order_by(t.first_position)


def _shown(standing: ThingStanding) -> ThingShown:
    about = standing.state.about
    return ThingShown(about.reference, about.title, about.service_area, standing.state.stage)


def _round_waits(review: ReviewRound, waiter: Waiter) -> Iterator[Wait]:
    """Yield a round that is open, for those who keep the register."""
    left = len(review.lines) - len({*review.decided, *(contract for contract, _ in review.said)})
    if review.stage is RoundStage.OPEN and waiter.has(Role.CONTRACT_MANAGER):
        yield Wait("round", f"The round is open; nothing was said of {left} contracts.", due_on=review.until)


def _rounds(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    if not waiter.has(Role.CONTRACT_MANAGER):
        return None
    return select(review_rounds.c.id).where(reading.valid(review_rounds), review_rounds.c.stage == "open")


def _round_shown(standing: ThingStanding) -> ThingShown:
    review: ReviewRound = standing.state
    return ThingShown(review.month, f"Round of {review.month}", "", review.stage)


def _pipeline_waits(pipeline: PipelineYear, waiter: Waiter) -> Iterator[Wait]:
    """Yield a year's pipeline notice that is still to be published, for those who keep the register."""
    if pipeline.standing in UNPUBLISHED and waiter.has(Role.CONTRACT_MANAGER):
        yield Wait("duty", f"A notice is still to be published: {pipeline.notice}.", due_on=pipeline.due_on)


def _pipelines(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    if not waiter.has(Role.CONTRACT_MANAGER):
        return None
    t = pipeline_years.c
    return select(t.id).where(reading.valid(pipeline_years), t.standing.in_(UNPUBLISHED))


def _pipeline_shown(standing: ThingStanding) -> ThingShown:
    pipeline: PipelineYear = standing.state
    year = pipeline.called(0)
    return ThingShown(year, f"Pipeline notice of {year}", "", pipeline.standing)


CONTRACTS_WAITING = WaitingThings(
    "contract",
    "read-contracts",
    Contract(),
    candidates,
    waits,
    _shown,
    told=frozenset({"saving", "flag", "renewal"}),
)
ROUNDS_WAITING = WaitingThings(
    "review-round", "read-contracts", ReviewRound(), _rounds, _round_waits, _round_shown
)
PIPELINE_WAITING = WaitingThings(
    PipelineYear.kind, "read-contracts", PipelineYear(), _pipelines, _pipeline_waits, _pipeline_shown
)
