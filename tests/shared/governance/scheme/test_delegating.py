"""Delegations: of what one has, to somebody else, from today on, and taken back at once.

What an administrator gives for somebody else waits for a second person who gains nothing by it.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.governance.delegations.commands import ConfirmDelegation, EndDelegation, GiveDelegation
from shared.governance.delegations.domain import (
    DelegatedForThePast,
    DelegatedToThemselves,
    Delegation,
    DelegationConfirmed,
    DelegationEnded,
    DelegationGiven,
    DelegationOver,
    DelegationProposed,
    MoreThanTheirs,
    NothingToDelegate,
    NotToAnOfficer,
    NotYoursToDelegate,
)
from shared.kernel.four_eyes import FACT, NotProposed, ProposedByYou, YouGain
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


POSTS: dict[str, Any] = {"elected_posts": {"head": ["hana", "conor", "olga"]}}  # Olga is an officer


@pytest.mark.parametrize("delegate", ["conor", "olga", "olga2"])
def test_a_member_delegates_to_another_or_to_an_officer_whom_the_scheme_names(delegate: str) -> None:
    giving = given(Delegation()).when(changed(delegate=delegate), **HANA, **POSTS, same=[("olga", "olga2")])
    giving.leads_to(delegate=delegate)


def test_a_member_delegates_to_no_other_officer_also_where_an_administrator_asks() -> None:
    given(Delegation()).when(GIVE, **HANA, **POSTS).refused(NotToAnOfficer, elected_posts=["head"])
    for_hana = changed(delegator="hana")
    given(Delegation()).when(for_hana, delegator_tiers=["head"], **ADA, **POSTS).refused(NotToAnOfficer)


def test_who_is_both_delegates_to_officers_what_they_decide_as_an_officer() -> None:
    both = HANA | {"own_tiers": ["head", "director"]}
    posts: dict[str, Any] = {"elected_posts": {"director": ["hana"]}}
    given(Delegation()).when(GIVE, **both, **posts).leads_to(limit_pence=2_500_000)
    given(Delegation()).when(changed(limit_pence=2_500_001), **both, **posts).refused(
        MoreThanTheirs, limit_pence=2_500_000
    )


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


FOUR: dict[str, Any] = {FACT: "four"}
LARS: dict[str, Any] = {"by": "lars", "roles": ["legal"], **FOUR}
FOR_HANA = changed(delegator="hana")
PROPOSED = DelegationProposed(
    **GIVEN.model_dump(exclude={"unconfirmed", "reason"}), reason=GIVEN.reason, proposed_by="ada"
)
CONFIRM = ConfirmDelegation()


def test_what_an_administrator_gives_for_somebody_waits_and_what_is_ones_own_does_not() -> None:
    given(Delegation()).when(FOR_HANA, delegator_tiers=["head"], **ADA, **FOUR).then(PROPOSED)
    given(Delegation()).when(GIVE, **HANA, **FOUR).then(GIVEN)
    given(Delegation()).when(FOR_HANA, **HANA, **FOUR).then(GIVEN)
    assert not PROPOSED.apply(Delegation()).is_live(TODAY)


def test_another_who_gains_nothing_confirms_it() -> None:
    spec = given(Delegation(), PROPOSED)
    spec.when(CONFIRM, **LARS).then(
        DelegationConfirmed(first_day=TODAY, proposed_by="ada", confirmed_by="lars")
    )
    spec.when(CONFIRM, **ADA, **FOUR).refused(ProposedByYou)
    spec.when(CONFIRM, by="ada2", same=[("ada", "ada2")]).refused(ProposedByYou)
    spec.when(CONFIRM, by="dora", roles=["administrator"]).refused(YouGain, person="dora")
    spec.when(CONFIRM, by="dora2", same=[("dora", "dora2")]).refused(YouGain, person="dora")
    given(Delegation(), GIVEN).when(CONFIRM, **LARS).refused(NotProposed)


@pytest.mark.parametrize(("days", "first"), [(0, 0), (3, 3), (29, 29)])
def test_a_first_day_that_passed_unconfirmed_moves_to_the_day_of_the_confirmation(
    days: int, first: int
) -> None:
    confirming = given(Delegation(), PROPOSED).when(CONFIRM, at=NOW + timedelta(days=days), **LARS)
    confirming.leads_to(first_day=TODAY + timedelta(days=first), waiting=False)


def test_one_whose_last_day_passed_or_which_was_taken_back_is_confirmed_no_more() -> None:
    late = given(Delegation(), PROPOSED).when(CONFIRM, at=NOW + timedelta(days=30), **LARS)
    late.refused(DelegationOver)
    for who in (HANA, ADA):  # taken back at once, while it waits
        given(Delegation(), PROPOSED).when(END, **who).then(ENDED)
    given(Delegation(), PROPOSED, ENDED).when(CONFIRM, **LARS).refused(DelegationOver)


def test_a_single_administrators_takes_effect_and_says_that_it_is_unconfirmed() -> None:
    giving = given(Delegation()).when(FOR_HANA, delegator_tiers=["head"], **ADA, **{FACT: "two"})
    giving.then(GIVEN.model_copy(update={"unconfirmed": True}))
