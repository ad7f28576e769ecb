"""What is next on things that are not cases: outcomes, exemptions, the scheme, people, imports, items."""

from typing import Any

from tests.outcomes.test_http import decided, milestone, outcome, programme
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, HANA, LARS, PAUL, PIA, PRIYA, RITA, SAM, SCHEME, Who

WHY = {"reason": "As it is."}


async def told(api: Api, path: str, who: Who, **query: Any) -> dict[str, dict[str, Any]]:
    """Return what somebody may decide on what is at a path, by its name."""
    seen = (await api.get(f"/v1/{path}", who, **query)).json()
    return {each["decision"]: each for each in seen["next"]}


def allowed(said: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, each in said.items() if each["allowed"]}


def why(said: dict[str, dict[str, Any]], decision: str) -> str:
    return str(said[decision]["why_not"]["type"]).removeprefix("/problems/")


async def test_milestones_and_outcomes_say_it(api: Api) -> None:
    await programme(api)
    made = await outcome(api)
    step = await milestone(api, made, due=in_days(0))
    assert allowed(await told(api, f"outcomes/{made}", PIA)) >= {"amend", "rate-confidence"}
    before = await told(api, f"milestones/{step}", PIA)
    assert "submit-evidence" in allowed(before)
    assert "accept" not in allowed(before)
    minute = {"title": "Minute 12", "sha256": "ab" * 32}
    await decided(api, f"milestones/{step}", "submit-evidence", document=minute)
    own = await told(api, f"milestones/{step}", PIA)
    refused = await api.post(f"/v1/milestones/{step}/decisions", {"decision": "accept"}, PIA, 409, version=2)
    assert f"/problems/{why(own, 'accept')}" == refused.json()["type"]
    other = Who("pam", PIA.roles)
    assert "accept" in allowed(await told(api, f"milestones/{step}", other))
    assert await told(api, f"milestones/{step}", SAM) == {}


async def test_exemptions_say_it(api: Api) -> None:
    rfp = await api.raised()
    body = {
        "matter_id": rfp,
        "fields": ["title"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(90),
    }
    made = (await api.post("/v1/exemptions", body, LARS)).json()["id"]
    assert allowed(await told(api, f"exemptions/{made}", LARS)) == {"review", "release"}
    await api.post(f"/v1/exemptions/{made}/decisions", {"decision": "release", **WHY}, LARS, version=1)
    assert allowed(await told(api, f"exemptions/{made}", LARS)) == set()


async def test_the_scheme_says_who_may_confirm_what_is_proposed(api: Api) -> None:
    none = await told(api, "scheme", ADA)
    assert (allowed(none), why(none, "confirm")) == ({"adopt"}, "not-proposed")
    assert why(none, "withdraw-adopted") == "not-ahead"
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    own = await told(api, "scheme", ADA)
    assert allowed(own) == {"adopt", "withdraw"}
    refused = await api.post(
        "/v1/scheme/decisions", {"decision": "confirm", "proposal": 1}, ADA, 409, version=1
    )
    assert f"/problems/{why(own, 'confirm')}" == refused.json()["type"]
    assert allowed(await told(api, "scheme", LARS)) == {"confirm", "withdraw"}
    assert (await api.get("/v1/scheme", ADA, as_of=1)).json()["next"] is None


async def test_delegations_are_seen_alone_and_say_it(api: Api) -> None:
    await api.adopt_scheme()
    dora = Who("dora", HANA.roles)
    await api.meets(dora, HANA)
    give = {"delegate": "dora", "limit_pence": 100, "first_day": in_days(0), "last_day": in_days(1), **WHY}
    made = (await api.post("/v1/delegations", give, HANA)).json()["id"]
    seen = (await api.get(f"/v1/delegations/{made}", HANA)).json()
    assert (seen["delegator"], seen["delegate"], seen["reason"]["text"]) == ("hana", "dora", "As it is.")
    assert allowed(await told(api, f"delegations/{made}", HANA)) == {"end"}
    assert why(await told(api, f"delegations/{made}", dora), "end") == "not-yours-to-delegate"
    await api.post(f"/v1/delegations/{made}/decisions", {"decision": "end", **WHY}, HANA, version=1)
    assert why(await told(api, f"delegations/{made}", HANA), "end") == "delegation-over"
    await api.get(f"/v1/delegations/{'0' * 8}-0000-4000-8000-{'0' * 12}", HANA, 404)


async def test_people_say_it_of_the_person_that_is_looked_at(api: Api) -> None:
    await api.meets(RITA, PAUL, ADA, LARS)
    said = await told(api, "people/rita", ADA)
    assert allowed(said) == {"link", "erase", "record-absence"}
    assert (why(said, "unlink"), why(said, "confirm-link")) == ("not-linked", "not-proposed")
    assert why(await told(api, "people/ada", ADA), "link") == "your-own-accounts"
    link = {"decision": "link", "person": "paul", "same_as": "rita", **WHY}
    await api.post("/v1/directory/decisions", link, ADA, version=0)
    assert "confirm-link" in allowed(await told(api, "people/paul", LARS))
    assert "confirm-link" not in allowed(await told(api, "people/rita", LARS))
    confirm = {"decision": "confirm-link", "person": "paul"}
    refused = await api.post("/v1/directory/decisions", confirm, ADA, 409, version=1)
    own = await told(api, "people/paul", ADA)
    assert f"/problems/{why(own, 'confirm-link')}" == refused.json()["type"]


async def test_catalogue_items_say_it_until_they_are_retired(api: Api) -> None:
    body = {
        "name": "Tablet",
        "description": "Rugged.",
        "category": "Devices",
        "price_pence": 1,
        "lead_time_days": 1,
    }
    made = (await api.post("/v1/catalogue-items", body, PRIYA)).json()["id"]
    assert allowed(await told(api, f"catalogue-items/{made}", PRIYA)) == {"revise", "retire"}
    assert await told(api, f"catalogue-items/{made}", RITA) == {}
    retire = {"decision": "retire", "available_until": in_days(0), **WHY}
    await api.post(f"/v1/catalogue-items/{made}/decisions", retire, PRIYA, version=1)
    assert why(await told(api, f"catalogue-items/{made}", PRIYA), "revise") == "already-retired"


async def test_orders_say_it_to_their_tier_and_to_those_who_stand_in(api: Api) -> None:
    await api.adopt_scheme()
    item = {
        "name": "Tablet",
        "description": "Rugged.",
        "category": "Devices",
        "price_pence": 100,
        "lead_time_days": 1,
        "approval_above_pence": 50,
    }
    made = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    body = {"item_id": made, "service_area": "Registrars", "cost_centre": "CC-1"}
    order = (await api.post("/v1/catalogue-orders", body)).json()["id"]
    dora = Who("dora", HANA.roles)
    await api.meets(dora, HANA)
    assert allowed(await told(api, f"catalogue-orders/{order}", HANA)) == {"approve-order", "refuse-order"}
    assert why(await told(api, f"catalogue-orders/{order}", dora), "approve-order") == "not-your-tier"
    until = in_days(1)
    give = {"delegate": "dora", "limit_pence": 1_000, "first_day": in_days(0), "last_day": until, **WHY}
    await api.post("/v1/delegations", give, HANA)
    assert (await told(api, f"catalogue-orders/{order}", dora))["approve-order"]["acting_for"] == ["hana"]
    assert why(await told(api, f"catalogue-orders/{order}", PRIYA), "send-order") == "wrong-status"
    assert allowed(await told(api, f"catalogue-orders/{order}", RITA)) == {"fail-order"}
    await api.post(
        f"/v1/catalogue-orders/{order}/decisions", {"decision": "approve-order", **WHY}, HANA, version=1
    )
    assert allowed(await told(api, f"catalogue-orders/{order}", PRIYA)) == {"send-order", "fail-order"}


async def test_promised_data_and_consultations_are_seen_alone_and_say_it(api: Api) -> None:
    made = await programme(api)
    due = in_days(-7)
    promise = {"programme": made, "what": "Licences", "promised_by": "Fictional Ltd", "due": due}
    data = (await api.post("/v1/promised-data", promise, PIA)).json()["id"]
    seen = (await api.get(f"/v1/promised-data/{data}", SAM)).json()
    assert (seen["what"], seen["version"], seen["next"]) == ("Licences", 1, [])
    assert seen["working_days_late"] > 0
    assert allowed(await told(api, f"promised-data/{data}", PIA)) == {"chase", "record-arrived"}
    came = {"decision": "record-arrived", "arrived_on": in_days(0)}
    await api.post(f"/v1/promised-data/{data}/decisions", came, PIA, version=1)
    assert why(await told(api, f"promised-data/{data}", PIA), "chase") == "data-have-arrived"
    history = (await api.get(f"/v1/promised-data/{data}/history", SAM)).json()["items"]
    assert [each["decision"] for each in history] == ["DataPromised", "PromisedDataArrived"]
    asked = {"programme": made, "about": "Devices", "opened_on": due, "closes_on": in_days(0)}
    consultation = (await api.post("/v1/consultations", asked, PIA)).json()["id"]
    assert allowed(await told(api, f"consultations/{consultation}", PIA)) == {"count", "close"}
    close = {"decision": "close", "conclusion": "Laptops."}
    await api.post(f"/v1/consultations/{consultation}/decisions", close, PIA, version=1)
    assert why(await told(api, f"consultations/{consultation}", PIA), "count") == "consultation-is-over"
    ends = (await api.get(f"/v1/consultations/{consultation}/history", SAM)).json()["items"]
    assert [each["decision"] for each in ends] == ["ConsultationOpened", "ConsultationClosed"]
    for path in ("promised-data", "consultations"):
        await api.get(f"/v1/{path}/{'0' * 8}-0000-4000-8000-{'0' * 12}", PIA, 404)
