"""Lists of contracts are searched, sorted, counted and paged as every other list is."""

from typing import Any

import pytest

from tests.service.test_contracts import ending_in, registered, this_month
from tests.support.api import Api

DUE = {"month": this_month()}
LISTS: dict[str, dict[str, str]] = {
    "/v1/contracts": {},
    "/v1/contracts/due": DUE,
    "/v1/contracts/unconfirmed-dates": {},
    "/v1/contracts/transparency-register": {},
}


async def references(api: Api, path: str, **query: Any) -> list[str]:
    page = (await api.get(path, **LISTS[path], **query)).json()
    return [row["reference"] for row in page["items"]]


@pytest.fixture
async def three(api: Api) -> Api:
    await api.adopt_scheme()
    yearly = {"value_basis": "yearly"}
    for reference, title, days, value in (
        ("C-2", "Library system", 5, 1_000_000),
        ("C-3", "Network support", 3, 9_000_000),
        ("C-4", "Library scanners", 4, 4_000_000),
    ):
        await registered(
            api, reference=reference, title=title, terms=ending_in(days), value_pence=value, **yearly
        )
    return api


async def test_each_list_of_contracts_has_an_order_of_its_own(three: Api) -> None:
    found = {path: await references(three, path) for path in LISTS}
    assert found == {
        "/v1/contracts": ["C-4", "C-3", "C-2"],
        "/v1/contracts/due": ["C-3", "C-4", "C-2"],
        "/v1/contracts/unconfirmed-dates": ["C-3", "C-4", "C-2"],
        "/v1/contracts/transparency-register": ["C-4", "C-3", "C-2"],
    }


async def test_each_list_of_contracts_is_searched_sorted_counted_and_paged(three: Api) -> None:
    for path, asked in LISTS.items():
        assert sorted(await references(three, path, q="library")) == ["C-2", "C-4"], path
        assert await references(three, path, sort="-reference") == ["C-4", "C-3", "C-2"], path
        page = (await three.get(path, **asked, limit=2, count="true")).json()
        assert page["total"] == 3, path
        following = await references(three, path, limit=2, cursor=page["next"])
        assert sorted([row["reference"] for row in page["items"]] + following) == ["C-2", "C-3", "C-4"], path
    unconfirmed = (await three.get("/v1/contracts/unconfirmed-dates", limit=1)).json()
    second = (await three.get("/v1/contracts/unconfirmed-dates", limit=1, cursor=unconfirmed["next"])).json()
    assert [page["items"][0]["rank"] for page in (unconfirmed, second)] == [1, 2]
    counted = (await three.get("/v1/contracts", count_by="supplier", limit=1)).json()
    assert counted["counts"] == [{"value": "Ribble Networks Ltd", "count": 3}]
    months = (await three.get("/v1/contracts/exposure", sort="-exposure_pence", count="true")).json()
    assert months["total"] == len(months["items"]) > 0
    several = await references(three, "/v1/contracts", reference=["C-2", "C-3"])
    assert several == ["C-3", "C-2"]
