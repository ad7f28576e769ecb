"""Delegates: they decide for somebody who may, as far as it was delegated, and never on their own RFP."""

from typing import Any

import pytest

from rfp_service.rfps.commands.approvals import Refuse
from rfp_service.rfps.commands.waivers import GrantWaiver
from rfp_service.rfps.domain.refusals import Conflicted, HasDecided, OwnRfp
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme.tiers import NotTheirDelegate, NotYourTier, OverDelegatedLimit
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_APPROVAL, IN_TWO_TIER_APPROVAL, ONE_TIER
from tests.support.specs import given

DELEGATION = {
    "delegator": "hana",
    "delegate": "dora",
    "limit_pence": 2_000_000,
    "first_day": "2026-03-01",
    "last_day": "2026-03-02",
    "tiers": ["head"],
}
FOR_HANA = way.APPROVE.model_copy(update={"acting_for": "hana"})


def as_delegate(by: str = "dora", **changed: Any) -> dict[str, Any]:
    return {"by": by, "acting_for": "hana", "roles": ["approver"], "delegations": [{**DELEGATION, **changed}]}


def test_a_delegate_decides_and_is_recorded_as_acting_for_somebody() -> None:
    [granted] = given(ABSENT, *IN_APPROVAL).when(FOR_HANA, **as_delegate()).events()
    assert (granted.decided_by, granted.acting_for) == ("dora", "hana")  # type: ignore[attr-defined]
    assert granted.stage is Stage.READY_TO_ISSUE  # type: ignore[attr-defined]


@pytest.mark.parametrize(("limit", "allowed"), [(1_999_999, False), (2_000_000, True), (2_000_001, True)])
def test_a_delegate_decides_up_to_the_last_penny_delegated(limit: int, *, allowed: bool) -> None:
    deciding = given(ABSENT, *IN_APPROVAL).when(FOR_HANA, **as_delegate(limit_pence=limit))
    if allowed:
        deciding.leads_to(stage=Stage.READY_TO_ISSUE)
    else:
        deciding.refused(OverDelegatedLimit, value_pence=2_000_000, limit_pence=limit)


@pytest.mark.parametrize(
    ("first", "last", "live"),
    [
        ("2026-03-02", "2026-03-02", True),
        ("2026-03-03", "2026-03-09", False),
        ("2026-02-01", "2026-03-01", False),
    ],
)
def test_a_delegation_counts_from_its_first_day_to_its_last(first: str, last: str, *, live: bool) -> None:
    who = as_delegate(first_day=first, last_day=last)
    deciding = given(ABSENT, *IN_APPROVAL).when(FOR_HANA, **who)
    if live:
        deciding.leads_to(stage=Stage.READY_TO_ISSUE)
    else:
        deciding.refused(NotTheirDelegate, acting_for="hana")


def test_only_whom_it_was_delegated_to_stands_in() -> None:
    given(ABSENT, *IN_APPROVAL).when(FOR_HANA, **as_delegate(by="dave")).refused(NotTheirDelegate)
    given(ABSENT, *IN_APPROVAL).when(FOR_HANA, by="dora", acting_for="hana").refused(NotTheirDelegate)


def test_a_delegate_has_no_more_tiers_than_whom_they_stand_in_for() -> None:
    history = way.after(IN_TWO_TIER_APPROVAL, way.APPROVE, **way.HEAD)
    who = as_delegate(limit_pence=10**12)
    given(ABSENT, *history).when(FOR_HANA, **who).refused(NotYourTier, waiting_for="director")


@pytest.mark.parametrize(("by", "part"), [("ann", "requester"), ("priya", "lead"), ("eve", "evaluator")])
def test_nobody_with_a_part_in_it_decides_for_anybody(by: str, part: str) -> None:
    history = way.after(IN_APPROVAL, way.AppointEvaluator(evaluator="eve"), **way.OFFICER)
    for command in (FOR_HANA, Refuse(reason="No.", acting_for="hana")):
        who = as_delegate(by=by, delegate=by)
        given(ABSENT, *history).when(command, **who).refused(OwnRfp, part=part)


def test_nobody_decides_for_somebody_who_has_a_part_in_it() -> None:
    history = way.after(IN_APPROVAL, way.AppointEvaluator(evaluator="hana"), **way.OFFICER)
    given(ABSENT, *history).when(FOR_HANA, **as_delegate()).refused(OwnRfp, person="hana")


def test_a_declared_conflict_keeps_an_approver_out() -> None:
    asked = ONE_TIER.model_copy(update={"conflicted": ("hana",)})
    given(ABSENT, *IN_APPROVAL[:-1], asked).when(way.APPROVE, **way.HEAD).refused(Conflicted)
    given(ABSENT, *IN_APPROVAL[:-1], asked).when(FOR_HANA, **as_delegate()).refused(Conflicted, person="hana")


def test_a_waiver_is_granted_by_delegates_up_to_their_limit() -> None:
    grant = GrantWaiver(reason="Alone.", acting_for="hana")
    given(ABSENT, *way.IN_WAIVER).when(grant, **as_delegate()).leads_to(stage=Stage.APPROVAL)
    given(ABSENT, *way.IN_WAIVER).when(grant, **as_delegate(limit_pence=1)).refused(OverDelegatedLimit)


def test_whoever_stood_in_or_was_stood_in_for_takes_no_other_part_later() -> None:
    decided = way.after(IN_APPROVAL, FOR_HANA, **as_delegate())
    for person in ("hana", "dora"):
        given(ABSENT, *decided).when(way.AppointEvaluator(evaluator=person), **way.OFFICER).refused(
            HasDecided, person=person
        )
