"""A tier of which nobody can act: what counts as nobody, and how its step goes to the next tier."""

from datetime import date
from typing import Any

import pytest

from rfp_service.rfps.commands.unreachable_tiers import PassTierUp, kept_out_of
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.unreachable_events import TierPassedUp
from shared.governance.delegations.reach import can_anybody_act, members_of
from shared.governance.people.domain import Absence, Directory
from shared.governance.scheme.domain import LAST_RESORT
from shared.governance.scheme.tiers import NotYourTier, OverDelegatedLimit
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_APPROVAL, IN_TWO_TIER_APPROVAL
from tests.rfps.test_standing_in import FOR_HANA, as_delegate
from tests.support.specs import NOW, RULES, given

TODAY = date(2026, 3, 2)
WITH_TIME = RULES.model_copy(update={"unreachable_after_working_days": 3})
PASS_UP = PassTierUp(number=7, due_at=NOW)
NOBODY: dict[str, Any] = {
    "by": "clock",
    "rules": WITH_TIME,
    "step": 7,
    "can_act": False,
    "has_last_resort": False,
}


def away(*people: str, until: date | None = None) -> Directory:
    return Directory(absences={person: Absence(TODAY, until) for person in people})


def reached(directory: Directory, *live: tuple[str, str, int], out: tuple[str, ...] = ()) -> bool:
    return can_anybody_act(members_of(["hana", "hugo"], directory, live, TODAY), 2_500_000, out)


def test_a_tier_is_reached_while_one_member_is_there_and_independent() -> None:
    assert reached(Directory())
    assert reached(away("hana"))
    assert reached(Directory(), out=("hana",))
    assert not reached(away("hana"), out=("hugo",))
    assert not reached(away("hana", "hugo"))
    assert not reached(Directory(), out=("hana", "hugo"))


def test_an_absence_holds_from_its_first_day_to_its_last() -> None:
    assert not reached(away("hana", "hugo", until=TODAY))
    assert reached(away("hana", "hugo", until=date(2026, 3, 1)))


def test_whoever_was_erased_has_left() -> None:
    assert not reached(Directory(erased=frozenset({"hana", "hugo"})))


def test_a_stand_in_reaches_for_whoever_is_away_with_the_tier_s_limit_and_no_part_in_it() -> None:
    gone = away("hana", "hugo")
    assert reached(gone, ("hana", "dora", 2_500_000))
    assert not reached(gone, ("hana", "dora", 2_499_999))
    assert not reached(gone, ("hana", "dora", 2_500_000), out=("dora",))
    assert not reached(gone, ("hana", "dora", 2_500_000), out=("hana",))
    assert not reached(away("hana", "hugo", "dora"), ("hana", "dora", 2_500_000))


def test_an_account_is_away_with_its_person() -> None:
    directory = Directory(links={"hana2": "hana"}, absences={"hana": Absence(TODAY, None)})
    assert not can_anybody_act(members_of(["hana2"], directory, (), TODAY), 1, ())


def test_a_stand_in_for_a_step_needs_that_step_s_tier_whatever_the_case_is_worth() -> None:
    case = given(ABSENT, *IN_TWO_TIER_APPROVAL)
    case.when(FOR_HANA, **as_delegate(limit_pence=2_500_000)).leads_to(stage=Stage.APPROVAL)
    case.when(FOR_HANA, **as_delegate(limit_pence=2_499_999)).refused(
        OverDelegatedLimit, value_pence=2_500_000, limit_pence=2_499_999
    )


def test_the_next_tier_s_single_grant_discharges_both() -> None:
    case = given(ABSENT, *IN_TWO_TIER_APPROVAL).when(PASS_UP, **NOBODY)
    case.then(
        TierPassedUp(
            stage=Stage.APPROVAL,
            waiting_on=Party.APPROVER,
            tier="head",
            next_tier="director",
            after_working_days=3,
            tiers=("director",),
            scheme_version=1,
        )
    )
    passed = way.after(IN_TWO_TIER_APPROVAL, PASS_UP, **NOBODY)
    given(ABSENT, *passed).when(way.APPROVE, **way.HEAD).refused(NotYourTier, waiting_for="director")
    given(ABSENT, *passed).when(way.APPROVE, **way.DIRECTOR).leads_to(stage=Stage.READY_TO_ISSUE)


def test_a_step_that_was_the_last_goes_to_the_tier_above_and_then_to_the_last_resort() -> None:
    above = way.after(IN_APPROVAL, PASS_UP, **NOBODY)
    assert above[-1].tiers == ("director",)  # type: ignore[attr-defined]
    given(ABSENT, *above).when(PASS_UP, **NOBODY).then()  # no last resort: it is listed as unreachable
    with_resort = NOBODY | {"has_last_resort": True}
    resort = way.after(above, PASS_UP, **with_resort)
    assert resort[-1].tiers == (LAST_RESORT,)  # type: ignore[attr-defined]
    given(ABSENT, *resort).when(PASS_UP, **with_resort).then()
    chief = {"by": "cleo", "roles": ["approver"], "own_tiers": [LAST_RESORT]}
    given(ABSENT, *resort).when(way.APPROVE, **chief).leads_to(stage=Stage.READY_TO_ISSUE)


@pytest.mark.parametrize(
    ("history", "stage"),
    [
        (way.IN_WAIVER, Stage.WAIVER),
        (way.RECOMMENDED, Stage.AWARD_APPROVAL),
        (way.KEY_DECISION, Stage.KEY_DECISION),
    ],
)
def test_every_step_that_waits_for_a_tier_can_be_passed_up(history: way.History, stage: Stage) -> None:
    passed = way.after(history, PASS_UP, **(NOBODY | {"has_last_resort": True}))
    rfp: Rfp = ABSENT
    for event in passed:
        rfp = event.apply(rfp)
    assert rfp.stage is stage
    assert rfp.open_approval.waiting_for == passed[-1].next_tier  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changed",
    [{"can_act": True}, {"step": 9}, {"rules": RULES}, {"rules": None}],
    ids=["somebody can act", "another step", "the scheme says no time", "no scheme"],
)
def test_a_step_stays_while_somebody_can_act_or_the_scheme_wants_no_more(changed: dict[str, Any]) -> None:
    given(ABSENT, *IN_TWO_TIER_APPROVAL).when(PASS_UP, **(NOBODY | changed)).then()


def test_it_is_looked_at_again_while_the_same_step_waits() -> None:
    looked = given(ABSENT, *IN_APPROVAL).when(PASS_UP, **(NOBODY | {"can_act": True}))
    assert PASS_UP.again(ABSENT, looked.stamp) is not None
    moved = given(ABSENT, *IN_APPROVAL).when(PASS_UP, **(NOBODY | {"step": 9}))
    assert PASS_UP.again(ABSENT, moved.stamp) is None


def test_whoever_granted_a_tier_of_the_round_is_kept_out_of_the_next() -> None:
    rfp: Rfp = ABSENT
    for event in way.after(IN_TWO_TIER_APPROVAL, way.APPROVE, **way.HEAD):
        rfp = event.apply(rfp)
    assert kept_out_of(rfp) == ["ann", "hana", "priya"]
