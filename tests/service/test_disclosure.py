"""Sealed and exempt matters over HTTP: that they are there shows, and no more, whichever way one asks."""

import csv
import io
import json
from typing import Any

import pytest

from rfp_service.rfps.domain.events import RfpAmended
from shared.kernel.messages import Sealed
from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, HANA, LARS, LEO, PRIYA, RITA, SAM, Who

SECRET = 4_713_000  # pence, and nowhere else in these texts
EVERY_ROLE = Who("una", tuple(Role))
MARK = "[exempt: paragraph 3 of Schedule 12A]"


@pytest.fixture(autouse=True)
def sealed_estimates(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let estimates be sealed until the RFP is submitted, where a specification asks for it."""
    if "sealed" in request.node.name:
        fields = ("estimate_pence", "estimate_with_vat_pence", "cost_centre")
        monkeypatch.setattr(RfpAmended, "sealed", Sealed(fields, until=("RfpSubmitted",)))


async def estimated(api: Api) -> str:
    rfp = await api.raised()
    await api.decide(
        rfp,
        "amend",
        cost_centre="CC-SECRET",
        needed_by="2027-01-01",
        estimate_pence=SECRET,
        estimate_with_vat_pence=SECRET,
    )
    return rfp


async def every_way(api: Api, rfp: str, who: Who) -> list[str]:
    """Return all that somebody gets to read of an RFP, each way of asking for itself."""
    history = await api.get(f"/v1/rfps/{rfp}/history", who)
    position = history.json()["items"][1]["position"]
    answers = [history, await api.get(f"/v1/rfps/{rfp}", who)]
    answers += [await api.get(f"/v1/rfps/{rfp}", who, as_of=position)]
    answers += [await api.get(f"/v1/rfps/{rfp}/history", who, as_of=position)]
    paths = ["/v1/rfps"]
    if {Role.ADMINISTRATOR, Role.SCRUTINY_MEMBER, Role.AUDITOR} & set(who.roles):
        paths.append("/v1/audit/decisions")
        answers += [await api.get(f"/v1/audit/decisions/{position}", who)]
        answers += [await api.get(f"/v1/audit/streams/{rfp}", who)]
        answers += [await api.get("/v1/audit/comparisons", who, from_=0, as_of=position)]
    for path in paths:
        for accept in ("application/json", "text/csv", "application/x-ndjson"):
            headers = {"Accept": accept}
            answers.append(await api.get(path, who, headers=headers))
            answers.append(await api.get(path, who, headers=headers, as_of=position))
    return [answer.text for answer in answers]


async def declared(api: Api, rfp: str, **other: Any) -> str:
    body = {
        "matter_id": rfp,
        "fields": ["estimate_pence", "estimate_with_vat_pence", "cost_centre"],
        "paragraph": 3,
        "reason": "It shows our ceiling.",
        "public_interest": "A better price.",
        "review_on": in_days(180),
        **other,
    }
    made: str = (await api.post("/v1/exemptions", body, LARS)).json()["id"]
    await api.get("/v1/exemptions")  # its view is there
    return made


def secret(text: str) -> bool:
    return str(SECRET) in text or "CC-SECRET" in text


@pytest.mark.parametrize("who", [RITA, PRIYA, HANA, ADA, SAM, EVERY_ROLE], ids=lambda who: who.id)
async def test_what_is_sealed_is_read_by_nobody_whatever_their_roles(api: Api, who: Who) -> None:
    rfp = await estimated(api)
    for text in await every_way(api, rfp, who):
        assert not secret(text)
        assert "RFP-" in text or "RfpAmended" in text


async def test_what_was_sealed_is_read_by_everybody_once_opened(api: Api) -> None:
    rfp = await estimated(api)
    check = await api.post("/v1/catalogue-checks", {"query": "laptop"})
    await api.decide(rfp, "check-catalogue", check_id=check.json()["id"])
    await api.decide(rfp, "confirm-no-match")
    sealed = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (sealed["estimate_pence"], sealed["cost_centre"]) == (None, "[sealed]")
    assert sealed["withheld"].keys() == {"estimate_pence", "estimate_with_vat_pence", "cost_centre"}
    await api.decide(rfp, "submit")
    for who in (RITA, SAM):
        for text in await every_way(api, rfp, who):
            assert secret(text)
            assert "sealed" not in text


async def test_what_is_sealed_still_counts_for_the_rules(api: Api) -> None:
    rfp = await estimated(api)
    check = await api.post("/v1/catalogue-checks", {"query": "laptop"})
    await api.decide(rfp, "check-catalogue", check_id=check.json()["id"])
    await api.decide(rfp, "confirm-no-match")
    await api.decide(rfp, "submit")  # which needs an estimate


async def test_what_is_exempt_is_read_by_those_with_the_right_and_by_who_said_it(api: Api) -> None:
    rfp = await estimated(api)
    await declared(api, rfp)
    for who in (SAM, ADA, LEO):
        for text in await every_way(api, rfp, who):
            assert not secret(text), who
    for who in (LARS, PRIYA, HANA, RITA):
        for text in await every_way(api, rfp, who):
            assert secret(text), who
            assert "exempt" not in text


async def test_an_exempt_estimate_is_not_told_by_what_is_asked_to_be_approved(api: Api) -> None:
    rfp = await api.in_approval(SECRET)
    await declared(api, rfp, fields=["estimate_pence"])
    for text in await every_way(api, rfp, SAM):
        assert str(SECRET) not in text
        assert str(SECRET * 12 // 10) not in text  # nor with VAT
    for position in range(1, api.position):
        told = (await api.get(f"/v1/audit/decisions/{position}", SAM)).text
        assert str(SECRET) not in told
    seen = (await api.get(f"/v1/rfps/{rfp}", SAM)).json()
    assert seen["approval_value_pence"] is None
    assert seen["withheld"]["approval_value_pence"] == MARK
    assert str(SECRET) in (await api.get(f"/v1/rfps/{rfp}", LARS)).text


async def test_what_one_decision_says_it_is_worth_may_be_exempt(api: Api) -> None:
    rfp = await api.in_approval(SECRET)
    await declared(api, rfp, matter_version=8, fields=["value_pence"])
    for text in await every_way(api, rfp, SAM):
        assert str(SECRET) not in text


async def test_that_it_exists_by_whom_and_when_shows_for_everybody(api: Api) -> None:
    rfp = await estimated(api)
    made = await declared(api, rfp)
    [raised, amended] = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert "withheld" not in raised or raised["withheld"] == {}
    assert (amended["decision"], amended["by"]) == ("RfpAmended", "rita")
    assert amended["said"]["cost_centre"] == MARK
    assert amended["said"]["estimate_pence"] is None
    assert amended["withheld"]["estimate_pence"] == MARK
    assert "etag" not in (await api.get(f"/v1/rfps/{rfp}/history", SAM)).headers
    [listed] = (await api.get("/v1/exemptions", SAM)).json()["items"]
    assert (listed["id"], listed["matter_id"], listed["paragraph"]) == (made, rfp, 3)
    assert listed["reason"] == "It shows our ceiling."
    answer = await api.get("/v1/rfps", SAM, headers={"Accept": "text/csv"})
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["estimate_pence"], row["title"]) == (MARK, "Laptops")


async def test_one_decision_alone_may_be_exempt(api: Api) -> None:
    rfp = await estimated(api)
    await api.decide(rfp, "amend", cost_centre="CC-OPEN")
    await declared(api, rfp, matter_version=2, fields=["cost_centre"])
    items = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert [item["said"].get("cost_centre") for item in items] == [None, MARK, "CC-OPEN"]


async def test_what_is_released_is_read_by_everybody(api: Api) -> None:
    rfp = await estimated(api)
    made = await declared(api, rfp)
    held = await api.get(f"/v1/rfps/{rfp}", SAM)
    assert "etag" not in held.headers  # nobody holds on to what was withheld
    review = {"decision": "review", "review_on": in_days(270), "reason": "Not signed yet."}
    await api.post(f"/v1/exemptions/{made}/decisions", review, LARS, version=1)
    release = {"decision": "release", "reason": "The contract is signed."}
    await api.post(f"/v1/exemptions/{made}/decisions", release, PRIYA, 403, version=2)
    await api.post(f"/v1/exemptions/{made}/decisions", release, LARS, version=2)
    assert (await api.get(f"/v1/exemptions/{made}", SAM)).json()["status"] == "released"
    assert (await api.get("/v1/exemptions", SAM, status="in_force")).json()["items"] == []
    for text in await every_way(api, rfp, SAM):
        assert secret(text)


async def test_only_what_is_there_and_was_said_can_be_exempt(api: Api) -> None:
    rfp = await estimated(api)
    for other, problem in (
        ({"matter_id": "0f0f0f0f-0000-4000-8000-000000000001"}, "/problems/no-such-matter"),
        ({"matter_version": 9}, "/problems/no-such-matter"),
        ({"fields": ["raised_by"]}, "/problems/not-to-be-withheld"),
        ({"fields": ["stage"]}, "/problems/not-to-be-withheld"),
        ({"review_on": "2020-01-01"}, "/problems/review-not-ahead"),
    ):
        body = {
            "matter_id": rfp,
            "fields": ["title"],
            "paragraph": 3,
            "reason": "It shows it.",
            "public_interest": "Less.",
            "review_on": in_days(180),
            **other,
        }
        refused = await api.post("/v1/exemptions", body, LARS, 409)
        assert refused.json()["type"] == problem
    await api.post("/v1/exemptions", body, SAM, 403)


async def test_a_page_of_ndjson_stays_one_object_a_line(api: Api) -> None:
    await declared(api, await estimated(api))
    await api.raised(title="Open")
    lines = await api.get("/v1/rfps", SAM, headers={"Accept": "application/x-ndjson"})
    [opened, kept] = [json.loads(line) for line in lines.text.splitlines()]
    assert "withheld" not in opened
    assert kept["withheld"]["cost_centre"] == MARK


async def test_an_exemption_its_release_and_a_right_taken_are_in_the_very_next_answer(api: Api) -> None:
    rfp = await estimated(api)

    async def shown(who: Who, after: int) -> int | None:
        answer = (await api.get(f"/v1/rfps/{rfp}", who, after=after)).json()
        [listed] = (await api.get("/v1/rfps", who, after=after)).json()["items"]
        assert listed["estimate_pence"] == answer["estimate_pence"]
        found: int | None = answer["estimate_pence"]
        return found

    assert await shown(SAM, api.position) == SECRET
    body = {
        "matter_id": rfp,
        "fields": ["estimate_pence"],
        "paragraph": 3,
        "reason": "Our ceiling.",
        "public_interest": "A better price.",
        "review_on": in_days(180),
    }
    declared = (await api.post("/v1/exemptions", body, LARS)).json()
    assert await shown(SAM, declared["position"]) is None
    assert await shown(LARS, declared["position"]) == SECRET
    assert await shown(Who(LARS.id, (Role.REQUESTER,)), declared["position"]) is None
    release = {"decision": "release", "reason": "The contract is signed."}
    path = f"/v1/exemptions/{declared['id']}/decisions"
    released = (await api.post(path, release, LARS, version=1)).json()
    assert await shown(SAM, released["position"]) == SECRET
