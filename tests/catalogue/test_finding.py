"""Whether people find things: by other forms of a word, by slips of the finger, and not by chance."""

import pytest

from tests.support.api import Api
from tests.support.people import PRIYA

ITEMS = {
    "laptop": ("Standard laptop", "Devices", "A 14-inch laptop with dock, delivered to a council office."),
    "tablet": ("Rugged tablet", "Devices", "A tablet for work outdoors, with a case and a strap."),
    "telephone": ("Desk telephone", "Telephony", "A telephone on the council's own exchange."),
    "printer": ("Shared printer", "Printing", "A floor printer with secure release, serviced."),
    "screen": ("Meeting room screen", "Rooms", "A screen with camera and microphones, installed."),
    "survey": ("Survey tool licence", "Software", "One year of the council's survey tool."),
}

MEANT = {
    "laptops": "laptop",
    "Laptops for the registrars": "laptop",
    "labtop": "laptop",
    "lapptop with a dock": "laptop",
    "laptpo": "laptop",
    "docks": "laptop",
    "pritner": "printer",
    "pritners": "printer",
    "tablets for inspectors": "tablet",
    "tablit": "tablet",
    "working outdoors": "tablet",
    "phones telephones": "telephone",
    "telefone": "telephone",
    "telphone for my desk": "telephone",
    "printers": "printer",
    "we need printing": "printer",
    "printr": "printer",
    "screens": "screen",
    "screan": "screen",
    "cameras and microphones": "screen",
    "a meating room": "screen",
    "surveys of users": "survey",
    "survy": "survey",
    "surveying library users": "survey",
    "licences": "survey",
    "software lisence": "survey",
}
NOT_THERE = (
    "winter gritting lorry",
    "foster carer payments",
    "school admissions portal",
    "archive catalogue",
    "bridge inspection",
    "salt",
    "payroll for coroners",
)


@pytest.fixture
async def stocked(api: Api) -> dict[str, str]:
    found = {}
    for name, (title, category, description) in ITEMS.items():
        item = {
            "name": title,
            "description": description,
            "category": category,
            "price_pence": 74_900,
            "lead_time_days": 10,
        }
        found[(await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]] = name
    await api.get("/v1/catalogue-items")
    return found


async def shown(api: Api, stocked: dict[str, str], query: str, **more: str) -> list[str]:
    check = (await api.post("/v1/catalogue-checks", {"query": query, **more})).json()["id"]
    ids = (await api.get(f"/v1/catalogue-checks/{check}")).json()["shown"]
    return [stocked[each] for each in ids]


async def test_people_find_what_they_mean_first(api: Api, stocked: dict[str, str]) -> None:
    wrong = {q: s for q, meant in MEANT.items() if (s := await shown(api, stocked, q))[:1] != [meant]}
    assert wrong == {}


async def test_nothing_is_shown_for_what_is_not_there(api: Api, stocked: dict[str, str]) -> None:
    wrong = {q: s for q in NOT_THERE if (s := await shown(api, stocked, q))}
    assert wrong == {}


async def test_a_service_is_shown_what_it_can_have_today(api: Api) -> None:
    async def added(**more: object) -> str:
        item = {
            "name": "Laptop",
            "description": "14-inch.",
            "category": "Devices",
            "price_pence": 1,
            "lead_time_days": 1,
            **more,
        }
        identity: str = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
        return identity

    everybodys = await added()
    theirs = await added(service_areas=["Registrars"])
    others = await added(service_areas=["Highways", "Schools"])
    await added(available_from="2098-01-01")
    stocked = {everybodys: "everybody's", theirs: "theirs", others: "others'"}
    await api.get("/v1/catalogue-items")
    assert set(await shown(api, stocked, "laptop")) == {"everybody's", "theirs", "others'"}
    found = await shown(api, stocked, "laptop", service_area="Registrars")
    assert set(found) == {"everybody's", "theirs"}
    for query, count in (
        ({"service_area": "Highways"}, 3),
        ({"available": True}, 3),
        ({"available": False}, 1),
        ({"service_area": "Registrars", "available": True}, 2),
    ):
        listed = (await api.get("/v1/catalogue-items", **query)).json()["items"]
        assert len(listed) == count, query


async def test_a_revised_item_is_found_by_its_new_words_and_its_old_ones_stay_on_record(
    api: Api, stocked: dict[str, str]
) -> None:
    item = next(identity for identity, name in stocked.items() if name == "printer")
    before = api.position
    revise = {
        "decision": "revise",
        "name": "Plotter",
        "category": "Drawing",
        "reason": "Replaced.",
        "description": "Draws plans.",
    }
    await api.post(f"/v1/catalogue-items/{item}/decisions", revise, PRIYA, version=1)
    await api.get("/v1/catalogue-items")
    assert await shown(api, stocked, "plotters") == ["printer"]
    assert await shown(api, stocked, "printers") == []
    then = (await api.get("/v1/catalogue-items", as_of=before)).json()["items"]
    assert "Shared printer" in {row["name"] for row in then}


async def test_deflection_shows_its_parts(api: Api, stocked: dict[str, str]) -> None:
    rfp = await api.raised()
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    await api.decide(rfp, "check-catalogue", check_id=check)
    laptop = next(identity for identity, name in stocked.items() if name == "laptop")
    empty = (await api.get("/v1/catalogue/deflection")).json()
    assert (empty["needs"], empty["deflection"]) == (0, None)
    await api.decide(rfp, "divert", item_id=laptop)
    seen = (await api.get("/v1/catalogue/deflection")).json()
    assert (seen["needs"], seen["diverted"], seen["deflection"]) == (1, 1, 1.0)
    await api.decide(rfp, "report-diversion-failed", reason="No port.")
    seen = (await api.get("/v1/catalogue/deflection")).json()
    assert (seen["needs"], seen["failed"], seen["deflected"], seen["deflection"]) == (1, 1, 0, 0.0)
    later = (await api.get("/v1/catalogue/deflection", **{"from": "2098-01-01T00:00Z"})).json()
    assert later["needs"] == 0
    await api.get("/v1/catalogue/deflection", expect=422, **{"from": "soon"})
