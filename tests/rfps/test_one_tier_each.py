"""In each round of an approval, one person grants one tier: two tiers are two people."""

from typing import Any

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Refuse
from rfp_service.rfps.commands.awards import ApproveAward
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme.tiers import OneTierEach
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_TWO_TIER_APPROVAL, TWO_TIERS
from tests.rfps.way import APPROVE, DIRECTOR, OFFICER, after
from tests.support.specs import given

BOTH: dict[str, Any] = {"by": "bob", "roles": ["approver"], "own_tiers": ["head", "director"]}
BOB2: dict[str, Any] = {**BOTH, "by": "bob2", "same": [("bob", "bob2")]}
HEAD_BY_BOB = after(IN_TWO_TIER_APPROVAL, APPROVE, **BOTH)


@pytest.mark.parametrize("who", [BOTH, BOB2])
def test_whoever_granted_a_tier_grants_no_other_one_by_whatever_account(who: dict[str, Any]) -> None:
    spec = given(ABSENT, *HEAD_BY_BOB)
    spec.when(APPROVE, **who).refused(OneTierEach, person="bob", waiting_for="director")
    spec.when(APPROVE, **DIRECTOR).leads_to(stage=Stage.READY_TO_ISSUE)


def test_nor_by_standing_in_nor_by_whoever_stood_in_for_them() -> None:
    delegated: list[Any] = [
        {
            "delegator": who,
            "delegate": to,
            "limit_pence": 25_000_000,
            "tiers": ["head", "director"],
            "first_day": "2026-01-01",
            "last_day": "2026-12-31",
        }
        for who, to in (("derek", "bob"), ("bob", "dora"))
    ]
    stands_in = APPROVE.model_copy(update={"acting_for": "derek"})
    given(ABSENT, *HEAD_BY_BOB).when(
        stands_in, by="bob", acting_for="derek", roles=["approver"], delegations=delegated
    ).refused(OneTierEach, person="bob")
    for_bob = APPROVE.model_copy(update={"acting_for": "bob"})
    dora: dict[str, Any] = {"by": "dora", "acting_for": "bob", "roles": ["approver"]}
    given(ABSENT, *HEAD_BY_BOB).when(for_bob, delegations=delegated, **dora).refused(OneTierEach)
    by_dora = after(IN_TWO_TIER_APPROVAL, for_bob, delegations=delegated, **dora)
    for who in (BOTH, {**BOTH, "by": "dora"}):
        given(ABSENT, *by_dora).when(APPROVE, **who).refused(OneTierEach)


def test_they_may_still_say_no() -> None:
    given(ABSENT, *HEAD_BY_BOB).when(Refuse(reason="After all, no."), **BOTH).leads_to(stage=Stage.REJECTED)


def test_another_round_is_another_matter() -> None:
    again = after(HEAD_BY_BOB, AmendRfp(description="More.", reason="A second office."))
    given(ABSENT, *again, TWO_TIERS).when(APPROVE, **BOTH).leads_to(stage=Stage.APPROVAL)


def test_an_award_climbs_by_as_many_people_as_tiers() -> None:
    dearer = way.RECOMMEND.model_copy(update={"value_pence": 9_000_000})
    put_forward = after(way.SCORED, dearer, **OFFICER)
    approve = ApproveAward(reason="As evaluated.")
    by_bob = after(put_forward, approve, **BOTH)
    given(ABSENT, *by_bob).when(approve, **BOTH).refused(OneTierEach, waiting_for="director")
    given(ABSENT, *by_bob).when(approve, **DIRECTOR).leads_to(stage=Stage.AWARD_NOTICE)
