"""What every list can be asked for: text, order, how many, and a page after the other of the same list."""

import base64
from typing import Any

import orjson

from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import HANA, LARS, LEO, PIA, RITA, SAM, Who

HIGHWAYS = Who("hugo", RITA.roles, frozenset({"Highways"}))


async def raised(
    api: Api, title: str, description: str = "Some.", area: str = "Registrars", **more: Any
) -> str:
    body = {"title": title, "description": description, "service_area": area, **more}
    identity: str = (await api.post("/v1/rfps", body)).json()["id"]
    return identity


async def titles(api: Api, who: Who = RITA, **query: Any) -> list[str]:
    page = (await api.get("/v1/rfps", who, **query)).json()
    return [item["title"] for item in page["items"]]


async def exempted(api: Api, matter: str, *fields: str) -> None:
    body = {
        "matter_id": matter,
        "fields": list(fields),
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")


async def test_a_text_is_found_by_stems_beginnings_and_every_one_of_its_words(api: Api) -> None:
    laptops = await raised(api, "Laptops", "For the registrars' office.")
    await raised(api, "Tablets", "For the bridge inspectors.", "Highways")
    reference = (await api.get(f"/v1/rfps/{laptops}")).json()["reference"]
    assert await titles(api, q="laptop") == ["Laptops"]
    assert await titles(api, q="inspecting bridges") == ["Tablets"]
    assert await titles(api, q="tabl") == ["Tablets"]
    assert await titles(api, q="highways") == ["Tablets"]
    assert await titles(api, q=reference.lower()) == ["Laptops"]
    assert await titles(api, q="laptops bridge") == []
    assert await titles(api, q="for") == []
    assert await titles(api, q="  ") == ["Tablets", "Laptops"]
    assert await titles(api, q="!:&|*'\\") == []
    assert await titles(api, q="o'office:* & laptop | !bridge") == []


async def test_a_slip_is_forgiven_where_nothing_is_found_as_written(api: Api) -> None:
    await raised(api, "Telephones", "Forty.")
    await raised(api, "Printers", "Three.")
    assert await titles(api, q="telefones") == ["Telephones"]
    assert await titles(api, q="printers") == ["Printers"]
    assert await titles(api, q="pirnters") == ["Printers"], "two letters changed places"
    assert await titles(api, q="prnters") == await titles(api, q="prrinters") == ["Printers"]
    assert await titles(api, q="winter") == []
    assert await paged(api, q="printerz", limit=1) == ["Printers"]
    page = (await api.get("/v1/rfps", q="telefone", count="true")).json()
    assert (page["total"], len(page["items"])) == (1, 1)


async def test_nothing_is_found_by_what_its_reader_may_not_see(api: Api) -> None:
    made = await raised(api, "Laptops", "From Acme, secretly.")
    assert await titles(api, LEO, q="acme") == ["Laptops"]
    await exempted(api, made, "description")
    for asked in ("acme", "acmee", "secret", "laptops acme"):
        assert await titles(api, LEO, q=asked) == [], asked
    assert await titles(api, LARS, q="acme") == ["Laptops"], "with the right to it"
    assert await titles(api, RITA, q="acme") == ["Laptops"], "who raised it"
    assert await titles(api, LEO, q="registrars") == ["Laptops"], "by what is not exempt of it"
    assert await titles(api, HIGHWAYS, q="registrars") == [], "out of sight"


async def test_a_list_is_sorted_by_named_fields_with_what_has_no_value_last(api: Api) -> None:
    for title, estimate in (("B", 200), ("A", 100), ("C", None), ("D", 100)):
        made = await raised(api, title)
        if estimate is not None:
            await api.decide(made, "amend", estimate_pence=estimate)
    assert await titles(api, sort="title") == ["A", "B", "C", "D"]
    assert await titles(api, sort="-estimate_pence,title") == ["B", "A", "D", "C"]
    assert await titles(api, sort="estimate_pence,-title") == ["D", "A", "B", "C"]
    for sort in ("title,estimate_pence", "-estimate_pence", "estimate_pence,-title", "due_on,-title"):
        whole = await titles(api, sort=sort)
        assert await paged(api, sort=sort, limit=1) == whole, sort
    for sort in (
        "need",
        "kept_out",
        "title,",
        "--title",
        "titel",
        "title;drop",
        "title,title,title,title,title",
    ):
        await api.get("/v1/rfps", expect=422, sort=sort)


async def test_what_nobody_has_said_yet_is_null_found_by_a_blank_and_counted_as_nothing(api: Api) -> None:
    body = {"reference": "P-1", "title": "Network", "origin": "council", "owner": "pia"}
    await api.post("/v1/projects", body, PIA)
    await api.post("/v1/projects", body | {"reference": "P-2", "owner": None}, PIA)

    async def found(**query: Any) -> list[str]:
        return [each["reference"] for each in (await api.get("/v1/projects", **query)).json()["items"]]

    page = (await api.get("/v1/projects", count_by="owner", sort="owner")).json()
    assert [each["owner"] for each in page["items"]] == ["pia", None]
    assert page["items"][0]["category"] is None
    assert page["counts"] == [{"value": "pia", "count": 1}, {"value": None, "count": 1}]
    assert await found(owner="") == ["P-2"]
    assert await found(owner=["", "pia"]) == ["P-2", "P-1"]
    assert await found(category="") == ["P-2", "P-1"]
    at_risk = (await api.get("/v1/projects/at-risk", owner="")).json()["items"]
    assert [(each["reference"], each["owner"]) for each in at_risk] == [("P-2", None)]


async def paged(api: Api, who: Who = RITA, **query: Any) -> list[str]:
    """Return a whole list page by page."""
    found, cursor = [], None
    while True:
        page = (await api.get("/v1/rfps", who, cursor=cursor, **query)).json()
        found += [item["title"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            return found


async def test_nothing_is_sorted_or_counted_by_what_its_reader_may_not_see(api: Api) -> None:
    for title, estimate in (("A", 100), ("B", 300), ("C", 200)):
        await api.decide(
            await raised(api, title), "amend", estimate_pence=estimate, cost_centre=f"CC-{title}"
        )
    [c, b, _] = (await api.get("/v1/rfps")).json()["items"]
    await exempted(api, b["id"], "estimate_pence")
    await exempted(api, c["id"], "cost_centre")
    assert await titles(api, SAM, sort="-estimate_pence") == ["C", "A", "B"]
    assert await titles(api, LARS, sort="-estimate_pence") == ["B", "C", "A"]
    assert await paged(api, SAM, sort="estimate_pence", limit=1) == ["A", "C", "B"]
    counts = (await api.get("/v1/rfps", SAM, count_by="cost_centre")).json()["counts"]
    assert counts == [{"value": name, "count": 1} for name in ("CC-A", "CC-B", None)]
    page = (await api.get("/v1/rfps", SAM, sort="estimate_pence", limit=2)).json()
    said = orjson.loads(base64.urlsafe_b64decode(page["next"] + "=="))
    assert 300 not in said


async def test_a_derived_value_sorts_as_computed_on_the_day(api: Api) -> None:
    await api.adopt_scheme()
    drafts = [await raised(api, f"Draft {n}") for n in range(2)]
    waits = await api.in_approval(adopt=False)
    ordered = (await api.get("/v1/rfps", sort="due_on")).json()["items"]
    days = [item["due_on"] for item in ordered]
    assert sorted(days, key=lambda day: (day is None, day)) == days
    assert {item["id"] for item in ordered} == {*drafts, waits}
    assert len(set(await paged(api, sort="-overdue_working_days", limit=1))) == 3


async def test_a_list_says_how_many_there_are_only_where_it_is_asked(api: Api) -> None:
    for number in range(3):
        await raised(api, f"Need {number}", area="Highways" if number else "Registrars")
    plain = (await api.get("/v1/rfps")).json()
    assert plain.keys() == {"items", "next", "position"}
    page = (await api.get("/v1/rfps", count="true", count_by="service_area", limit=1)).json()
    assert page["total"] == 3
    assert page["counts"] == [{"value": "Highways", "count": 2}, {"value": "Registrars", "count": 1}]
    narrow = (await api.get("/v1/rfps", HIGHWAYS, count="true", count_by="stage")).json()
    assert (narrow["total"], narrow["counts"]) == (2, [{"value": "draft", "count": 2}])
    for wrong in ("title", "kept_out", "nothing"):
        await api.get("/v1/rfps", expect=422, count_by=wrong)


async def test_several_values_of_a_filter_mean_any_of_them(api: Api) -> None:
    for area in ("Highways", "Libraries", "Registrars"):
        await raised(api, area, area=area)
    two = await titles(api, service_area=["Highways", "Registrars"])
    assert two == ["Registrars", "Highways"]
    assert await titles(api, stage=["draft", "approval"], q="libraries") == ["Libraries"]
    assert await titles(api, stage=["approval", "triage"]) == []
    await api.get("/v1/rfps", expect=422, stage=["draft", "nowhere"])


async def test_a_cursor_goes_on_with_its_own_list_and_question_only(api: Api) -> None:
    for number in range(3):
        await raised(api, f"Need {number}")
    await api.adopt_scheme()
    cursor = (await api.get("/v1/rfps", limit=1, stage="draft", sort="title")).json()["next"]
    same = {"cursor": cursor, "stage": "draft", "sort": "title"}
    await api.get("/v1/rfps", limit=2, count="true", **same)
    for other in (
        {"stage": "approval"},
        {"stage": None},
        {"sort": "-title"},
        {"sort": None},
        {"q": "need"},
        {"on_hold": "false"},
        {"as_of": "1"},
        {"basis": "recorded_now"},
    ):
        problem = (await api.get("/v1/rfps", expect=422, **{**same, **other})).json()
        assert problem["type"] == "/problems/cursor-of-another-list", other
    problem = (await api.get("/v1/projects", SAM, expect=422, cursor=cursor)).json()
    assert problem["type"] == "/problems/cursor-of-another-list"


async def test_a_cursor_that_was_changed_is_refused(api: Api) -> None:
    for title in ("A", "B"):
        await raised(api, title)
    cursor = (await api.get("/v1/rfps", limit=1)).json()["next"]
    mark, position, at, forgiving, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))
    for said in (
        [mark, position, at, forgiving],
        [mark, position, at, forgiving, None],
        [mark, position, at, forgiving, "x"],
        [mark, position, at, forgiving, float(key)],
        [mark, position, at, forgiving, key, key],
        [mark, position, at, 3, key],
        [mark, 10**12, at, forgiving, key],
        [mark, -1, at, forgiving, key],
        [mark, position, 10**17, forgiving, key],
        [mark, position, "now", forgiving, key],
        ["another", position, at, forgiving, key],
        {"a": 1},
        mark,
    ):
        changed = base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")
        problem = (await api.get("/v1/rfps", expect=422, cursor=changed)).json()
        assert problem["type"] in ("/problems/unreadable-cursor", "/problems/cursor-of-another-list"), said


async def test_the_pages_of_a_list_are_of_one_position_whatever_is_decided_in_between(api: Api) -> None:
    made = [await raised(api, f"Need {number}") for number in range(4)]
    first = (await api.get("/v1/rfps", limit=2, stage="draft", count="true")).json()
    await api.decide(made[0], "amend", title="Changed")
    await api.decide(made[1], "withdraw", reason="No longer.")
    await raised(api, "Need 9")
    rest = (await api.get("/v1/rfps", limit=2, stage="draft", cursor=first["next"], count="true")).json()
    assert [item["title"] for item in rest["items"]] == ["Need 1", "Need 0"]
    assert (rest["position"], rest["total"]) == (first["position"], 4)


async def test_the_past_is_sorted_and_searched_as_it_was(api: Api) -> None:
    made = await raised(api, "Laptops")
    await raised(api, "Tablets")
    then = api.position
    await api.decide(made, "amend", title="Zebra crossings")
    assert await titles(api, q="laptops", as_of=then) == ["Laptops"]
    assert await titles(api, q="laptops") == []
    assert await titles(api, sort="-title", as_of=then) == ["Tablets", "Laptops"]
    assert await titles(api, sort="-title") == ["Zebra crossings", "Tablets"]


async def test_a_short_list_is_asked_like_any_other(api: Api) -> None:
    await api.adopt_scheme()
    for title in ("Zebras", "Apples"):
        made = await api.in_approval(adopt=False)
        await api.decide(made, "amend", title=title, reason="Said better.")
        await api.decide(
            made, "request-approval", budget_code="IT-1", options_considered="None", conflicts="None"
        )

    async def found(**query: Any) -> list[str]:
        items = (await api.get("/v1/approvals", HANA, **query)).json()["items"]
        return [item["title"] for item in items]

    assert await found() == ["Zebras", "Apples"]
    assert await found(sort="title") == ["Apples", "Zebras"]
    assert await found(q="zebra") == await found(q="zebraas") == ["Zebras"]
    page = (
        await api.get("/v1/approvals", HANA, sort="title", limit=1, count="true", count_by="stage")
    ).json()
    assert (page["total"], page["counts"]) == (2, [{"value": "approval", "count": 2}])
    assert await found(sort="title", limit=1, cursor=page["next"]) == ["Zebras"]
    for other in ({"sort": "-title"}, {"q": "zebra", "sort": "title"}, {}):
        problem = (await api.get("/v1/approvals", HANA, expect=422, cursor=page["next"], **other)).json()
        assert problem["type"] == "/problems/cursor-of-another-list"


async def test_the_pages_of_what_is_recorded_now_are_of_one_position(api: Api) -> None:
    made = [await raised(api, f"Need {number}") for number in range(3)]
    instant = (await api.get(f"/v1/rfps/{made[-1]}")).json()["opened_at"]
    then = {"as_of": instant, "basis": "recorded_now", "limit": 1}
    first = (await api.get("/v1/rfps", **then)).json()
    await api.decide(made[0], "amend", title="Changed")
    await api.get("/v1/rfps")
    second = (await api.get("/v1/rfps", cursor=first["next"], **then)).json()
    assert second["position"] == first["position"]
    titles_seen = [page["items"][0]["title"] for page in (first, second)]
    assert titles_seen == ["Need 2", "Need 1"]


async def test_delegations_are_never_found_by_why_they_were_given(api: Api) -> None:
    await api.adopt_scheme()
    body = {
        "delegate": "dora",
        "limit_pence": 100,
        "first_day": in_days(0),
        "last_day": "2099-01-01",
        "reason": "An operation on the knee.",
    }
    await api.get("/v1/rfps", Who("dora", (Role.APPROVER,)))  # the directory knows whoever signed in
    await api.post("/v1/delegations", body, HANA)
    assert len((await api.get("/v1/delegations", HANA, q="dora")).json()["items"]) == 1
    for asked in ("operation", "knee"):
        assert (await api.get("/v1/delegations", HANA, q=asked)).json()["items"] == []
    await api.get("/v1/delegations", HANA, expect=422, sort="reason")
