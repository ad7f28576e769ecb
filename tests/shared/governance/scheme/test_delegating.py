"""Delegations: of what one has, to somebody else, from today on, and taken back at once."""

from datetime import date
from typing import Any

import pytest

from shared.governance.delegations.commands import EndDelegation, GiveDelegation
from shared.governance.delegations.domain import (
    DelegatedForThePast,
    DelegatedToThemselves,
    Delegation,
    DelegationEnded,
    DelegationGiven,
    DelegationOver,
    MoreThanTheirs,
    NothingToDelegate,
    NotYoursToDelegate,
)
from shared.kernel.personal import text_about
from tests.support.specs import NOW, given

TODAY = NOW.date()
GIVE = GiveDelegation(
    delegate="dora", limit_pence=2_500_000, first_day=TODAY, last_day=date(2026, 3, 31), reason="Leave."
)
GIVEN = DelegationGiven(
    delegator="hana",
    delegate="dora",
    limit_pence=2_500_000,
    first_day=TODAY,
    last_day=date(2026, 3, 31),
    reason=text_about(["hana", "dora"], "Leave."),
)
HANA: dict[str, Any] = {"by": "hana", "roles": ["approver"], "own_tiers": ["head"]}
ADA: dict[str, Any] = {"by": "ada", "roles": ["administrator"]}
END = EndDelegation(reason="Back.")
ENDED = DelegationEnded(reason=text_about(["hana", "dora"], "Back."))


def changed(**values: Any) -> GiveDelegation:
    return GIVE.model_copy(update=values)


def test_an_approver_delegates_what_is_theirs() -> None:
    given(Delegation()).when(GIVE, **HANA).then(GIVEN)


@pytest.mark.parametrize(("limit", "allowed"), [(2_499_999, True), (2_500_000, True), (2_500_001, False)])
def test_nobody_delegates_a_penny_more_than_they_may_decide(limit: int, *, allowed: bool) -> None:
    giving = given(Delegation()).when(changed(limit_pence=limit), **HANA)
    if allowed:
        giving.leads_to(limit_pence=limit)
    else:
        giving.refused(MoreThanTheirs, limit_pence=2_500_000)


def test_whoever_stands_on_no_tier_has_nothing_to_delegate() -> None:
    given(Delegation()).when(GIVE, by="dora", roles=["approver"]).refused(DelegatedToThemselves)
    given(Delegation()).when(GIVE, by="dave", roles=["approver"]).refused(NothingToDelegate, delegator="dave")


def test_an_administrator_delegates_for_somebody_and_nobody_else_does() -> None:
    for_hana = changed(delegator="hana")
    given(Delegation()).when(for_hana, delegator_tiers=["head"], **ADA).then(GIVEN)
    given(Delegation()).when(for_hana, delegator_tiers=[], **ADA).refused(NothingToDelegate)
    given(Delegation()).when(for_hana, by="derek", roles=["approver"]).refused(NotYoursToDelegate)


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 3, 3), date(2026, 3, 2))]
)
def test_a_delegation_begins_today_at_the_earliest_and_ends_no_sooner(first: date, last: date) -> None:
    given(Delegation()).when(changed(first_day=first, last_day=last), **HANA).refused(DelegatedForThePast)


def test_a_delegation_is_taken_back_once_by_whom_it_is_or_an_administrator() -> None:
    for who in (HANA, ADA):
        given(Delegation(), GIVEN).when(END, **who).then(ENDED)
    given(Delegation(), GIVEN).when(END, by="dora", roles=["approver"]).refused(NotYoursToDelegate)
    given(Delegation(), GIVEN, ENDED).when(END, **HANA).refused(DelegationOver)


def test_its_last_day_counts_and_its_end_is_at_once() -> None:
    delegation = GIVEN.apply(Delegation())
    assert [delegation.is_live(date(2026, 3, day)) for day in (1, 2, 31)] == [False, True, True]
    assert not delegation.is_live(date(2026, 4, 1))
    assert not ENDED.apply(delegation).is_live(TODAY)
