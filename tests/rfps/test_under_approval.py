"""Under approval: value, scope and route change with a reason only, and what was granted no longer counts."""

from typing import Any

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.procurement import ReturnForRework
from rfp_service.rfps.commands.waivers import GrantWaiver, RefuseWaiver
from rfp_service.rfps.domain.approval import Approval, Waiver
from rfp_service.rfps.domain.approval_events import ApprovalSuperseded
from rfp_service.rfps.domain.events import RfpAmended
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import (
    NothingToWaive,
    NotTheLead,
    NotYourRfp,
    OutToMarket,
    OwnRfp,
    ReasonNeeded,
    VatMissing,
    WaiverNeeded,
    WrongStage,
)
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.scheme.tiers import AboveEveryTier, NotYourTier
from tests.rfps import way
from tests.rfps.examples import (
    ABSENT,
    COMPLETED,
    HEAD_GRANTED,
    IN_APPROVAL,
    IN_BUSINESS_CASE,
    IN_TWO_TIER_APPROVAL,
)
from tests.support.specs import KEY_DECISION_PENCE, RULES, given

MORE = AmendRfp(estimate_pence=9_000_000, estimate_with_vat_pence=10_800_000, reason="Forty more.")
REQUEST = RequestApproval(budget_code="IT-1", options_considered="Buy or not.", conflicts="None")


def test_an_amendment_under_approval_supersedes_it() -> None:
    given(ABSENT, *IN_TWO_TIER_APPROVAL, HEAD_GRANTED).when(MORE).then(
        RfpAmended(
            stage=Stage.BUSINESS_CASE,
            waiting_on=Party.REQUESTER,
            reason="Forty more.",
            estimate_pence=9_000_000,
            estimate_with_vat_pence=10_800_000,
        ),
        ApprovalSuperseded(
            stage=Stage.BUSINESS_CASE,
            waiting_on=Party.REQUESTER,
            tiers=("head", "director"),
            granted=1,
            reason="Forty more.",
        ),
    )


@pytest.mark.parametrize(
    "history", [way.IN_WAIVER, IN_APPROVAL, way.KEY_DECISION, way.PUBLISHED, way.CALLED_IN, way.READY]
)
def test_everything_until_issue_is_frozen_and_tiered_anew_when_it_changes(history: way.History) -> None:
    given(ABSENT, *history).when(MORE).leads_to(stage=Stage.BUSINESS_CASE, approval=Approval())
    amended = way.after(history, MORE)
    [asked] = given(ABSENT, *amended).when(REQUEST).events()
    assert asked.tiers == ("head", "director")  # type: ignore[attr-defined]


def test_it_takes_a_reason_and_the_requester_or_the_lead() -> None:
    silent = MORE.model_copy(update={"reason": None})
    given(ABSENT, *IN_APPROVAL).when(silent).refused(ReasonNeeded)
    given(ABSENT, *IN_APPROVAL).when(MORE, **way.OFFICER).leads_to(stage=Stage.BUSINESS_CASE)
    given(ABSENT, *IN_APPROVAL).when(MORE, by="paul").refused(NotYourRfp, lead="priya")
    given(ABSENT, *IN_APPROVAL).when(MORE.model_copy(update={"estimate_with_vat_pence": 1})).refused(
        VatMissing
    )


def test_a_waiver_is_void_once_another_route_is_chosen() -> None:
    waived = way.after(way.IN_WAIVER, GrantWaiver(reason="Alone."), **way.HEAD)
    back = ReturnForRework(reason_code=ReworkReason.OPTIONS_MISSING, reason="Is there no other?")
    waived = way.after(waived, back, **way.HEAD)
    market = AmendRfp(route=Route.OPEN_TENDER, reason="There is a second one.")
    given(ABSENT, *waived).when(market, **way.OFFICER).leads_to(waiver=Waiver())
    anew = way.after(waived, market, **way.OFFICER)
    [asked] = given(ABSENT, *anew).when(REQUEST).events()
    estimate = given(ABSENT, *anew).state.need.estimate_pence  # type: ignore[attr-defined]
    assert asked.value_pence == estimate  # type: ignore[attr-defined]


def test_the_route_is_the_leads_to_change() -> None:
    other = AmendRfp(route=Route.IN_HOUSE, reason="We can do it.")
    given(ABSENT, *IN_APPROVAL).when(other, **way.OFFICER).leads_to(
        stage=Stage.BUSINESS_CASE, route=Route.IN_HOUSE
    )
    given(ABSENT, *IN_APPROVAL).when(other).refused(NotTheLead, lead="priya")
    given(ABSENT, *IN_BUSINESS_CASE).when(other).refused(NotTheLead)


def test_once_the_market_is_asked_nothing_is_amended() -> None:
    for history in (way.OPEN, way.SCORED, way.RECOMMENDED, way.CONTRACTING):
        given(ABSENT, *history).when(MORE).refused(WrongStage)
    dear = way.RECOMMEND.model_copy(update={"value_pence": 20_000_001})
    award = way.after(way.SCORED, dear, **way.OFFICER)
    for who in (way.HEAD, way.DIRECTOR):
        award = way.after(award, way.APPROVE_AWARD, **who)
    given(ABSENT, *award).when(MORE).refused(OutToMarket, stage=Stage.KEY_DECISION)


def test_tiers_that_do_not_add_up_ask_the_one_that_may() -> None:
    alone = RULES.model_copy(update={"tiers_cumulative": False})
    amended = way.after(IN_APPROVAL, MORE)
    [asked] = given(ABSENT, *amended).when(REQUEST, rules=alone).events()
    assert asked.tiers == ("director",)  # type: ignore[attr-defined]


def test_a_waiver_leads_to_a_direct_award_that_is_approved_all_the_same() -> None:
    given(ABSENT, *way.IN_WAIVER).when(GrantWaiver(reason="Alone."), **way.HEAD).leads_to(
        route=Route.DIRECT_AWARD, approval=Approval(2_000_000, ("head",)), deciders=("hana",)
    )


@pytest.mark.parametrize("by", ["ann", "priya"])
def test_neither_requester_nor_lead_decides_on_their_waiver(by: str) -> None:
    for command in (GrantWaiver(reason="Yes."), RefuseWaiver(reason="No.")):
        given(ABSENT, *way.IN_WAIVER).when(command, by=by, own_tiers=["head"]).refused(OwnRfp)


def test_a_waiver_is_of_competition_and_asked_for_by_the_requester() -> None:
    for route in (Route.IN_HOUSE, Route.DIRECT_CALL_OFF):
        given(ABSENT, *way.on_route(route)).when(way.WAIVER).refused(NothingToWaive)
    given(ABSENT, *IN_BUSINESS_CASE).when(way.WAIVER, by="priya").refused(NotYourRfp)


def test_a_direct_award_can_not_be_approved_without_a_waiver() -> None:
    direct = way.on_route(Route.DIRECT_AWARD)
    given(ABSENT, *direct).when(REQUEST).refused(WaiverNeeded)
    given(ABSENT, *direct).when(way.WAIVER).leads_to(stage=Stage.WAIVER)


def test_a_waiver_above_every_tier_is_not_asked_for() -> None:
    dear = way.WAIVER.model_copy(update={"value_pence": 25_000_001})
    given(ABSENT, *IN_BUSINESS_CASE).when(dear).refused(AboveEveryTier)


@pytest.mark.parametrize(
    ("waived", "estimate", "tier"),
    [
        (2_500_000, 2_500_000, "head"),
        (2_500_001, 2_500_000, "director"),
        (1, 2_500_001, "director"),
        (2_499_999, 1, "head"),
    ],
)
def test_a_waiver_is_granted_by_the_tier_of_its_value_or_of_the_estimate_if_that_is_larger(
    waived: int, estimate: int, tier: str
) -> None:
    worth = COMPLETED.model_copy(update={"estimate_pence": estimate, "estimate_with_vat_pence": estimate})
    history = (*IN_BUSINESS_CASE[:1], worth, *IN_BUSINESS_CASE[2:])
    asked = way.after(history, way.WAIVER.model_copy(update={"value_pence": waived}))
    spec, grant = given(ABSENT, *asked), GrantWaiver(reason="Alone.")
    other, right = (way.DIRECTOR, way.HEAD) if tier == "head" else (way.HEAD, way.DIRECTOR)
    spec.when(grant, **other).refused(NotYourTier, waiting_for=tier)
    spec.when(grant, **right).leads_to(stage=Stage.APPROVAL)
    [granted] = spec.when(grant, **right).events()
    assert granted.tiers[-1] == tier  # type: ignore[attr-defined]


def test_a_waiver_asked_for_before_it_had_a_tier_is_any_approvers() -> None:
    old = way.IN_WAIVER[-1].model_copy(update={"tier": "", "larger_pence": 0})
    given(ABSENT, *IN_BUSINESS_CASE, old).when(GrantWaiver(reason="Yes."), by="dora").leads_to(
        stage=Stage.APPROVAL
    )


def test_below_its_estimate_a_waiver_is_a_key_decision_by_what_it_costs_and_the_award_by_its_own() -> None:
    dear = KEY_DECISION_PENCE + 1
    worth = COMPLETED.model_copy(update={"estimate_pence": dear, "estimate_with_vat_pence": dear})
    history = way.after((*IN_BUSINESS_CASE[:1], worth, *IN_BUSINESS_CASE[2:]), way.WAIVER)
    history = way.after(history, GrantWaiver(reason="A bridge."), **way.DIRECTOR)
    for who in (way.HEAD, way.DIRECTOR):
        history = way.after(history, way.APPROVE, **who)
    assert _stage(history) is Stage.AWARD_APPROVAL
    history = way.after(history, way.PublishTransparencyNotice(reference="UK5-1"), **way.OFFICER)
    more = way.RecommendAward(supplier="Fictional Systems Ltd", value_pence=dear, reason="All of it.")
    history = way.after(history, more, **way.OFFICER)
    for who in (way.HEAD, way.DIRECTOR):
        history = way.after(history, way.APPROVE_AWARD, **who)
    assert _stage(history) is Stage.KEY_DECISION


def _stage(history: way.History) -> Stage:
    rfp: Any = given(ABSENT, *history).state
    stage: Stage = rfp.stage
    return stage
