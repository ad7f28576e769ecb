"""Need that may have been split: what it passes together, and that routing keeps it on the record."""

from uuid import UUID

import pytest

from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.commands.split_need import ABOVE_EVERY_TIER, Amounts, passed_together
from rfp_service.rfps.domain.rfp import Split
from rfp_service.rfps.domain.routes import Regime, Route
from shared.kernel.messages import Known
from shared.kernel.rules import ContractKind, Threshold
from tests.rfps.examples import ABSENT, IN_TRIAGE
from tests.rfps.way import OFFICER
from tests.support.specs import RULES, TIERS, given

OTHER = UUID(int=7)
ACT = Threshold(regime="procurement_act_2023", kind=ContractKind.SERVICES, from_pence=20_000_000)
KNOWN = Known(tiers=TIERS, rules=RULES.model_copy(update={"thresholds": (ACT,)}))
SELECT = SelectRoute(
    regime=Regime.BELOW_THRESHOLD,
    route=Route.QUOTATIONS,
    lead="priya",
    category="Devices",
    likely_supplier="Fictional Systems Ltd",
)


def together(own: int, others: int, own_with_vat: int = 0, others_with_vat: int = 0) -> tuple[str, ...]:
    return passed_together(
        Amounts(pence=own, with_vat_pence=own_with_vat),
        Amounts(pence=others, with_vat_pence=others_with_vat),
        ContractKind.SERVICES,
        KNOWN,
    )


@pytest.mark.parametrize(
    ("others", "passes"),
    [(500_000, ()), (500_001, ("tier: director",)), (23_000_001, (f"tier: {ABOVE_EVERY_TIER}",))],
)
def test_a_tier_is_passed_by_the_penny_above_it(others: int, passes: tuple[str, ...]) -> None:
    assert together(2_000_000, others) == passes


@pytest.mark.parametrize(
    ("others", "passes"), [(17_999_999, ()), (18_000_000, ("threshold: procurement_act_2023",))]
)
def test_a_threshold_is_reached_with_vat_at_the_very_penny(others: int, passes: tuple[str, ...]) -> None:
    assert together(0, 0, 2_000_000, others) == passes


def test_what_one_s_own_passes_alone_is_no_split() -> None:
    assert together(3_000_000, 1_000_000, 20_000_000, 1) == ()


def test_without_a_scheme_nothing_is_passed() -> None:
    assert passed_together(Amounts(pence=1), Amounts(pence=10**9), None, Known()) == ()


def test_whoever_routes_it_leaves_the_warning_on_the_record() -> None:
    found = {"with_rfps": [str(OTHER)], "passes": ["tier: director"]}
    routing = given(ABSENT, *IN_TRIAGE).when(SELECT, **OFFICER, split=found)
    routing.leads_to(
        split=Split((OTHER,), ("tier: director",)),
        category="Devices",
        likely_supplier="Fictional Systems Ltd",
    )
    given(ABSENT, *IN_TRIAGE).when(SELECT, **OFFICER).leads_to(split=Split())


def test_an_rfp_remembers_which_open_ones_asked_for_the_same() -> None:
    ask = RaiseRfp(title="Laptops", description="Forty.", service_area="Registrars")
    given(ABSENT).when(ask, same_need=[str(OTHER)]).leads_to(same_need=(OTHER,))
    given(ABSENT).when(ask).leads_to(same_need=())
