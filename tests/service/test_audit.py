"""The audit list: every decision, whoever took it, with what was said and known."""

import csv
import io

from tests.support.api import Api
from tests.support.people import ADA, RITA, SAM


async def test_every_decision_is_listed_newest_first(api: Api) -> None:
    rfp = await api.approved()
    listed = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert [item["position"] for item in listed] == list(range(len(listed), 0, -1))
    assert listed[0]["decision"] == "ApprovalGranted"
    assert listed[-1]["decision"] == "SchemeProposed"
    assert listed[0]["said"]["reason"] == "In budget."
    assert listed[0]["scheme_version"] == 1
    only = (await api.get("/v1/audit/decisions", SAM, stream_id=rfp)).json()["items"]
    assert {item["stream_id"] for item in only} == {rfp}
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert [item["position"] for item in only] == [item["position"] for item in history][::-1]


async def test_decisions_are_found_by_person_kind_and_sort(api: Api) -> None:
    await api.approved()

    async def found(**query: str) -> list[str]:
        answer = await api.get("/v1/audit/decisions", SAM, **query)
        return [item["decision"] for item in answer.json()["items"]]

    assert await found(by="hana") == ["ApprovalGranted"]
    assert await found(kind="scheme") == ["SchemeConfirmed", "SchemeProposed"]
    assert await found(decision="RouteSelected") == ["RouteSelected"]
    assert await found(by="nobody") == []


async def test_the_list_stands_as_it_stood(api: Api) -> None:
    await api.approved()
    then = (await api.get("/v1/audit/decisions", SAM, as_of=3)).json()
    assert [item["position"] for item in then["items"]] == [3, 2, 1]
    page = await api.get("/v1/audit/decisions", SAM, as_of=5, limit=2)
    assert [item["position"] for item in page.json()["items"]] == [5, 4]


async def test_the_list_is_for_those_who_answer_for_it(api: Api) -> None:
    await api.get("/v1/audit/decisions", RITA, 403)
    await api.get("/v1/audit/decisions", ADA, 200)


async def test_the_list_comes_as_csv(api: Api) -> None:
    await api.raised()
    answer = await api.get("/v1/audit/decisions", SAM, headers={"Accept": "text/csv"})
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["decision"], row["by"], row["authority"]) == ("RfpRaised", "rita", "requester")
