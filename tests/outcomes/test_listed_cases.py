"""A paper lists projects at risk and contracts in the round, as of its date; what is exempt, apart."""

import io
import zipfile
from datetime import timedelta
from typing import Any

from outcomes.api.listed_cases import LISTED_LIMIT
from tests.outcomes.test_http import PROGRAMME, programme
from tests.outcomes.test_papers import LARS, REPORT
from tests.projects.test_http import decided as decided_on_project
from tests.projects.test_http import identified, scheme
from tests.service.test_contracts import CORA, ending_in, registered, this_month
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import today
from tests.support.people import SAM

QUERY = {"programme": str(PROGRAMME)}
OTHERS = LISTED_LIMIT + 1


async def paper(api: Api, **query: Any) -> dict[str, Any]:
    shown: dict[str, Any] = (await api.get(REPORT, SAM, **QUERY, **query)).json()
    return shown


async def test_projects_at_risk_are_listed_worst_first_with_their_reasons_and_plans(api: Api) -> None:
    await scheme(api, transition_date="2047-01-07")
    await programme(api)
    before = api.position
    for number in range(OTHERS):
        await identified(api, f"ICT-{number}", forecast_end="2047-01-14")
    worst = await identified(api, "ICT-99")
    await decided_on_project(api, worst, "flag", reason="Nobody <knows> when.")
    planned = await identified(api, "ICT-98", forecast_end="2051-06-01")
    await decided_on_project(api, planned, "agree-action-plan", owner="olga", due="2046-12-01", steps=[])
    await identified(api, "ICT-97", forecast_end="2047-01-04", contingency_days=0)
    shown = await paper(api)
    listed = shown["lists"][0]
    assert (listed["name"], listed["total"], listed["withheld"]) == ("projects_at_risk", OTHERS + 2, 0)
    assert len(listed["items"]) == LISTED_LIMIT
    first, second = listed["items"][:2]
    assert (first["id"], first["day"], first["standing"]) == (worst, None, "No action plan.")
    assert first["why"] == "No end is known; flagged by hand: Nobody <knows> when."
    assert second["why"] == "Could end 5 working days past the transition date."
    everyone = (await api.get(listed["cases"], SAM, as_of=shown["board"]["as_of"])).json()
    assert everyone["totals"]["at_risk"] == listed["total"]
    assert [item["id"] for item in listed["items"]] == [i["id"] for i in everyone["items"]][:LISTED_LIMIT]
    page = (await api.get(REPORT, SAM, form="html", **QUERY)).text
    assert "The first 12 are below, and 3 more on the register." in page
    assert "Nobody &lt;knows&gt; when." in page
    assert (await paper(api, as_of=str(before)))["lists"][0]["total"] == 0


async def test_contracts_in_the_round_are_listed_with_what_became_of_them(api: Api) -> None:
    await api.adopt_scheme()
    await programme(api)
    yearly = {"value_basis": "yearly", "value_pence": 1_200_000}
    for reference, days in (("C-2", 5), ("C-3", 4), ("C-4", 6)):
        await registered(api, reference=reference, terms=ending_in(days), **yearly)
    assert (await paper(api))["lists"][1]["about"] == "No round was open yet"
    opened = (await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)).json()["id"]
    lines = (await api.get(f"/v1/renewal-rounds/{opened}")).json()["lines"]
    until = today() + timedelta(days=30)
    said = {
        "decision": "defer",
        "contract": lines[0]["contract"],
        "reason": "Prices come.",
        "until": str(until),
    }
    await api.post(f"/v1/renewal-rounds/{opened}/decisions", said, CORA, version=1)
    shown = await paper(api)
    listed = shown["lists"][1]
    assert listed["about"] == f"The round of {today():%B %Y} is open"
    assert [(one["title"][:3], one["pence"]) for one in listed["items"]] == [
        ("C-2", 1_200_000),
        ("C-4", 1_200_000),
        ("C-3", 1_200_000),
    ]
    assert [one["day"] for one in listed["items"]] == [lines[n]["due_on"] for n in (1, 2, 0)]
    assert listed["items"][0]["standing"] == "Still to be decided."
    assert listed["items"][2]["standing"] == f"Put off until {until.day} {until:%B %Y}: Prices come."
    whole = (await api.get(listed["cases"], SAM, as_of=shown["board"]["as_of"])).json()
    assert len(whole["lines"]) == listed["total"] == 3


async def test_what_is_exempt_of_a_listed_case_is_only_in_the_exempt_part(api: Api) -> None:
    await scheme(api, transition_date="2027-01-04")
    await programme(api)
    named = await identified(api, "ICT-1", forecast_end="2028-01-11")
    dated = await identified(api, "ICT-2", forecast_end="2028-01-11")
    contract = await registered(api, reference="C-2", terms=ending_in(5), value_pence=1_300_000)
    await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)
    for thing, name in ((named, "title"), (dated, "forecast_end"), (contract, "terms")):
        await exempted(api, thing, name)
    shown = await paper(api)
    projects, contracts = shown["lists"]
    assert (projects["total"], projects["withheld"]) == (2, 1)
    [marked] = projects["items"]
    assert (marked["title"], marked["marked"]) == ("ICT-1: [exempt: paragraph 3 of Schedule 12A]", True)
    assert (contracts["total"], contracts["withheld"], contracts["items"]) == (1, 1, [])
    assert shown["exempt_items"] == 3
    for form in ("html", "odt", "json"):
        open_part = (await api.get(REPORT, LARS, form=form, **QUERY)).content
        if form == "odt":
            open_part = zipfile.ZipFile(io.BytesIO(open_part)).read("content.xml")
        assert [name for name in (b"Project ICT-1", b"ICT-2", b"C-2") if name in open_part] == [], form
    part = (await api.get(f"{REPORT}/exempt", LARS, **QUERY)).json()
    assert {item["called"] for item in part["items"]} >= {"ICT-1: Project ICT-1", "ICT-2: Project ICT-2"}
    assert [len(item["grounds"]) for item in part["items"]] == [1, 1, 1]
    said = {item["id"]: {one["field"]: one["said"] for one in item["said"]} for item in part["items"]}
    assert said[named]["Project"] == "ICT-1: Project ICT-1"
    assert said[dated]["Could end"] == "11 January 2028"
    assert said[contract]["Standing"] == "Still to be decided."
