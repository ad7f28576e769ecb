"""Tiers on which members of the council stand: what waits for one waits on a member, not on an officer."""

from typing import Any

import pytest

from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.awards import RecommendAward
from rfp_service.rfps.commands.call_ins import UpholdCallIn
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.unreachable_tiers import PassTierUp
from rfp_service.rfps.commands.waivers import GrantWaiver
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Party, Stage
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_APPROVAL, IN_BUSINESS_CASE
from tests.rfps.way import CLOCK, DIRECTOR, HEAD, OFFICER, SCRUTINY, History, after
from tests.support.moves import taken_over_in
from tests.support.specs import NOW, RULES, TIERS, given

HEAD_TIER, DIRECTOR_TIER = TIERS
POST: dict[str, Any] = {"tiers": (HEAD_TIER, DIRECTOR_TIER.model_copy(update={"elected_post": True}))}
BOTH: dict[str, Any] = {"tiers": tuple(tier.model_copy(update={"elected_post": True}) for tier in TIERS)}
REQUEST = RequestApproval(budget_code="IT-1", options_considered="Buy or not.", conflicts="None")


def dear(pence: int) -> History:
    """Return the RFP with a business case of a value."""
    worth = IN_BUSINESS_CASE[1].model_copy(
        update={"estimate_pence": pence, "estimate_with_vat_pence": pence, "stage": Stage.BUSINESS_CASE}
    )
    return (*IN_BUSINESS_CASE, worth)


def party(history: History) -> Party:
    return history[-1].waiting_on


def test_it_waits_on_a_member_once_it_is_the_elected_post_s_turn() -> None:
    asked = after(dear(2_500_001), REQUEST, **POST)
    assert party(asked) is Party.APPROVER
    climbed = after(asked, way.APPROVE, **HEAD, **POST)
    assert party(climbed) is Party.MEMBER
    given(ABSENT, *climbed).when(way.APPROVE, **DIRECTOR, **POST).leads_to(
        stage=Stage.READY_TO_ISSUE, waiting_on=Party.PROCUREMENT
    )


def test_of_which_tiers_members_decide_is_what_the_scheme_said_when_they_were_asked() -> None:
    asked = after(dear(2_500_001), REQUEST)
    assert party(after(asked, way.APPROVE, **HEAD, **POST)) is Party.APPROVER
    by_members = after(dear(2_500_001), REQUEST, **BOTH)
    assert [party(by_members), party(after(by_members, way.APPROVE, **HEAD))] == [Party.MEMBER] * 2


def test_a_hold_is_charged_to_whom_it_names_and_a_member_is_waited_on_again_after_it() -> None:
    held = after(
        after(dear(2_500_000), REQUEST, **BOTH),
        StartHold(waiting_on=Party.FINANCE, reason="Check."),
        **OFFICER,
    )
    assert party(held) is Party.FINANCE
    assert party(after(held, EndHold(), **OFFICER)) is Party.MEMBER


def test_waivers_awards_and_key_decisions_wait_on_members_too() -> None:
    waiver = after(IN_BUSINESS_CASE, way.WAIVER, **BOTH)
    assert (waiver[-1].stage, party(waiver)) == (Stage.WAIVER, Party.MEMBER)
    waived = after(waiver, GrantWaiver(reason="Granted."), **HEAD, **BOTH)
    assert (waived[-1].stage, party(waived)) == (Stage.APPROVAL, Party.MEMBER)
    award = after(way.SCORED, way.RECOMMEND, **OFFICER, **BOTH)
    assert (award[-1].stage, party(award)) == (Stage.AWARD_APPROVAL, Party.MEMBER)
    dearer = RecommendAward(**way.RECOMMEND.model_dump() | {"value_pence": 2_500_001})
    climbs = after(after(way.SCORED, dearer, **OFFICER, **POST), way.APPROVE_AWARD, **HEAD, **POST)
    assert (climbs[-1].stage, party(climbs)) == (Stage.AWARD_APPROVAL, Party.MEMBER)


def test_a_key_decision_waits_on_its_member_only_once_it_can_be_taken() -> None:
    announced = after(dear(20_000_001), way.FORWARD_PLAN, **OFFICER)
    asked = after(announced, REQUEST, **POST)
    approved = after(after(asked, way.APPROVE, **HEAD, **POST), way.APPROVE, **DIRECTOR, **POST)
    assert (approved[-1].stage, party(approved)) == (Stage.KEY_DECISION, Party.MEMBER)
    unannounced = after(dear(20_000_001), REQUEST, **POST)
    waits = after(after(unannounced, way.APPROVE, **HEAD, **POST), way.APPROVE, **DIRECTOR, **POST)
    assert party(waits) is Party.PROCUREMENT
    called_in = after(
        after(after(approved, way.TAKE, **DIRECTOR), way.PUBLISH, **OFFICER),
        way.CallIn(reason="Dear."),
        **SCRUTINY,
    )
    upheld = after(called_in, UpholdCallIn(reason="Think again."), **SCRUTINY)
    assert (upheld[-1].stage, party(upheld)) == (Stage.KEY_DECISION, Party.MEMBER)


def test_what_is_passed_up_from_officers_waits_on_the_member_above() -> None:
    rules = RULES.model_copy(update={"unreachable_after_working_days": 3})
    nobody = {"rules": rules, "step": 7, "can_act": False, "has_last_resort": False}
    passed = after(IN_APPROVAL, PassTierUp(number=7, due_at=NOW), **CLOCK, **POST, **nobody)
    assert party(passed) is Party.MEMBER
    back = after(after(dear(2_500_001), REQUEST, **BOTH), PassTierUp(number=7, due_at=NOW), **CLOCK, **nobody)
    assert party(back) is Party.APPROVER


@pytest.mark.parametrize("stage", [Stage.APPROVAL, Stage.AWARD_APPROVAL, Stage.AWARD_NOTICE])
def test_what_is_taken_over_waits_on_the_member_who_approves_or_confirms_it(stage: Stage) -> None:
    row = taken_over_in(stage, Route.QUOTATIONS, NOW)
    *_, taken = given(ABSENT).when(row, **OFFICER, **BOTH).events()
    assert (taken.stage, taken.waiting_on) == (stage, Party.MEMBER)  # type: ignore[attr-defined]
