"""Savings of decisions about contracts over HTTP: claimed, confirmed by another, added up."""

from typing import Any

import pytest

from rfp_service.contracts.domain.contract import contract_id
from shared.kernel.roles import Role
from tests.service.test_contracts import CORA, decide, registered
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import today
from tests.support.people import HANA, LARS, LEO, SAM, Who

FAY = Who("fay", (Role.FINANCE,))
PATH = "/v1/contracts/savings"
SAVING: dict[str, Any] = {"number": 1, "yearly_after_pence": 200_000, "reason": "Their offer."}
FOUND = {**SAVING, "yearly_before_pence": 1_000_000}


async def approved(api: Api, reference: str, area: str) -> str:
    contract = await registered(
        api, reference=reference, service_area=area, value_pence=1_200_000, value_basis="yearly"
    )
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="let_lapse", value_pence=0, reason="Not needed.")
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    return contract


async def months(api: Api, who: Who = SAM, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get(PATH, who, **query)).json()["items"]
    return items


async def measured(api: Api) -> float | None:
    shown = (await api.get("/v1/outcomes/measures", SAM)).json()
    value: float | None = {item["name"]: item["value"] for item in shown["items"]}[
        "contract_savings_confirmed"
    ]
    return value


@pytest.fixture
async def three(api: Api) -> tuple[Api, str, int]:
    """Return three decisions of two services: one confirmed, one claimed, one of which nothing is said."""
    await api.adopt_scheme()
    roads, books, _ = [
        await approved(api, reference, area)
        for reference, area in (("C-1", "Highways"), ("C-2", "Libraries"), ("C-3", "Highways"))
    ]
    before = api.position
    await decide(api, roads, "claim-saving", **SAVING)
    await decide(api, books, "claim-saving", yearly_before_pence=900_000, **SAVING)
    refused = await decide(api, roads, "confirm-saving", CORA, 409, **FOUND)
    assert refused["type"] == "/problems/own-saving"
    assert (await decide(api, roads, "claim-saving", SAM, 403, **SAVING))["type"] == "/problems/not-allowed"
    await decide(api, roads, "confirm-saving", FAY, **FOUND)
    return api, roads, before


async def test_savings_add_up_by_month_and_service_as_claimed_and_as_confirmed(
    three: tuple[Api, str, int],
) -> None:
    api, roads, before = three
    highways, libraries = await months(api)
    assert (highways["month"], highways["service_area"]) == (f"{today():%Y-%m}", "Highways")
    counted = ("decisions", "unclaimed", "claimed", "confirmed")
    assert [highways[name] for name in counted] == [2, 1, 0, 1]
    assert [libraries[name] for name in counted] == [1, 0, 1, 0]
    assert (highways["claimed_saving_pence"], highways["confirmed_saving_pence"]) == (1_000_000, 800_000)
    assert (libraries["claimed_saving_pence"], libraries["confirmed_saving_pence"]) == (700_000, 0)
    assert await measured(api) == 8_000.0
    [seen] = (await api.get(f"/v1/contracts/{roads}", SAM)).json()["savings"]
    assert (seen["standing"], seen["claimed_by"], seen["confirmed_by"]) == ("confirmed", "cora", "fay")
    then = await months(api, as_of=str(before))
    assert [row["unclaimed"] for row in then] == [2, 1]
    table = (await api.get(PATH, SAM, headers={"Accept": "text/csv"})).text.splitlines()
    assert table[0].lstrip("\ufeff").startswith("month,service_area,decisions")
    assert len(table) == 3
    for reference in ("C-1", "C-3"):
        await exempted(api, str(contract_id(reference)), "value_pence")
    assert [row["service_area"] for row in await months(api, LEO)] == ["Libraries"]
    assert [row["confirmed"] for row in await months(api, LARS)] == [1, 0]


async def test_where_nothing_was_decided_nothing_is_saved_and_nothing_measured(api: Api) -> None:
    await api.adopt_scheme()
    assert await months(api) == []
    assert await measured(api) is None
