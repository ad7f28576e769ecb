"""What is of another service area is not there, by whichever door; addresses are for who needs them."""

from typing import Any
from uuid import UUID

from rfp_service.rfps.domain.events import RfpAmended, RfpRaised
from rfp_service.rfps.domain.restatement import RfpRestated
from rfp_service.rfps.domain.stages import Party, Stage
from shared.kernel.roles import Role
from shared.web.access.areas import owned
from shared.web.access.claims import Identity, Scope
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, LARS, LEO, PRIYA, RITA, SAM, Who

SUE = Who("sue", (Role.REQUESTER,), areas=("Schools",))
REG = Who("reg", (Role.REQUESTER,), areas=("Registrars",))
BOTH = Who("bo", (Role.REQUESTER, Role.FINANCE), areas=("Schools",))
MOVED = Who("reg", (Role.REQUESTER,), areas=("Libraries",))  # no longer with the registrars
RAISED = RfpRaised(
    stage=Stage.DRAFT,
    waiting_on=Party.REQUESTER,
    title="Laptops",
    description="Forty.",
    service_area="Registrars",
    raised_by="rita",
)


async def declared(api: Api, matter: str, *fields: str) -> str:
    body = {
        "matter_id": matter,
        "fields": fields,
        "paragraph": 3,
        "reason": "It names a family.",
        "public_interest": "Their privacy.",
        "review_on": in_days(180),
    }
    identity: str = (await api.post("/v1/exemptions", body, LARS)).json()["id"]
    return identity


async def checked(api: Api) -> str:
    body = {"query": "laptop for the Smith case", "service_area": "Registrars"}
    identity: str = (await api.post("/v1/catalogue-checks", body, RITA)).json()["id"]
    return identity


async def test_a_check_of_the_catalogue_is_seen_in_its_own_area(api: Api) -> None:
    check = await checked(api)
    blank = (await api.post("/v1/catalogue-checks", {"query": "laptop"}, SUE)).json()["id"]
    for who in (REG, RITA, LEO, PRIYA, SAM, BOTH):
        assert (await api.get(f"/v1/catalogue-checks/{check}", who)).json()["service_area"] == "Registrars"
    refused = (await api.get(f"/v1/catalogue-checks/{check}", SUE, 404)).json()
    missing = (await api.get("/v1/catalogue-checks/00000000-0000-4000-8000-000000000000", SUE, 404)).json()
    assert {**refused, "instance": ""} == {**missing, "instance": ""}
    await api.get(f"/v1/catalogue-checks/{blank}", SUE)  # it names no area, and is her own
    await api.get(f"/v1/catalogue-checks/{blank}", REG, 404)


async def test_no_decision_is_taken_on_what_is_of_another_area(api: Api) -> None:
    rfp = await api.raised()
    bodies = {
        "request-advice": {"body": "Digital working group", "question": "Does it fit?"},
        "give-advice": {"advice": "It does."},
        "withdraw-conflict": {"person": "hana", "reason": "A mistake."},
        "declare-bidder-conflict": {"supplier": {"name": "Zed Ltd"}, "statement": "My sister's."},
        "withdraw": {"reason": "Not needed."},
    }
    for decision, said in bodies.items():
        body = {"decision": decision, **said}
        for version in (1, 7, None):  # what is not there has no version either
            await api.post(f"/v1/rfps/{rfp}/decisions", body, SUE, 404, version)
        await api.post(f"/v1/rfps/{rfp}/decisions", body, REG, 412, 7)


async def test_whoever_asks_for_it_now_sees_it_by_every_door_and_whoever_did_before_by_none(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(SUE, REG)
    rfp = await api.raised(REG)
    await api.decide(rfp, "replace-requester", REG, requester="sue", reason="Her team needs them.")
    body = {"decision": "request-advice", "body": "Digital working group", "question": "Does it fit?"}
    for path in (f"/v1/rfps/{rfp}", f"/v1/rfps/{rfp}/history", f"/v1/rfps/{rfp}/holds"):
        await api.get(path, SUE)
        await api.get(path, MOVED, 404)
    await api.get("/v1/comments", SUE, case_id=rfp)
    await api.get("/v1/comments", MOVED, 404, case_id=rfp)
    await api.post(f"/v1/rfps/{rfp}/decisions", body, MOVED, 404, 2)
    assert rfp in {each["id"] for each in (await api.get("/v1/changes", SUE, after=0)).json()["items"]}
    assert rfp not in {each["id"] for each in (await api.get("/v1/changes", MOVED, after=0)).json()["items"]}


def test_what_an_undone_batch_had_moved_to_another_area_is_of_its_own_again() -> None:
    moved = RfpAmended(stage=Stage.DRAFT, waiting_on=Party.REQUESTER, service_area="Schools")
    back = RfpRestated(
        stage=Stage.DRAFT,
        waiting_on=Party.REQUESTER,
        restored={"service_area": "Registrars"},
        undone=UUID(int=1),
        reason="The register was an old one.",
    )
    assert owned([RAISED, moved]) == ("Schools", "rita")
    assert owned([RAISED, moved, back]) == ("Registrars", "rita")


async def test_exemptions_are_listed_of_ones_own_areas(api: Api) -> None:
    rfp = await api.raised()
    before = (await api.get("/v1/rfps")).json()["position"]
    of_rfp = await declared(api, rfp, "title")
    of_check = await declared(api, await checked(api), "query")
    item = {
        "name": "Laptop",
        "description": "One.",
        "category": "Devices",
        "price_pence": 1,
        "lead_time_days": 1,
    }
    added = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    of_item = await declared(api, added, "name")

    async def listed(who: Who, **query: Any) -> set[str]:
        return {shown["id"] for shown in (await api.get("/v1/exemptions", who, **query)).json()["items"]}

    everything = {of_rfp, of_check, of_item}
    for who in (RITA, LARS, SAM, BOTH):
        assert await listed(who) == everything
    assert await listed(REG) == {of_rfp, of_item}
    assert await listed(SUE) == {of_item}
    assert await listed(SUE, q="family") == {of_item}
    assert await listed(SUE, as_of=api.position) == {of_item}
    assert await listed(SUE, as_of=api.position, basis="recorded_now") == {of_item}
    assert await listed(REG, as_of=before) == set()
    counted = (await api.get("/v1/exemptions", SUE, count="true", count_by="matter_kind")).json()
    assert (counted["total"], counted["counts"]) == (1, [{"value": "catalogue-item", "count": 1}])
    for identity, status in ((of_rfp, 404), (of_check, 404), (of_item, 200)):
        await api.get(f"/v1/exemptions/{identity}", SUE, status)
        await api.get(f"/v1/exemptions/{identity}", RITA)
    own = (
        await api.post("/v1/rfps", {"title": "A", "description": "B", "service_area": "Schools"}, SUE)
    ).json()
    of_own = await declared(api, own["id"], "title")
    assert await listed(SUE) == {of_item, of_own}
    assert await listed(REG) == {of_rfp, of_item}


async def test_names_are_for_who_names_a_colleague_and_addresses_for_administrators(api: Api) -> None:
    scopes = frozenset(Scope)
    for who in (RITA, LEO):
        said = Identity(
            "urn:rfp-service:demonstration",
            who.id,
            (),
            scopes,
            name=who.id.title(),
            email=f"{who.id}@council.example",
        )
        await api.service.people.person_id(said)

    async def addresses(who: Who) -> dict[str, str | None]:
        items = (await api.get("/v1/people", who)).json()["items"]
        shown = {item["id"]: item["email"] for item in items if item["id"] in ("rita", "leo")}
        assert {item["name"] for item in items if item["id"] in shown} == {"Rita", "Leo"}
        for identity, email in shown.items():
            assert (await api.get(f"/v1/people/{identity}", who)).json()["email"] == email
        text = (await api.get("/v1/people", who, headers={"Accept": "text/csv"})).text
        assert all((f"{name}@council.example" in text) == bool(email) for name, email in shown.items())
        return shown

    assert await addresses(ADA) == {"rita": "rita@council.example", "leo": "leo@council.example"}
    assert await addresses(RITA) == {"rita": "rita@council.example", "leo": None}
    for who in (PRIYA, SAM, LARS):
        assert await addresses(who) == {"rita": None, "leo": None}
    await api.get("/v1/people", RITA, 422, sort="email")  # an order would tell what is withheld
    for role in (Role.SERVICE_ACCOUNT, Role.EVALUATOR, Role.FINANCE):
        who = Who(f"one-{role.value}", (role,))
        await api.get("/v1/people", who, 403)
        await api.get("/v1/people/rita", who, 403)
