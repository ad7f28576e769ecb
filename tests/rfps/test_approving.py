"""Approval, tier by tier, by people who have no part in what they approve."""

import pytest

from rfp_service.rfps.commands.approvals import Approve, Refuse, RequestApproval
from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRefused
from rfp_service.rfps.domain.events import RfpAmended
from rfp_service.rfps.domain.refusals import Incomplete, NotYourRfp, OwnRfp, WrongStage
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.scheme.tiers import AboveEveryTier, NoScheme, NotYourTier
from shared.kernel.messages import Tier
from tests.rfps.examples import (
    ABSENT,
    ACCEPTED,
    CHECKED,
    DECLINED,
    HEAD_GRANTED,
    IN_APPROVAL,
    IN_BUSINESS_CASE,
    IN_TRIAGE,
    IN_TWO_TIER_APPROVAL,
    ONE_TIER,
    RAISED,
    ROUTED,
    SUBMITTED,
)
from tests.support.specs import given

REQUEST = RequestApproval(budget_code="IT-1", options_considered="Buy or not.", conflicts="None")
APPROVE = Approve(reason="In budget.")
REFUSE = Refuse(reason="Not this year.")


def test_a_small_value_asks_the_lowest_tier() -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(REQUEST).then(ONE_TIER)


@pytest.mark.parametrize(
    ("value", "tiers"), [(0, ("head",)), (2_500_000, ("head",)), (2_500_001, ("head", "director"))]
)
def test_the_limit_of_a_tier_is_the_last_penny_it_decides(value: int, tiers: tuple[str, ...]) -> None:
    worth = RfpAmended(stage=Stage.BUSINESS_CASE, waiting_on=Party.REQUESTER, estimate_pence=value)
    [requested] = given(ABSENT, *IN_BUSINESS_CASE, worth).when(REQUEST).events()
    assert requested.tiers == tiers  # type: ignore[attr-defined]


def test_no_tier_approves_what_is_above_all_of_them() -> None:
    worth = RfpAmended(stage=Stage.BUSINESS_CASE, waiting_on=Party.REQUESTER, estimate_pence=25_000_001)
    given(ABSENT, *IN_BUSINESS_CASE, worth).when(REQUEST).refused(AboveEveryTier, limit_pence=25_000_000)


def test_without_a_scheme_nothing_is_approved() -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(REQUEST, tiers=[]).refused(NoScheme)


def test_approval_is_asked_for_a_value() -> None:
    without = (RAISED, CHECKED, DECLINED, SUBMITTED, ACCEPTED, ROUTED)
    given(ABSENT, *without).when(REQUEST).refused(Incomplete, missing=["estimate_pence"])


def test_only_the_requester_asks_for_approval() -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(REQUEST, by="priya").refused(NotYourRfp)


def test_approval_is_asked_for_a_business_case() -> None:
    given(ABSENT, *IN_TRIAGE).when(REQUEST).refused(WrongStage)


def test_the_last_tier_opens_the_route() -> None:
    given(ABSENT, *IN_APPROVAL).when(APPROVE, by="hana", own_tiers=["head"]).then(
        ApprovalGranted(
            stage=Stage.READY_TO_ISSUE,
            waiting_on=Party.PROCUREMENT,
            tier="head",
            next_tier="",
            reason="In budget.",
            scheme_version=1,
            decided_by="hana",
        )
    )


@pytest.mark.parametrize(
    ("route", "stage"),
    [
        (Route.RESTRICTED_TENDER, Stage.READY_TO_ISSUE),
        (Route.DIRECT_CALL_OFF, Stage.AWARD_APPROVAL),
        (Route.IN_HOUSE, Stage.CONTRACTING),
    ],
)
def test_each_route_opens_its_own_next_stage(route: Route, stage: Stage) -> None:
    routed = ROUTED.model_copy(update={"route": route})
    given(ABSENT, *IN_TRIAGE, routed, ONE_TIER).when(APPROVE, by="hana", own_tiers=["head"]).leads_to(
        stage=stage
    )


def test_a_larger_value_climbs_to_the_next_tier() -> None:
    given(ABSENT, *IN_TWO_TIER_APPROVAL).when(APPROVE, by="hana", own_tiers=["head"]).then(HEAD_GRANTED)
    given(ABSENT, *IN_TWO_TIER_APPROVAL, HEAD_GRANTED).when(
        APPROVE, by="derek", own_tiers=["director"]
    ).leads_to(stage=Stage.READY_TO_ISSUE)


def test_a_higher_tier_waits_its_turn() -> None:
    given(ABSENT, *IN_TWO_TIER_APPROVAL).when(APPROVE, by="derek", own_tiers=["director"]).refused(
        NotYourTier, waiting_for="head", yours=["director"]
    )


def test_nobody_approves_twice_for_one_tier() -> None:
    given(ABSENT, *IN_TWO_TIER_APPROVAL, HEAD_GRANTED).when(APPROVE, by="hana", own_tiers=["head"]).refused(
        NotYourTier, waiting_for="director"
    )


@pytest.mark.parametrize("command", [APPROVE, REFUSE])
@pytest.mark.parametrize(("by", "part"), [("ann", "requester"), ("priya", "lead")])
def test_nobody_decides_on_their_own_rfp(command: Approve | Refuse, by: str, part: str) -> None:
    spec = given(ABSENT, *IN_APPROVAL)
    spec.when(command, by=by, own_tiers=["head"]).refused(OwnRfp, part=part)
    spec.when(command, by="hana", acting_for=by, own_tiers=["head"]).refused(OwnRfp, part=part)


@pytest.mark.parametrize("command", [APPROVE, REFUSE])
def test_a_decision_needs_an_open_approval(command: Approve | Refuse) -> None:
    given(ABSENT, *IN_BUSINESS_CASE).when(command, by="hana", own_tiers=["head"]).refused(
        WrongStage, allowed_in=[Stage.APPROVAL]
    )


def test_a_refusal_ends_the_rfp() -> None:
    given(ABSENT, *IN_APPROVAL).when(REFUSE, by="hana", own_tiers=["head"]).then(
        ApprovalRefused(
            stage=Stage.REJECTED,
            waiting_on=Party.NOBODY,
            tier="head",
            reason="Not this year.",
            scheme_version=1,
        )
    )


def test_only_the_tier_whose_turn_it_is_refuses() -> None:
    given(ABSENT, *IN_APPROVAL).when(REFUSE, by="derek", own_tiers=["director"]).refused(NotYourTier)


def test_what_was_known_is_what_counts() -> None:
    wide = (Tier(name="anybody", up_to_pence=10**12),)
    [requested] = given(ABSENT, *IN_BUSINESS_CASE).when(REQUEST, tiers=wide, scheme_version=9).events()
    assert (requested.tiers, requested.scheme_version) == (("anybody",), 9)  # type: ignore[attr-defined]
