"""One person with two accounts, linked late: every rule takes them for one, whichever they use."""

from typing import Any
from uuid import UUID

import pytest

from rfp_service.handover.commands import HandWorkOver, must_be_two_people, steps_of
from rfp_service.handover.domain import ToThemselves
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.commands.evaluation import CorrectScore
from rfp_service.rfps.commands.holds import StartHold
from rfp_service.rfps.commands.participants import (
    AppointEvaluator,
    ReassignLead,
    RemoveEvaluator,
    ReplaceRequester,
)
from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.commands.requests import CheckCatalogue
from rfp_service.rfps.domain.evaluation_refusals import (
    AlreadyAppointed,
    AlreadyDeclared,
    AlreadyScored,
    MayNotEvaluate,
    NotAnEvaluator,
)
from rfp_service.rfps.domain.refusals import (
    Conflicted,
    HasDecided,
    LeadIsRequester,
    NoPartInIt,
    NoSuchCheck,
    OwnRfp,
    SamePerson,
)
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender_events import EvaluatorDeclared, ScoreRecorded
from shared.governance.delegations.commands import EndDelegation, GiveDelegation
from shared.governance.delegations.domain import DelegatedToThemselves, Delegation, NotYoursToDelegate
from shared.governance.scheme.domain import SchemeValues
from shared.governance.scheme.tiers import NotTheirDelegate
from tests.rfps import way
from tests.rfps.examples import ABSENT, COMPLETE_DRAFT, DRAFT, IN_APPROVAL, IN_TRIAGE
from tests.rfps.way import OFFICER, after
from tests.shared.governance.scheme.test_delegating import GIVE, GIVEN
from tests.support.specs import RULES, SCHEME, given, stamp


def linked(*ids: str) -> dict[str, Any]:
    return {"same": [ids]}


EVE2: dict[str, Any] = {**way.EVE, "by": "eve2", **linked("eve", "eve2")}
WHY = "Leave."
APART = RULES.model_copy(update={"lead_may_evaluate": False, "requester_may_evaluate": False})


def test_an_evaluator_declares_and_scores_by_another_account_as_who_was_appointed() -> None:
    [declared] = given(ABSENT, *way.IN_EVALUATION).when(way.DECLARE, **EVE2).events()
    assert isinstance(declared, EvaluatorDeclared)
    assert declared.evaluator == "eve"
    given(ABSENT, *way.DECLARED).when(way.DECLARE, **EVE2).refused(AlreadyDeclared)
    [scored] = given(ABSENT, *way.DECLARED).when(way.score("A", "Price", 90), **EVE2).events()
    assert isinstance(scored, ScoreRecorded)
    assert scored.evaluator == "eve"


def test_nobody_scores_twice_by_two_accounts() -> None:
    spec = given(ABSENT, *way.SCORED)
    spec.when(way.score("A", "Price", 10), **EVE2).refused(AlreadyScored)
    correct = CorrectScore(bid="A", criterion="Price", score=80, comment="Misread.")
    spec.when(correct, **EVE2).leads_to(stage=Stage.EVALUATION)
    spec.when(correct, **{**EVE2, "same": []}).refused(NotAnEvaluator)


def test_an_evaluator_is_appointed_once_and_removed_by_either_account() -> None:
    spec = given(ABSENT, *way.PREPARED)
    both = linked("eve", "eve2")
    spec.when(AppointEvaluator(evaluator="eve2"), **OFFICER, **both).refused(AlreadyAppointed)
    remove = RemoveEvaluator(evaluator="eve2", reason=WHY)
    spec.when(remove, **OFFICER).refused(NotAnEvaluator)
    removed = after(way.PREPARED, remove, **OFFICER, **both)
    state: Any = given(ABSENT, *removed).state
    assert state.tender.evaluators == ("evan",)


@pytest.mark.parametrize(("person", "part"), [("priya", "lead"), ("ann", "requester")])
def test_parts_that_the_scheme_keeps_apart_are_apart_for_every_account(person: str, part: str) -> None:
    appoint = AppointEvaluator(evaluator="other")
    given(ABSENT, *IN_APPROVAL).when(appoint, rules=APART, **OFFICER, **linked(person, "other")).refused(
        MayNotEvaluate, part=part
    )


def test_whoever_has_a_part_does_not_get_it_again_by_another_account() -> None:
    lead = ReassignLead(lead="other", reason=WHY)
    asks = ReplaceRequester(requester="other", reason=WHY)
    spec = given(ABSENT, *way.READY)
    spec.when(lead, **OFFICER, **linked("other", "priya")).refused(SamePerson)
    spec.when(lead, **OFFICER, **linked("ann", "other")).refused(LeadIsRequester)
    spec.when(lead, **OFFICER, **linked("hana", "other")).refused(HasDecided)
    spec.when(asks, **OFFICER, **linked("ann", "other")).refused(SamePerson)
    spec.when(asks, **OFFICER, **linked("other", "priya")).refused(LeadIsRequester)
    spec.when(asks, **OFFICER, **linked("hana", "other")).refused(HasDecided)
    evaluates = given(ABSENT, *way.PREPARED)
    for command in (lead, asks):
        evaluates.when(command, rules=APART, **OFFICER, **linked("eve", "other")).refused(MayNotEvaluate)


def test_the_lead_is_not_the_requester_by_another_account() -> None:
    select = SelectRoute(regime=Regime.PROCUREMENT_ACT_2023, route=Route.OPEN_TENDER, lead="other")
    given(ABSENT, *IN_TRIAGE).when(select, **OFFICER, **linked("ann", "other")).refused(LeadIsRequester)


def test_a_route_has_no_lead_whose_other_account_evaluates_where_the_scheme_keeps_that_apart() -> None:
    select = SelectRoute(regime=Regime.PROCUREMENT_ACT_2023, route=Route.OPEN_TENDER, lead="other")
    appointed = after(IN_TRIAGE, AppointEvaluator(evaluator="eve"), **OFFICER)
    given(ABSENT, *appointed).when(select, rules=APART, **OFFICER, **linked("eve", "other")).refused(
        MayNotEvaluate, part="lead"
    )


def test_nobody_evaluates_whose_other_account_has_a_declared_conflict() -> None:
    said = IN_APPROVAL[-1].model_copy(update={"conflicted": ("eve2",)})
    place = way.IN_EVALUATION.index(IN_APPROVAL[-1])
    conflicted = (*way.IN_EVALUATION[:place], said, *way.IN_EVALUATION[place + 1 :])
    given(ABSENT, *conflicted).when(way.DECLARE, **way.EVE, **linked("eve", "eve2")).refused(Conflicted)


def test_nobody_approves_or_accepts_what_another_account_of_theirs_has_a_part_in() -> None:
    head = {"own_tiers": ["head"], "roles": ["approver"]}
    for account, part in (("ann", "requester"), ("priya", "lead")):
        given(ABSENT, *IN_APPROVAL).when(way.APPROVE, by="other", **head, **linked(account, "other")).refused(
            OwnRfp, part=part, person=account
        )
    prepared = after(IN_APPROVAL, AppointEvaluator(evaluator="eve"), **OFFICER)
    given(ABSENT, *prepared).when(way.APPROVE, by="eve2", **head, **linked("eve", "eve2")).refused(
        OwnRfp, part="evaluator"
    )
    conflicted = (*IN_APPROVAL[:-1], IN_APPROVAL[-1].model_copy(update={"conflicted": ("hana",)}))
    given(ABSENT, *conflicted).when(way.APPROVE, by="h2", **head, **linked("h2", "hana")).refused(Conflicted)


def test_the_requester_decides_by_either_account() -> None:
    given(ABSENT, *DRAFT).when(AmendRfp(title="More"), by="ann2", **linked("ann", "ann2")).leads_to(
        stage=Stage.DRAFT
    )
    hold = StartHold(waiting_on=Party.FINANCE, reason=WHY)
    asks = {"by": "ann2", "roles": ["requester"]}
    given(ABSENT, *DRAFT).when(hold, **asks).refused(NoPartInIt)
    given(ABSENT, *DRAFT).when(hold, **asks, **linked("ann", "ann2")).leads_to(on_hold=True)


def test_a_catalogue_check_is_ones_own_by_either_account() -> None:
    check = CheckCatalogue(check_id=UUID(int=1))
    seen: Any = {"query": "laptops", "made_by": "ann", "position": 7, "shown": []}
    both = {**linked("ann", "ann2"), "catalogue_check": seen}
    given(ABSENT, *COMPLETE_DRAFT).when(check, by="ann2", **both).leads_to(stage=Stage.CATALOGUE_CHECK)
    bens = {"catalogue_check": {**seen, "made_by": "ben"}}
    given(ABSENT, *COMPLETE_DRAFT).when(check, **bens).refused(NoSuchCheck)


DELEGATED: list[Any] = [
    {
        "delegator": "hana",
        "delegate": "dora",
        "limit_pence": 2_500_000,
        "tiers": ["head"],
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
    }
]


def test_a_delegation_counts_between_persons_whichever_account_it_names() -> None:
    approve = Approve(reason="In budget.", acting_for="hana2")
    stands_in = {"by": "dora2", "acting_for": "hana2", "delegations": DELEGATED}
    spec = given(ABSENT, *IN_APPROVAL)
    spec.when(approve, **stands_in).refused(NotTheirDelegate)
    spec.when(approve, **stands_in, same=[("dora", "dora2")]).refused(NotTheirDelegate)
    spec.when(approve, **stands_in, same=[("dora", "dora2"), ("hana", "hana2")]).leads_to(
        stage=Stage.READY_TO_ISSUE
    )


def test_nobody_delegates_to_another_account_of_theirs() -> None:
    hana = {"by": "hana2", "own_tiers": ["head"], **linked("dora", "hana2")}
    given(Delegation()).when(GIVE, **hana).refused(DelegatedToThemselves)


def test_one_delegates_and_takes_back_what_another_account_of_ones_own_has() -> None:
    named = GiveDelegation.model_validate({**GIVE.model_dump(), "delegator": "hana"})
    other = {"by": "hana2", "own_tiers": ["head"], "roles": ["approver"]}
    given(Delegation()).when(named, **other).refused(NotYoursToDelegate)
    given(Delegation()).when(named, **other, **linked("hana", "hana2")).leads_to(delegator="hana")
    end = EndDelegation(reason="Back.")
    given(Delegation(), GIVEN).when(end, **other).refused(NotYoursToDelegate)
    given(Delegation(), GIVEN).when(end, **other, **linked("hana", "hana2")).leads_to(ended=True)


def test_somebody_stands_on_the_tiers_of_all_their_accounts() -> None:
    values = SCHEME.model_dump()
    values["tiers"][0]["approvers"], values["tiers"][1]["approvers"] = ["hana"], ["hana2"]
    scheme = SchemeValues.model_validate(values)
    assert scheme.tiers_of("hana") == ("head",)
    assert scheme.tiers_of("hana", "hana2") == ("head", "director")


def test_work_is_handed_over_from_every_account_and_never_to_oneself() -> None:
    over = HandWorkOver(leaver="eve2", successor="erin", reason=WHY)
    rfp: Any = given(ABSENT, *way.PREPARED).state
    assert list(steps_of(rfp, over, stamp("ada").known)) == []
    [(part, commands)] = steps_of(rfp, over, stamp("ada", **linked("eve", "eve2")).known)
    assert (part, len(commands)) == ("evaluator", 2)
    for ids in (("eve2", "erin"), ("erin", "eve2")):
        with pytest.raises(ToThemselves):
            must_be_two_people(over, stamp("ada", **linked(*ids)))
