"""What a decision saves a year: claimed by one person, confirmed by another."""

from datetime import date
from typing import Any

import pytest

from rfp_service.contracts.commands.reviews import ApproveRenewal
from rfp_service.contracts.commands.savings import ClaimSaving, ConfirmSaving
from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.domain.refusals import (
    NoSavingClaimed,
    NoSuchDecision,
    OwnSaving,
    SavingConfirmedAlready,
    WrongContractStage,
    YearlyValueUnknown,
)
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import RenewalDecisionApproved
from rfp_service.contracts.domain.saving_events import SavingClaimed, SavingConfirmed
from rfp_service.contracts.domain.savings import SavingStanding, YearlyChange
from tests.contracts.examples import APPROVED, NONE, REGISTERED, REVIEWED, happened, recommended, register
from tests.support.specs import given

EXTEND = recommended(RenewalOutcome.EXTEND, "head", "director")
DECIDED_ON = date(2026, 3, 2)
UNDATED = APPROVED.model_copy(update={"decided_on": None, "yearly_pence": None})
BEFORE = (*REGISTERED, REVIEWED, recommended(RenewalOutcome.EXTEND), APPROVED)
CLAIM = ClaimSaving(number=1, yearly_after_pence=1_100_000, reason="Their offer.")
CLAIMED = happened(CLAIM, *BEFORE, by="cora")
CONFIRM = ConfirmSaving(
    number=1, yearly_before_pence=1_150_000, yearly_after_pence=1_100_000, reason="The ledger."
)
CONFIRMED = happened(CONFIRM, *CLAIMED, by="fay")


def test_the_last_tier_decides_on_a_day_of_a_yearly_value_and_no_earlier_one() -> None:
    approve, waiting = ApproveRenewal(reason="Yes."), (*REGISTERED, REVIEWED, EXTEND)
    first = given(NONE, *waiting).when(approve, by="hana", own_tiers=("head",)).events()[0]
    assert isinstance(first, RenewalDecisionApproved)
    assert (first.decided_on, first.yearly_pence) == (None, None)
    last = given(NONE, *waiting, first).when(approve, by="dev", own_tiers=("director",)).events()[0]
    assert isinstance(last, RenewalDecisionApproved)
    assert (last.decided_on, last.yearly_pence) == (DECIDED_ON, 1_200_000)


def test_a_saving_is_claimed_from_what_the_register_knew_and_claimed_anew_until_it_is_confirmed() -> None:
    claimed = CLAIMED[-1]
    assert isinstance(claimed, SavingClaimed)
    assert (claimed.yearly_before_pence, claimed.decided_on) == (1_200_000, DECIDED_ON)
    again = ClaimSaving(number=1, yearly_before_pence=1_300_000, yearly_after_pence=1, reason="New.")
    [second] = given(NONE, *CLAIMED).when(again, by="carl").events()
    [saving] = second.apply(claimed.apply(state(*BEFORE))).savings
    assert saving.claimed == YearlyChange(1_300_000, 1, "carl", DECIDED_ON, "New.")
    given(NONE, *CONFIRMED).when(again, by="carl").refused(SavingConfirmedAlready)


def test_another_person_confirms_it_with_the_values_that_they_found() -> None:
    confirmed = CONFIRMED[-1]
    assert isinstance(confirmed, SavingConfirmed)
    [saving] = state(*CONFIRMED).savings
    assert saving.standing is SavingStanding.CONFIRMED
    assert saving.claimed == YearlyChange(1_200_000, 1_100_000, "cora", DECIDED_ON, "Their offer.")
    assert saving.confirmed == YearlyChange(1_150_000, 1_100_000, "fay", DECIDED_ON, "The ledger.")
    assert state(*CONFIRMED).stage is ContractStage.APPROVED


@pytest.mark.parametrize("same", [(), (("cora", "cora2"),)])
def test_nobody_confirms_their_own_claim_by_whatever_account(same: tuple[tuple[str, ...], ...]) -> None:
    by = "cora2" if same else "cora"
    given(NONE, *CLAIMED).when(CONFIRM, by=by, same=same).refused(OwnSaving)


def test_only_what_was_claimed_is_confirmed_and_once() -> None:
    given(NONE, *BEFORE).when(CONFIRM, by="fay").refused(NoSavingClaimed)
    given(NONE, *CONFIRMED).when(CONFIRM, by="gus").refused(SavingConfirmedAlready)


def test_a_saving_is_of_an_approved_decision_whose_day_is_known() -> None:
    given(NONE).when(CLAIM).refused(WrongContractStage)
    given(NONE, *REGISTERED).when(CLAIM).refused(NoSuchDecision)
    undated = (*REGISTERED, REVIEWED, recommended(RenewalOutcome.EXTEND), UNDATED)
    given(NONE, *undated).when(CLAIM).refused(NoSuchDecision)
    other = CLAIM.model_copy(update={"number": 2})
    given(NONE, *BEFORE).when(other).refused(NoSuchDecision)


def test_a_value_that_the_register_does_not_know_must_be_said() -> None:
    unknown = APPROVED.model_copy(update={"yearly_pence": None})
    before = (*happened(register(value_pence=0)), REVIEWED, recommended(RenewalOutcome.EXTEND), unknown)
    given(NONE, *before).when(CLAIM).refused(YearlyValueUnknown)
    said = CLAIM.model_copy(update={"yearly_before_pence": 0})
    [claimed] = given(NONE, *before).when(said).events()
    assert claimed.yearly_before_pence == 0  # type: ignore[attr-defined]


def test_a_second_decision_has_its_own_number() -> None:
    twice = (*CONFIRMED, REVIEWED, recommended(RenewalOutcome.LET_LAPSE), APPROVED)
    numbers = [(saving.number, saving.outcome) for saving in state(*twice).savings]
    assert numbers == [(1, RenewalOutcome.EXTEND), (2, RenewalOutcome.LET_LAPSE)]
    second = CLAIM.model_copy(update={"number": 2})
    [claimed] = given(NONE, *twice).when(second).events()
    assert claimed.number == 2  # type: ignore[attr-defined]


def state(*events: Any) -> Any:
    contract = NONE
    for event in events:
        contract = event.apply(contract)
    return contract
