"""Nobody chooses the winner by choosing the judges: from the first score on, that is for an approver."""

from typing import Any

import pytest

from rfp_service.rfps.api.comparison import compared
from rfp_service.rfps.commands.evaluation import CorrectScore
from rfp_service.rfps.commands.participants import AppointEvaluator, RemoveEvaluator
from rfp_service.rfps.domain.evaluation_refusals import (
    EvaluatorsSettled,
    HighestBidMissing,
    NotAnEvaluator,
    NotSettledYet,
    ScoresMissing,
    TooFewEvaluators,
)
from rfp_service.rfps.domain.people_events import EvaluatorAppointedAfterScores, EvaluatorRemovedAfterScores
from rfp_service.rfps.domain.refusals import HasDecided, OwnRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import Tender
from shared.governance.scheme.tiers import AboveEveryTier, NotYourTier
from shared.kernel.messages import Command
from tests.rfps import way
from tests.rfps.examples import ABSENT
from tests.rfps.way import DECLARED, DIRECTOR, EVAN, EVE, HEAD, OFFICER, SCORED, after, score
from tests.support.specs import RULES, given

WHY = "Holiday."
LOW, HIGH = 2_000_000, 2_500_001  # the head's, and just above it; the estimate is the head's
ONE_SCORE = after(DECLARED, score("A", "Price", 90), **EVE)
# Eve leads B by far, Evan A: without Evan, B wins.
SPLIT = way.scored(
    DECLARED,
    *[
        (who, bid, criterion, points)
        for who, a, b in ((EVE, 50, 70), (EVAN, 90, 60))
        for bid, points in (("A", a), ("B", b))
        for criterion in ("Price", "Quality")
    ],
)


def removes(bid: int | None = LOW, evaluator: str = "evan") -> RemoveEvaluator:
    return RemoveEvaluator(evaluator=evaluator, reason=WHY, highest_bid_pence=bid)


def appoints(bid: int | None = LOW, evaluator: str = "emma") -> AppointEvaluator:
    return AppointEvaluator(evaluator=evaluator, highest_bid_pence=bid)


CHOICES = (removes(), appoints())


def tender(history: way.History) -> Tender:
    rfp: Rfp = given(ABSENT, *history).state
    return rfp.tender


@pytest.mark.parametrize("choice", CHOICES, ids=lambda it: type(it).__name__)
def test_until_the_first_score_evaluators_are_procurements_to_choose(choice: Command[Rfp]) -> None:
    assert given(ABSENT, *DECLARED).when(choice, **OFFICER).events()
    given(ABSENT, *DECLARED).when(choice, **HEAD).refused(NotSettledYet)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda it: type(it).__name__)
def test_from_the_first_score_on_they_are_an_approvers(choice: Command[Rfp]) -> None:
    spec = given(ABSENT, *ONE_SCORE)
    spec.when(choice, **OFFICER).refused(EvaluatorsSettled)
    spec.when(choice, by="ada", roles=["administrator"]).refused(EvaluatorsSettled)
    [event] = spec.when(choice, **HEAD).events()
    assert isinstance(event, EvaluatorRemovedAfterScores | EvaluatorAppointedAfterScores)
    assert (event.tier, event.decided_by, event.highest_bid_pence) == ("head", "hana", LOW)


def test_the_highest_bid_must_be_said_and_decides_the_tier_where_it_is_above_the_estimate() -> None:
    spec = given(ABSENT, *SPLIT)
    spec.when(removes(None), **HEAD).refused(HighestBidMissing)
    spec.when(removes(HIGH), **HEAD).refused(NotYourTier, waiting_for="director")
    assert spec.when(removes(HIGH), **DIRECTOR).events()
    spec.when(removes(25_000_001), **DIRECTOR).refused(AboveEveryTier)


def test_the_estimate_decides_the_tier_where_it_is_above_every_bid() -> None:
    dearer = way.ONE_TIER.model_copy(update={"value_pence": HIGH, "tiers": ("director",)})
    at = SPLIT.index(way.ONE_TIER)
    spec = given(ABSENT, *SPLIT[:at], dearer, *SPLIT[at + 1 :])
    spec.when(removes(1), **HEAD).refused(NotYourTier, waiting_for="director")
    assert spec.when(removes(1), **DIRECTOR).events()


def test_so_does_the_award_that_has_been_put_forward() -> None:
    forward = way.RECOMMEND.model_copy(update={"value_pence": HIGH})
    spec = given(ABSENT, *after(SCORED, forward, **OFFICER))
    spec.when(removes(1), **HEAD).refused(NotYourTier, waiting_for="director")


def test_whoever_has_a_part_in_it_chooses_no_judges_by_being_an_approver_too() -> None:
    for person in ("ann", "priya", "eve"):
        both: dict[str, Any] = {**HEAD, "by": person, "roles": ["approver", "procurement_officer"]}
        given(ABSENT, *SPLIT).when(removes(), **both).refused(OwnRfp, person=person)


def test_whoever_chose_the_judges_becomes_none() -> None:
    given(ABSENT, *SPLIT).when(appoints(evaluator="hana"), **HEAD).refused(HasDecided)
    removed = after(SPLIT, removes(LOW), **{**HEAD, "by": "hugo"})
    given(ABSENT, *removed).when(appoints(evaluator="hugo"), **HEAD).refused(HasDecided)


def test_a_deputy_chooses_in_an_approvers_place() -> None:
    delegated: list[Any] = [
        {
            "delegator": "hana",
            "delegate": "dora",
            "limit_pence": LOW,
            "tiers": ["head"],
            "first_day": "2026-01-01",
            "last_day": "2026-12-31",
        }
    ]
    stands_in = removes().model_copy(update={"acting_for": "hana"})
    dora: dict[str, Any] = {"by": "dora", "acting_for": "hana", "roles": ["approver"]}
    given(ABSENT, *SPLIT).when(stands_in, **dora, delegations=delegated).leads_to(
        stage=Stage.EVALUATION, deciders=("hana", "dora")
    )


def test_what_removed_evaluators_gave_no_longer_counts_and_stays_beside_the_result() -> None:
    before = compared(tender(SPLIT))
    assert [(each.mean_with_removed, each.mean_without_removed) for each in before] == [(None, None)] * 2
    without = after(SPLIT, removes(), **HEAD)
    first, second = compared(tender(without))
    assert tender(without).removed == ("evan",)
    assert (first.bid, first.total, second.bid, second.total) == ("B", 70, "A", 50)
    assert (first.mean_with_removed, first.mean_without_removed) == (65, 70)
    assert (second.mean_with_removed, second.mean_without_removed) == (70, 50)
    assert second.measured[0].removed == {"evan": 90}
    assert second.measured[0].given == {"eve": 50}
    given(ABSENT, *without).when(removes(), **HEAD).refused(NotAnEvaluator)


def test_the_mean_is_of_the_latest_score_of_each() -> None:
    corrected = after(SPLIT, CorrectScore(bid="A", criterion="Price", score=40, comment="Misread."), **EVE)
    without = after(corrected, removes(), **HEAD)
    assert tender(without).mean("A", ("eve", "evan")) == 67  # price (40 + 90) / 2, quality 70
    assert tender(without).mean("A", ()) is None


def test_the_scheme_says_how_many_evaluate_at_least() -> None:
    two = RULES.model_copy(update={"minimum_evaluators": 2})
    alone = after(way.WITH_CRITERIA, AppointEvaluator(evaluator="eve"), **OFFICER)
    spec = given(ABSENT, *alone)
    spec.when(way.NOTICE, rules=two, **OFFICER).refused(TooFewEvaluators, evaluators=1, minimum=2)
    assert spec.when(way.NOTICE, **OFFICER).events()
    assert given(ABSENT, *way.PREPARED).when(way.NOTICE, rules=two, **OFFICER).events()
    removed = after(SCORED, removes(), **HEAD)
    spec = given(ABSENT, *removed)
    spec.when(way.RECOMMEND, rules=two, **OFFICER).refused(TooFewEvaluators, evaluators=1)
    assert spec.when(way.RECOMMEND, **OFFICER).events()


def test_another_evaluator_takes_the_place_of_whoever_was_removed() -> None:
    emma: dict[str, Any] = {"by": "emma", "roles": ["evaluator"]}
    replaced = after(after(SCORED, appoints(), **HEAD), removes(), **HEAD)
    given(ABSENT, *replaced).when(way.RECOMMEND, **OFFICER).refused(ScoresMissing)
    again = way.scored(
        after(replaced, way.DECLARE, **emma),
        *[
            (emma, bid, criterion, points)
            for bid, criterion, points in (
                ("A", "Price", 90),
                ("A", "Quality", 60),
                ("B", "Price", 50),
                ("B", "Quality", 90),
            )
        ],
    )
    given(ABSENT, *again).when(way.RECOMMEND, **OFFICER).leads_to(stage=Stage.AWARD_APPROVAL)
