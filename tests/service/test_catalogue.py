"""The catalogue over HTTP."""

from uuid import uuid4

from tests.support.api import Api
from tests.support.people import PRIYA, RITA, SAM

LAPTOP = {
    "name": "Standard laptop",
    "description": "A 14-inch laptop with dock.",
    "category": "Devices",
    "price_pence": 74_900,
    "lead_time_days": 10,
}
SCREEN = {**LAPTOP, "name": "Meeting screen", "description": "A screen.", "category": "Rooms"}


async def test_items_are_added_listed_and_retired(api: Api) -> None:
    laptop = (await api.post("/v1/catalogue-items", LAPTOP, PRIYA)).json()
    await api.post("/v1/catalogue-items", SCREEN, PRIYA)
    listed = (await api.get("/v1/catalogue-items")).json()["items"]
    assert [item["name"] for item in listed] == ["Meeting screen", "Standard laptop"]
    [only] = (await api.get("/v1/catalogue-items", category="Devices")).json()["items"]
    assert only["id"] == laptop["id"]
    path = f"/v1/catalogue-items/{laptop['id']}/decisions"
    retire = {"decision": "retire", "available_until": "2026-01-31", "reason": "Out of stock."}
    await api.post(path, retire, PRIYA, version=1)
    again = await api.post(path, retire, PRIYA, 409, version=2)
    assert again.json()["type"] == "/problems/already-retired"
    await api.post("/v1/catalogue-items", LAPTOP, RITA, 403)


async def test_a_check_finds_by_stem_and_keeps_what_it_showed(api: Api) -> None:
    laptop = (await api.post("/v1/catalogue-items", LAPTOP, PRIYA)).json()
    screen = (await api.post("/v1/catalogue-items", SCREEN, PRIYA)).json()
    await api.get("/v1/catalogue-items")

    async def shown(query: str) -> list[str]:
        check = (await api.post("/v1/catalogue-checks", {"query": query})).json()
        seen = (await api.get(f"/v1/catalogue-checks/{check['id']}", SAM)).json()
        assert (seen["query"], seen["made_by"]) == (query, "rita")
        assert seen["catalogue_position"] >= screen["position"]
        ids: list[str] = seen["shown"]
        return ids

    assert await shown("LAPTOPS for registrars") == [laptop["id"]]
    assert set(await shown("screens or laptops")) == {laptop["id"], screen["id"]}
    assert await shown("gritting lorry") == []
    assert await shown("' & | ! :* ()") == []
    await api.get(f"/v1/catalogue-checks/{uuid4()}", expect=404)
