"""Regimes by value: what reaches a threshold with VAT runs under the law, as the scheme then has it."""

from typing import Any

import pytest
from pydantic import ValidationError

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.domain.events import RouteSelected
from rfp_service.rfps.domain.refusals import AboveThreshold, NotTheLead, NotYourRfp
from rfp_service.rfps.domain.rfp import Need
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import Scheme
from shared.governance.scheme.refusals import ThresholdsTwice
from shared.kernel.rules import ContractKind, Rules, Threshold
from tests.rfps import way
from tests.rfps.examples import ABSENT, COMPLETED, IN_TRIAGE
from tests.rfps.test_taking_over import ROW as TAKEN_OVER
from tests.rfps.way import OFFICER, WAIVER
from tests.support.specs import NOW, RULES, SCHEME, given

AT = 20_772_000
SERVICES = Threshold(regime="procurement_act_2023", kind=ContractKind.SERVICES, from_pence=AT)
WORKS = SERVICES.model_copy(update={"kind": ContractKind.WORKS, "from_pence": 519_300_000})
WITH_THRESHOLDS = RULES.model_copy(update={"thresholds": (SERVICES, WORKS)})
REQUEST = RequestApproval(budget_code="IT-1", options_considered="Buy.", conflicts="None")


def triage(with_vat_pence: int) -> way.History:
    """Return an RFP in triage whose estimate with VAT is this."""
    dear = COMPLETED.model_copy(
        update={
            "stage": Stage.TRIAGE,
            "waiting_on": "procurement",
            "estimate_pence": 17_000_000,
            "estimate_with_vat_pence": with_vat_pence,
        }
    )
    return (*IN_TRIAGE, dear)


def taking_over(**said: Any) -> way.History:
    return way.after((), TAKEN_OVER.model_copy(update=said), **OFFICER)


def select(**said: Any) -> SelectRoute:
    chosen = {"regime": Regime.BELOW_THRESHOLD, "route": Route.QUOTATIONS, "lead": "priya"}
    return SelectRoute.model_validate({**chosen, **said})


def routed(with_vat_pence: int, rules: Rules = WITH_THRESHOLDS, **said: Any) -> way.History:
    return way.after(triage(with_vat_pence), select(**said), rules=rules, **OFFICER)


@pytest.mark.parametrize(("with_vat", "covered"), [(AT - 1, False), (AT, True), (AT + 1, True)])
def test_an_estimate_with_vat_that_reaches_the_threshold_runs_under_the_law(
    with_vat: int, *, covered: bool
) -> None:
    decision = given(ABSENT, *triage(with_vat)).when(select(), rules=WITH_THRESHOLDS, **OFFICER)
    if covered:
        decision.refused(
            AboveThreshold,
            estimate_with_vat_pence=with_vat,
            contract_kind="services",
            thresholds_pence={"procurement_act_2023": AT},
        )
    else:
        decision.leads_to(stage=Stage.BUSINESS_CASE, regime=Regime.BELOW_THRESHOLD)


def test_the_kind_of_contract_says_which_threshold() -> None:
    given(ABSENT, *triage(AT)).when(
        select(contract_kind=ContractKind.WORKS), rules=WITH_THRESHOLDS, **OFFICER
    ).leads_to(contract_kind=ContractKind.WORKS)


def test_the_law_may_be_followed_without_need_and_its_threshold_is_kept() -> None:
    *_, event = routed(100, regime=Regime.PROCUREMENT_ACT_2023)
    assert isinstance(event, RouteSelected)
    assert (event.contract_kind, event.threshold_pence) == (ContractKind.SERVICES, AT)


def test_what_is_done_in_house_is_no_procurement() -> None:
    given(ABSENT, *triage(AT)).when(select(route=Route.IN_HOUSE), rules=WITH_THRESHOLDS, **OFFICER).leads_to(
        route=Route.IN_HOUSE
    )


def test_a_scheme_without_thresholds_and_a_council_without_a_scheme_hold_nothing_against_it() -> None:
    for rules in (RULES, None):
        given(ABSENT, *triage(AT)).when(select(), rules=rules, **OFFICER).leads_to(stage=Stage.BUSINESS_CASE)


def test_what_grows_past_the_threshold_gets_another_regime_from_its_lead_before_it_is_approved() -> None:
    grown = way.after(routed(AT - 1), AmendRfp(estimate_with_vat_pence=AT))
    for ask in (REQUEST, WAIVER):
        given(ABSENT, *grown).when(ask, rules=WITH_THRESHOLDS).refused(AboveThreshold)
    regime = AmendRfp(regime=Regime.PROCUREMENT_ACT_2023, reason="It has grown.")
    given(ABSENT, *grown).when(regime).refused(NotTheLead, lead="priya")
    given(ABSENT, *grown).when(AmendRfp(title="Mine"), **OFFICER).refused(NotYourRfp)
    mended = way.after(grown, regime, **OFFICER)
    given(ABSENT, *mended).when(REQUEST, rules=WITH_THRESHOLDS).leads_to(stage=Stage.APPROVAL)


@pytest.mark.parametrize(("pence", "covered"), [(AT - 1, False), (AT, True)])
def test_an_estimate_of_which_no_vat_was_told_is_at_least_what_it_is_without(
    pence: int, *, covered: bool
) -> None:
    """As a supplier's register tells of RFPs in flight: one sum, and of no kind of contract."""
    told = taking_over(stage=Stage.TRIAGE, lead=None, regime=None, route=None, estimate_pence=pence)
    routing = given(ABSENT, *told).when(select(), rules=WITH_THRESHOLDS, **OFFICER)
    told = taking_over(estimate_pence=pence)
    asking = given(ABSENT, *told).when(REQUEST, rules=WITH_THRESHOLDS)
    for decision, led_to in ((routing, Stage.BUSINESS_CASE), (asking, Stage.APPROVAL)):
        if covered:
            decision.refused(AboveThreshold, thresholds_pence={"procurement_act_2023": AT})
        else:
            decision.leads_to(stage=led_to)
    works = way.after(told, AmendRfp(contract_kind=ContractKind.WORKS), **OFFICER)
    given(ABSENT, *works).when(REQUEST, rules=WITH_THRESHOLDS).leads_to(stage=Stage.APPROVAL)


def test_a_need_is_worth_with_vat_at_least_what_it_is_without() -> None:
    assert Need(estimate_pence=500_000_001).least_with_vat_pence == 500_000_001
    assert Need(estimate_pence=100, estimate_with_vat_pence=120).least_with_vat_pence == 120
    assert Need().least_with_vat_pence is None


def test_what_was_decided_stays_decided_when_thresholds_fall() -> None:
    lower = RULES.model_copy(update={"thresholds": (SERVICES.model_copy(update={"from_pence": 1}),)})
    before = way.after(routed(AT - 1), REQUEST, rules=WITH_THRESHOLDS)
    given(ABSENT, *before).when(way.APPROVE, rules=lower, **way.HEAD).leads_to(
        stage=Stage.APPROVAL, regime=Regime.BELOW_THRESHOLD
    )
    given(ABSENT, *triage(100)).when(select(), rules=lower, **OFFICER).refused(AboveThreshold)


def test_each_regime_has_one_threshold_for_each_kind() -> None:
    twice = SCHEME.model_copy(update={"thresholds": [SERVICES, WORKS, SERVICES]})
    given(Scheme()).when(AdoptScheme(values=twice, reason="Law."), by="ada").refused(
        ThresholdsTwice, thresholds=[["procurement_act_2023", "services"]]
    )
    once = SCHEME.model_copy(update={"thresholds": [SERVICES, WORKS]})
    [adopted] = given(Scheme()).when(AdoptScheme(values=once, reason="Law."), by="ada").events()
    rules = adopted.values.rules(NOW.date())  # type: ignore[attr-defined]
    assert rules.thresholds == (SERVICES, WORKS)
    with pytest.raises(ValidationError):
        Threshold(regime="procurement_act_2023", kind=ContractKind.WORKS, from_pence=-1)
