"""Four eyes over the scheme: one person proposes it, another who gains nothing by it confirms it."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.governance.scheme.commands import AdoptScheme, ConfirmScheme, WithdrawScheme
from shared.governance.scheme.domain import LAST_RESORT, Scheme, SchemeAdopted, SchemeValues
from shared.governance.scheme.parts import ApprovalTier
from shared.governance.scheme.proposals import SchemeConfirmed, SchemeProposalWithdrawn, SchemeProposed
from shared.kernel.four_eyes import FACT, NotProposed, ProposedByYou, YouGain
from tests.support.specs import NOW, SCHEME, given

WHY = "The cabinet decided so."
TODAY = NOW.date()
LIMITS = {"head": 2_500_000, "director": 25_000_000}
FOUR: dict[str, Any] = {FACT: "four"}
ADA: dict[str, Any] = {"by": "ada", "roles": ["administrator"], **FOUR}
LARS: dict[str, Any] = {"by": "lars", "roles": ["legal"], **FOUR}
CONFIRM = ConfirmScheme(proposal=1)


def values(begins: date = TODAY, limits: dict[str, int] = LIMITS, **standing: list[str]) -> SchemeValues:
    tiers = [
        ApprovalTier(name=name, up_to_pence=limit, approvers=standing.get(name, [name]))
        for name, limit in limits.items()
    ]
    return SCHEME.model_copy(update={"effective_from": begins, "tiers": tiers})


def adopting(*args: Any, **standing: Any) -> AdoptScheme:
    return AdoptScheme(values=values(*args, **standing), reason=WHY)


def proposed(command: AdoptScheme, by: str = "ada", on: date = TODAY) -> SchemeProposed:
    return SchemeProposed(values=command.values, reason=WHY, proposed_by=by, proposed_on=on)


IN_FORCE = SchemeAdopted(values=values(date(2020, 1, 1)), reason=WHY)


def scheme(*events: Any) -> Scheme:
    state: Scheme = given(Scheme(), *events).state
    return state


def test_a_scheme_is_proposed_and_nothing_goes_by_it_yet() -> None:
    adopt = adopting(head=["ada"])
    given(Scheme(), IN_FORCE).when(adopt, **ADA).then(proposed(adopt))
    waiting = scheme(IN_FORCE, proposed(adopt))
    assert waiting.in_force(TODAY).number == 1
    assert [each.number for each in waiting.proposals] == [1]


def test_another_who_gains_nothing_confirms_it() -> None:
    spec = given(Scheme(), IN_FORCE, proposed(adopting(head=["ada"])))
    spec.when(CONFIRM, **LARS).then(
        SchemeConfirmed(proposal=1, effective_from=TODAY, proposed_by="ada", confirmed_by="lars")
    )
    [confirmed] = spec.when(CONFIRM, **LARS).events()
    after = scheme(IN_FORCE, proposed(adopting(head=["ada"])), confirmed)
    assert after.in_force(TODAY).number == 2
    assert after.standing_on("head", TODAY) == ["ada"]
    assert after.proposals == ()


def test_nobody_confirms_what_they_proposed_themselves_by_whatever_account() -> None:
    spec = given(Scheme(), IN_FORCE, proposed(adopting(head=["zoe"])))
    spec.when(CONFIRM, **ADA).refused(ProposedByYou)
    spec.when(CONFIRM, **{**ADA, "by": "ada2"}, same=[("ada", "ada2")]).refused(ProposedByYou)
    spec.when(CONFIRM, **{**LARS, "acting_for": "ada"}).refused(ProposedByYou)


@pytest.mark.parametrize(
    "gives",
    [
        adopting(head=["lars"]),
        adopting(head=["head", "lars"]),
        adopting(TODAY, {"head": 1, "director": 2}, director=["lars"]),
    ],
)
def test_nobody_confirms_what_they_gain_by(gives: AdoptScheme) -> None:
    spec = given(Scheme(), IN_FORCE, proposed(gives))
    spec.when(CONFIRM, **LARS).refused(YouGain, person="lars")
    spec.when(CONFIRM, **{**LARS, "by": "lars2"}, same=[("lars", "lars2")]).refused(YouGain)
    assert spec.when(CONFIRM, **{**LARS, "by": "lena"}).events()


def test_whoever_keeps_or_loses_a_tier_gains_nothing() -> None:
    on_a_tier = {**LARS, "by": "head"}
    raised = adopting(TODAY, {**LIMITS, "head": 2_500_001})
    lowered = adopting(TODAY, {**LIMITS, "head": 2_499_999})
    given(Scheme(), IN_FORCE, proposed(raised)).when(CONFIRM, **on_a_tier).refused(YouGain)
    for unchanged in (lowered, adopting(), adopting(head=["zoe"])):
        assert given(Scheme(), IN_FORCE, proposed(unchanged)).when(CONFIRM, **on_a_tier).events()


def test_of_the_first_scheme_everybody_on_a_tier_gains() -> None:
    spec = given(Scheme(), proposed(adopting()))
    spec.when(CONFIRM, **{**LARS, "by": "director"}).refused(YouGain)
    assert spec.when(CONFIRM, **LARS).events()


@pytest.mark.parametrize(
    ("before", "begins", "days", "then"),
    [
        ((IN_FORCE,), TODAY + timedelta(2), 0, TODAY + timedelta(2)),
        ((IN_FORCE,), TODAY + timedelta(2), 2, TODAY + timedelta(2)),
        ((IN_FORCE,), TODAY + timedelta(2), 3, TODAY + timedelta(3)),
        ((), TODAY, 3, TODAY + timedelta(3)),
        ((), date(2020, 1, 1), 3, date(2020, 1, 1)),  # the first may reach into the past
    ],
)
def test_a_day_that_passed_unconfirmed_moves_to_the_day_of_the_confirmation(
    before: tuple[Any, ...], begins: date, days: int, then: date
) -> None:
    confirming = given(Scheme(), *before, proposed(adopting(begins))).when(
        CONFIRM, at=NOW + timedelta(days=days), **LARS
    )
    [event] = confirming.events()
    assert isinstance(event, SchemeConfirmed)
    assert event.effective_from == then
    assert event.apply(confirming.state).versions[-1].values.effective_from == then


def test_a_first_scheme_of_the_past_is_none_once_another_is_adopted() -> None:
    early = proposed(adopting(date(2020, 1, 1)))
    [event] = given(Scheme(), early, IN_FORCE).when(CONFIRM, **LARS).events()
    assert event.effective_from == TODAY  # type: ignore[attr-defined]  # of a confirmation


def test_a_proposal_is_taken_back_at_once_also_by_whoever_made_it() -> None:
    withdraw = WithdrawScheme(proposal=1, reason=WHY)
    spec = given(Scheme(), IN_FORCE, proposed(adopting()))
    for who in (ADA, LARS):
        spec.when(withdraw, **who).then(SchemeProposalWithdrawn(proposal=1, reason=WHY))
    gone = given(Scheme(), IN_FORCE, proposed(adopting()), SchemeProposalWithdrawn(proposal=1, reason=WHY))
    for command in (withdraw, CONFIRM):
        gone.when(command, **LARS).refused(NotProposed, waiting=[])


def test_proposals_keep_their_numbers_and_are_confirmed_once() -> None:
    two = (proposed(adopting()), proposed(adopting(head=["zoe"]), by="amy"))
    [event] = given(Scheme(), *two).when(ConfirmScheme(proposal=2), **LARS).events()
    left = given(Scheme(), *two, event)
    assert [each.number for each in left.state.proposals] == [1]  # type: ignore[attr-defined]  # a scheme
    left.when(ConfirmScheme(proposal=2), **LARS).refused(NotProposed, waiting=[1])
    third = given(Scheme(), *two, event, proposed(adopting()))
    assert [each.number for each in third.state.proposals] == [1, 3]  # type: ignore[attr-defined]  # the same


def test_a_single_administrators_scheme_takes_effect_and_says_that_it_is_unconfirmed() -> None:
    adopt = adopting()
    given(Scheme()).when(adopt, by="ada", **{FACT: "two"}).then(
        SchemeAdopted(values=adopt.values, reason=WHY, unconfirmed=True)
    )


def test_decisions_from_before_are_taken_again_as_they_were() -> None:
    adopt = adopting()
    given(Scheme()).when(adopt, by="ada").then(SchemeAdopted(values=adopt.values, reason=WHY))


def test_whoever_becomes_the_last_resort_gains_by_it() -> None:
    adopt = AdoptScheme(values=values().model_copy(update={"last_resort": ["lars"]}), reason=WHY)
    waiting = given(Scheme(), IN_FORCE, proposed(adopt))
    waiting.when(CONFIRM, **LARS).refused(YouGain)
    assert scheme(IN_FORCE).gaining(adopt.values, TODAY) == ["lars"]
    assert adopt.values.tiers_of("lars")[-1] == LAST_RESORT
