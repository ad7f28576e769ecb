"""In each round of a renewal's approval, one person grants one tier: two tiers are two people."""

from typing import Any

import pytest

from rfp_service.contracts.commands.reviews import ApproveRenewal, RefuseRenewal
from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.domain.renewal import RenewalOutcome
from shared.governance.scheme.tiers import OneTierEach
from tests.contracts.test_renewing import DIRECTOR, HEAD, NONE, OLD, REVIEWED, given, recommended

BEFORE = (*OLD, REVIEWED, recommended(RenewalOutcome.RENEW, HEAD, DIRECTOR))
APPROVE = ApproveRenewal(reason="Yes.")
BOTH: dict[str, Any] = {"by": "bob", "own_tiers": [HEAD, DIRECTOR]}
BOB2: dict[str, Any] = {**BOTH, "by": "bob2", "same": [("bob", "bob2")]}


@pytest.mark.parametrize("who", [BOTH, BOB2])
def test_whoever_granted_a_tier_grants_no_other_one_by_whatever_account(who: dict[str, Any]) -> None:
    first = given(NONE, *BEFORE).when(APPROVE, **BOTH).events()
    spec = given(NONE, *BEFORE, *first)
    spec.when(APPROVE, **who).refused(OneTierEach, person="bob", waiting_for=DIRECTOR)
    assert spec.when(APPROVE, by="dev", own_tiers=[DIRECTOR]).events()
    refuse = RefuseRenewal(reason="After all, no.")
    spec.when(refuse, **who).leads_to(stage=ContractStage.IN_REVIEW)


def test_another_round_is_another_matter() -> None:
    first = given(NONE, *BEFORE).when(APPROVE, **BOTH).events()
    no = given(NONE, *BEFORE, *first).when(RefuseRenewal(reason="No."), **BOTH).events()
    again = (*BEFORE, *first, *no, recommended(RenewalOutcome.RENEW, HEAD, DIRECTOR))
    assert given(NONE, *again).when(APPROVE, **BOTH).events()
