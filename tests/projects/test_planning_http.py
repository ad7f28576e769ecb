"""Categories proposed by rules, the ranked list and how it moves, our own people by month."""

from typing import Any

import numpy as np
import pytest

from projects.api.months import month_of, people_of
from projects.commands.capacity import STATED_LIMIT, StateCapacity
from projects.domain.capacity import Capacity, OurPeople, TeamCapacityStated
from projects.domain.project import Moscow
from projects.domain.refusals import TooManyOfThem
from projects.views.proposals import CategoryRule, first_that_holds
from projects.views.ranks import moves, ranks, score_table, weighted_scores
from shared.web.bulk.items import CSV, XLSX
from tests.projects.test_bulk import sent
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.people import PIA, RITA
from tests.support.sheets import xlsx
from tests.support.specs import given

MUST, SHOULD = Moscow.MUST, Moscow.SHOULD
NETWORK = {
    "title": "Network refresh",
    "supplier": "Fictional Networks Ltd",
    "service_area": "Highways",
    "origin": "supplier",
}
SEPTEMBER = OurPeople(month="2026-09", skill="networks", people=2)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({"title_contains": ["NETWORK", "cable"]}, True),
        ({"title_contains": ["cable"]}, False),
        ({"supplier": "fictional networks ltd"}, True),
        ({"title_contains": ["network"], "origin": "council"}, False),
        ({"service_area": "Highways", "origin": "supplier"}, True),
        ({}, False),
    ],
)
def test_a_rule_holds_where_all_that_it_names_does(said: dict[str, Any], holds: bool) -> None:  # noqa: FBT001  # a parameter of the specification
    rule = CategoryRule.model_validate({"name": "R", "category": "C", **said})
    assert (first_that_holds([rule], NETWORK) is rule) == holds


def test_the_first_rule_that_holds_proposes() -> None:
    rules = [
        CategoryRule(name="A", category="X", title_contains=["cable"]),
        CategoryRule(name="B", category="Y", title_contains=["network"]),
        CategoryRule(name="C", category="Z", title_contains=["refresh"]),
    ]
    assert first_that_holds(rules, NETWORK) is rules[1]


def test_ranks_go_by_word_then_score_and_equals_share_one() -> None:
    scores = np.array([5.0, 9.0, 5.0, -1.0, 1.0])
    assert list(ranks([MUST, SHOULD, MUST, MUST, SHOULD], scores)) == [1, 4, 1, 3, 5]
    assert list(ranks([], np.array([]))) == []


def test_a_rank_moves_when_a_weight_does() -> None:
    weights = {"benefit": 1.0, "urgency": 1.0}
    table = score_table([{"benefit": 8, "urgency": 4}, {"benefit": 4, "urgency": 8}, {}], list(weights))
    assert list(weighted_scores(table, [1, 1])) == [6, 6, -1]
    moved = moves([MUST] * 3, table, weights, 10)
    assert [list(r) for r in moved["benefit"]] == [[1, 2, 3], [2, 1, 3]]
    assert [list(r) for r in moved["urgency"]] == [[2, 1, 3], [1, 2, 3]]


def test_capacity_is_stated_month_by_month() -> None:
    state = StateCapacity(months=[SEPTEMBER], reason="Two joined.")
    stated = TeamCapacityStated(months=(SEPTEMBER,), reason="Two joined.")
    given(Capacity()).when(state).then(stated)
    more = SEPTEMBER.model_copy(update={"people": 3.0})
    both = TeamCapacityStated(months=(more,), reason="Three.").apply(stated.apply(Capacity()))
    assert both.people == ((("2026-09", "networks"), 3.0),)
    loud = SEPTEMBER.model_copy(update={"skill": "Networks", "people": 4.0})
    renamed = TeamCapacityStated(months=(loud,), reason="Four.").apply(both)
    assert renamed.people == ((("2026-09", "Networks"), 4.0),)
    none = loud.model_copy(update={"skill": "NETWORKS", "people": 0.0})
    assert TeamCapacityStated(months=(none,), reason="All left.").apply(renamed).people == ()
    full = Capacity(tuple(((f"m{n}", "x"), 1.0) for n in range(STATED_LIMIT)))
    given(full).when(state).refused(TooManyOfThem)


async def test_rules_propose_and_a_person_accepts(api: Api) -> None:
    await identified(api, "P0", title="Network refresh")
    await identified(api, "P1", title="Payroll")
    rules = {"rules": [{"name": "Network words", "category": "Networks", "title_contains": ["network"]}]}
    head = await api.service.record.head()
    path = f"/v1/projects/category-proposals?after={head}"
    proposals = (await api.post(path, rules, PIA, 200)).json()
    assert proposals["without"] == ["P1"]
    [proposal] = proposals["items"]
    assert (proposal["rule"], proposal["category"]) == ("Network words", "Networks")
    assert await api.service.record.head() == head
    del proposal["title"], proposal["sub_category"]
    await sent(api, [proposal], reason="Accepted.")
    seen = (await api.get(f"/v1/projects/{proposal['id']}")).json()
    assert (seen["category"], seen["category_rule"]) == ("Networks", "Network words")
    later = await api.post(path.replace(str(head), str(api.position)), rules, PIA, 200)
    assert later.json()["items"] == []
    await api.post(path, rules, RITA, 403)


async def test_projects_are_ranked_by_the_weights_in_force(api: Api) -> None:
    weights = [{"name": "benefit", "weight": 1}, {"name": "urgency", "weight": 1}]
    await scheme(api, weights=weights)
    scored = {"P0": (8, 4), "P1": (4, 8), "P2": (9, 9)}
    for reference, (benefit, urgency) in scored.items():
        project = await identified(api, reference)
        await decided(api, project, "categorise", category="Networks", reason="R.")
        word = "should" if reference == "P2" else "must"
        scores = {"benefit": benefit, "urgency": urgency}
        await decided(api, project, "prioritise", moscow=word, scores=scores, reason="R.")
    page = (await api.get("/v1/projects/ranking", limit=2)).json()
    assert [(i["reference"], i["rank"], i["score"]) for i in page["items"]] == [
        ("P0", 1, 6.0),
        ("P1", 1, 6.0),
    ]
    assert page["items"][0]["moves"][0] == {"criterion": "benefit", "raised": 1, "lowered": 2}
    rest = (await api.get("/v1/projects/ranking", cursor=page["next"])).json()
    assert [(i["reference"], i["rank"]) for i in rest["items"]] == [("P2", 3)]
    assert rest["next"] is None


async def test_internal_projects_need_people_that_teams_may_not_have(api: Api) -> None:
    months = [{"month": "2026-09", "skill": "networks", "people": 2}]
    body = {"decision": "state-capacity", "months": months, "reason": "Two joined."}
    await api.post("/v1/project-capacity/decisions", body, PIA, version=0)
    for reference, people in (("P0", 1.5), ("P1", 1)):
        project = await identified(api, reference)
        await decided(api, project, "categorise", category="Networks", reason="R.")
        await decided(api, project, "prioritise", moscow="must", reason="R.")
        needs = [{"month": "2026-09", "skill": "networks", "people": people}]
        await decided(api, project, "decide-handling", handling="internal", needs=needs, reason="R.")
    seen = (await api.get("/v1/project-capacity")).json()
    assert seen["items"] == [
        {"month": "2026-09", "skill": "networks", "projects": 2, "needed": 2.5, "have": 2.0, "short": 0.5}
    ]
    assert seen["short"] is True
    ours = (await api.get("/v1/projects", handling="internal")).json()["items"]
    assert [project["reference"] for project in ours] == ["P1", "P0"]
    await api.post("/v1/project-capacity/decisions", body, RITA, 403, version=1)


async def staffed(api: Api) -> dict[str, Any]:
    """State two people of ours; three projects of four are to be handled by them."""
    months = [{"month": "2046-09", "skill": "networks", "people": 2}]
    body = {"decision": "state-capacity", "months": months, "reason": "Two joined."}
    await api.post("/v1/project-capacity/decisions", body, PIA, version=0)
    wanted = (("P0", "internal", "networks", 1.5), ("P1", "internal", "networks", 1))
    for reference, way, skill, people in (*wanted, ("P2", "internal", "desk", 1), ("P3", "stop", "", 0)):
        project = await identified(api, reference)
        await decided(api, project, "categorise", category="Networks", reason="R.")
        await decided(api, project, "prioritise", moscow="must", reason="R.")
        needs = [{"month": "2046-09", "skill": skill, "people": people}] if skill else []
        await decided(api, project, "decide-handling", handling=way, needs=needs, reason="R.")
    return body


async def test_internal_projects_are_listed_with_whom_they_need_against_whom_we_have(api: Api) -> None:
    body = await staffed(api)
    seen = (await api.get("/v1/projects/internal", RITA, count="true")).json()
    assert ([p["reference"] for p in seen["items"]], seen["total"]) == (["P2", "P1", "P0"], 3)
    month = {"month": "2046-09", "skill": "networks"}
    of_all = {"people": 1.5, "needed_by_all": 2.5, "have": 2.0, "short": 0.5}
    assert seen["items"][2]["needs"] == [{**month, **of_all}]
    assert seen["people"][1] == {**month, "projects": 2, "needed": 2.5, "have": 2.0, "short": 0.5}
    assert (seen["short"], seen["people"][0]["have"], seen["people"][0]["short"]) == (True, 0.0, 1.0)

    async def found(**asked: object) -> list[str]:
        page = (await api.get("/v1/projects/internal", RITA, **asked)).json()
        return [project["reference"] for project in page["items"]]

    assert await found(skill="networks") == ["P1", "P0"]
    before = api.position
    more = body | {"months": [*body["months"], {"month": "2046-09", "skill": "desk", "people": 1}]}
    await api.post("/v1/project-capacity/decisions", more, PIA, version=1)
    assert await found(short="true") == ["P1", "P0"]
    assert await found(short="false") == ["P2"]
    assert await found(short="true", as_of=before) == ["P2", "P1", "P0"]
    table = (await api.get("/v1/projects/internal", RITA, headers={"Accept": "text/csv"})).text
    assert "networks 2046-09: 1.5" in table


async def test_a_skill_is_the_same_in_any_letters(api: Api) -> None:
    months = [{"month": "2046-09", "skill": "Networks", "people": 2}]
    body = {"decision": "state-capacity", "months": months, "reason": "Two joined."}
    await api.post("/v1/project-capacity/decisions", body, PIA, version=0)
    for reference, skill, people in (("P0", "networks", 1.5), ("P1", "NETWORKS", 1), ("P2", "desk  side", 1)):
        project = await identified(api, reference)
        await decided(api, project, "categorise", category="Networks", reason="R.")
        await decided(api, project, "prioritise", moscow="must", reason="R.")
        needs = [{"month": "2046-09", "skill": skill, "people": people}]
        await decided(api, project, "decide-handling", handling="internal", needs=needs, reason="R.")
    desk, networks = (await api.get("/v1/project-capacity")).json()["items"]
    assert (desk["skill"], desk["projects"], desk["short"]) == ("desk  side", 1, 1.0)
    said = {"skill": "Networks", "projects": 2, "needed": 2.5, "have": 2.0, "short": 0.5}
    assert networks == {"month": "2046-09", **said}
    for asked in ({"skill": "Networks"}, {"short": "true", "skill": "networks"}):
        page = (await api.get("/v1/projects/internal", RITA, **asked)).json()
        assert [(p["reference"], p["needs"][0]["short"]) for p in page["items"]] == [("P1", 0.5), ("P0", 0.5)]
    [found] = (await api.get("/v1/projects/internal", RITA, skill="Desk side")).json()["items"]
    assert found["reference"] == "P2"


def test_a_month_is_read_however_a_spreadsheet_shows_it() -> None:
    for text in (
        "2026-09",
        "09/2026",
        "9-2026",
        "Sep 2026",
        "September 2026",
        "Sep-26",
        "sept 26",
        "2026-09-01",
        "01/09/2026",
        "1 Sep 2026",
        "2026-09-01 00:00:00",
    ):
        assert month_of(text) == "2026-09", text
    for text in ("2026", "networks", "15/09/2026", "2026-13", "00/2026", "Smarch 2026"):
        assert month_of(text) is None, text


def test_people_are_read_from_columns_and_from_one_cell() -> None:
    said = {"networks 2026-09": "1.5", "Sep 2026 servers": "2", "desk side 10/2026": "0"}
    stated = [
        {"month": "2026-09", "skill": "networks", "people": "1.5"},
        {"month": "2026-09", "skill": "servers", "people": "2"},
    ]
    assert people_of(said) == stated
    assert people_of("networks 2026-09: 1.5; Sep 2026 servers: 2;") == stated
    for wrong in ({"networks": "1"}, {"2026-09": "1"}, "networks 2026-09", "1.5"):
        with pytest.raises(ValueError, match="a month and a skill"):
            people_of(wrong)


TABLES = "/v1/project-capacity/tables"


async def stated(api: Api, table: bytes, expect: int = 200, version: int = 0, media_type: str = CSV) -> Any:
    headers = api.headers(PIA, If_Match=f'"{version}"') | {"Content-Type": media_type}
    answer = await api.client.post(TABLES, content=table, headers=headers, params={"reason": "Two joined."})
    assert answer.status_code == expect, answer.text
    return answer.json()


async def test_capacity_comes_as_a_table_of_months(api: Api) -> None:
    table = b"Skill,Sep 2026,Oct-26,note,\r\nnetworks,2,1.5,,\r\nservers,,1,,\r\n"
    receipt = await stated(api, table)
    seen = (await api.get("/v1/project-capacity", after=receipt["position"])).json()["items"]
    have = [("2026-09", "networks", 2.0), ("2026-10", "networks", 1.5), ("2026-10", "servers", 1.0)]
    assert [(i["month"], i["skill"], i["have"]) for i in seen] == have
    sheet = xlsx([["month", "skill", "people"], ["2026-09", "networks", 0]])
    receipt = await stated(api, sheet, version=1, media_type=XLSX)
    seen = (await api.get("/v1/project-capacity", after=receipt["position"])).json()["items"]
    assert [(i["month"], i["skill"], i["have"]) for i in seen] == have[1:]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"skill,people\r\nnetworks,1\r\n", "no-capacity-table"),
        (b"Sep 2026,Oct 2026\r\n1,2\r\n", "no-capacity-table"),
        (b"skill,Sep 2026\r\nnetworks,two\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\nnetworks,1\r\nnetworks,2\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\nnetworks,1\r\nNetworks,2\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\nnetworks,1,7\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\n,1\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\nnetworks,\r\n", "unreadable-capacity"),
        (b"skill,month,people\r\nnetworks,soon,1\r\n", "unreadable-capacity"),
        (b"skill,Sep 2026\r\n#REF!,1\r\n", "unreadable-capacity"),
    ],
)
async def test_a_capacity_table_that_is_wrong_states_nothing(api: Api, table: bytes, problem: str) -> None:
    assert (await stated(api, table, 422))["type"] == f"/problems/{problem}"
    assert (await api.get("/v1/project-capacity")).json()["version"] == 0


@pytest.mark.parametrize(
    ("table", "no_months"),
    [
        (b"skill,1/1/2027,2/1/2027,3/1/2027\r\nnetworks,2,1,1.5\r\n", ["2/1/2027", "3/1/2027"]),
        (
            b"skill,Jan 2027,Feb'27,Q2 2027,1 Jul 27\r\nnetworks,2,1,1,1\r\n",
            ["Feb'27", "Q2 2027", "1 Jul 27"],
        ),
        (b"skill,Jan 2027,Notes,Total\r\nnetworks,2,,2\r\nservers,1,new,1\r\n", ["Notes", "Total"]),
        (b"skill,Jan 2027,\r\nnetworks,2,\r\nservers,1,3\r\n", ["column 3"]),
        (b"skill,month,people,Jan 2027\r\nnetworks,2027-02,3,1\r\n", ["month", "people"]),
    ],
)
async def test_a_column_beside_those_of_months_is_refused_by_its_name(
    api: Api, table: bytes, no_months: list[str]
) -> None:
    refusal = await stated(api, table, 422)
    assert (refusal["type"], refusal["no_months"]) == ("/problems/no-capacity-table", no_months)
    assert (await api.get("/v1/project-capacity")).json()["version"] == 0


async def test_a_byte_without_a_meaning_in_a_capacity_table_is_told_where_it_stands(api: Api) -> None:
    refusal = await stated(api, b"skill,Sep 2026\r\nnetworks,1\r\ncaf\xe9 \x9d,2\r\n", 422)
    told = [refusal[name] for name in ("type", "encoding", "row", "column")]
    assert told == ["/problems/unreadable-table", "cp1252", 3, "skill"]


async def test_only_tables_state_capacity_so(api: Api) -> None:
    await stated(api, b"{}", 415, media_type="application/json")
