"""Lists of contracts are searched, sorted, counted and paged as every other list is."""

from typing import Any

import pytest

from rfp_service.contracts.domain.contract import contract_id
from tests.service.test_contracts import ending_in, registered, this_month
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import today
from tests.support.people import LARS, LEO
from tests.support.procuring import opened

DUE = "/v1/contracts/due"
LISTS = ("/v1/contracts", DUE, "/v1/contracts/unconfirmed-dates", "/v1/contracts/transparency-register")


def asked(path: str) -> dict[str, str]:
    return {"month": this_month()} if path == DUE else {}


async def references(api: Api, path: str, **query: Any) -> list[str]:
    page = (await api.get(path, **asked(path), **query)).json()
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
    for path in LISTS:
        assert sorted(await references(three, path, q="library")) == ["C-2", "C-4"], path
        assert await references(three, path, sort="-reference") == ["C-4", "C-3", "C-2"], path
        page = (await three.get(path, **asked(path), limit=2, count="true")).json()
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


def this_quarter() -> str:
    return f"{today().year}-Q{(today().month + 2) // 3}"


async def test_the_published_register_redacts_what_is_exempt_with_its_reason(three: Api) -> None:
    path, mark = "/v1/contracts/transparency-register", "[exempt: paragraph 3 of Schedule 12A]"
    made = str(contract_id("C-2"))
    quarter = this_quarter()
    await exempted(three, made, "supplier", "terms", "value_pence")
    for query in ({}, {"quarter": quarter}, {"quarter": "2010-Q1"}):
        items = (await three.get(path, LEO, **query)).json()["items"]
        [row] = [item for item in items if item["id"] == made]
        assert (row["supplier"], row["supplier_number"]) == (mark, mark)
        assert (row["value_pence"], row["current_end"]) == (None, None)
        assert row["withheld"]["current_end"] == mark
    table = await three.get(path, LEO, headers={"Accept": "text/csv"})
    [line] = [line for line in table.text.splitlines() if made in line]
    assert line.count(mark) >= 4
    [whole] = [row for row in (await three.get(path, LARS)).json()["items"] if row["id"] == made]
    assert whole["supplier"] == "Ribble Networks Ltd"
    before = three.position
    then = (await three.get(path, LARS, as_of=str(before))).json()["items"]
    assert len(then) == 3


async def test_invitations_to_tender_are_published_by_quarter_over_the_codes_limit(api: Api) -> None:
    rfp = await opened(api)
    path, quarter = "/v1/rfps/transparency-register", this_quarter()
    [row] = (await api.get(path, quarter=quarter)).json()["items"]
    assert (row["id"], row["title"]) == (rfp, "Laptops")
    assert row["asked_at"] < row["responses_by"]
    assert (await api.get(path, quarter="2010-Q1")).json()["items"] == []
    await exempted(api, rfp, "estimate_pence", "title")
    [row] = (await api.get(path, LEO)).json()["items"]
    assert row["title"] == "[exempt: paragraph 3 of Schedule 12A]"
    assert row["estimate_pence"] is None
