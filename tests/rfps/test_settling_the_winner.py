"""Once there is a score, no officer chooses the winner by bids set aside, let in again, or agreed scores."""

from typing import Any

import pytest

from rfp_service.rfps.commands.evaluation import CorrectScore, ModerateScores
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.domain.evaluation_refusals import (
    EvaluatorsSettled,
    HasSettled,
    HighestBidMissing,
    NotSettledYet,
)
from rfp_service.rfps.domain.refusals import HasDecided, OwnRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from rfp_service.rfps.domain.tender_events import BidReadmitted, BidSetAside, ScoresModerated
from shared.governance.scheme.tiers import NotYourTier
from shared.kernel.messages import Command
from tests.rfps import way
from tests.rfps.examples import ABSENT
from tests.rfps.way import DECLARED, DIRECTOR, EVE, HEAD, OFFICER, SCORED, History, after, score
from tests.support.specs import given

WHY = "As its papers say."
HIGH = 2_500_001  # just above the head's tier
ASIDE = SetBidAside(bid="A", ground=SetAsideGround.NON_COMPLIANT, reason=WHY, highest_bid_pence=1)
AGAIN = ReadmitBid(bid="A", reason=WHY, highest_bid_pence=1)
AGREED = ModerateScores(bid="A", criterion="Price", score=10, reason=WHY, highest_bid_pence=1)
DIFFER = after(SCORED, CorrectScore(bid="A", criterion="Price", score=80, comment="Misread."), **EVE)
CHOICES: tuple[tuple[History, Command[Rfp]], ...] = (
    (SCORED, ASIDE),
    (after(SCORED, ASIDE, **HEAD), AGAIN),
    (DIFFER, AGREED),
)
each_choice = pytest.mark.parametrize(("history", "choice"), CHOICES, ids=lambda it: type(it).__name__)


@each_choice
def test_it_takes_an_approver_of_the_highest_bids_tier(history: History, choice: Command[Rfp]) -> None:
    spec = given(ABSENT, *history)
    spec.when(choice, **OFFICER).refused(EvaluatorsSettled)
    dearer = choice.model_copy(update={"highest_bid_pence": HIGH})
    spec.when(choice.model_copy(update={"highest_bid_pence": None}), **HEAD).refused(HighestBidMissing)
    spec.when(dearer, **HEAD).refused(NotYourTier, waiting_for="director")
    [event] = spec.when(dearer, **DIRECTOR).events()
    assert isinstance(event, BidSetAside | BidReadmitted | ScoresModerated)
    assert (event.tier, event.decided_by, event.highest_bid_pence) == ("director", "derek", HIGH)


@each_choice
def test_whoever_has_a_part_does_not_by_being_an_approver_too(history: History, choice: Command[Rfp]) -> None:
    for person in ("ann", "priya", "eve"):
        both: dict[str, Any] = {**HEAD, "by": person, "roles": ["approver", "procurement_officer"]}
        given(ABSENT, *history).when(choice, **both).refused(OwnRfp, person=person)


@each_choice
def test_whoever_settled_it_puts_no_supplier_forward_and_has_no_part(
    history: History, choice: Command[Rfp]
) -> None:
    both: dict[str, Any] = {**HEAD, "by": "bob", "roles": ["approver", "procurement_officer"]}
    spec = given(ABSENT, *after(history, choice, **both))
    for who in (both, {**both, "by": "bob2", "same": [("bob", "bob2")]}):
        spec.when(way.RECOMMEND, **who).refused(HasSettled, person="bob")
    spec.when(way.AppointEvaluator(evaluator="bob", highest_bid_pence=1), **HEAD).refused(HasDecided)


def test_until_there_is_a_score_bids_are_procurements() -> None:
    given(ABSENT, *DECLARED).when(ASIDE, **OFFICER).leads_to(stage=Stage.EVALUATION)
    given(ABSENT, *DECLARED).when(ASIDE, **HEAD).refused(NotSettledYet)
    one = after(DECLARED, score("B", "Price", 90), **EVE)
    given(ABSENT, *one).when(ASIDE, **OFFICER).refused(EvaluatorsSettled)
