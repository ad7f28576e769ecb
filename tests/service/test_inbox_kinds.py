"""The inbox of every room: what else waits for a person than an RFP, and no longer once it is done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.governance.disclosure.domain import Exemption, ExemptionStatus
from shared.governance.disclosure.waiting_things import EXEMPTIONS_WAITING
from shared.governance.notifications.domain import EndpointStatus, WebhookEndpoint
from shared.governance.notifications.waiting_things import ENDPOINTS_WAITING
from shared.kernel.calendar import end_of
from shared.kernel.messages import Known, Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.reads.waiting_things import Waiter
from tests.outcomes.test_http import PROGRAMME, programme
from tests.service.test_contracts import CORA, decide, registered
from tests.service.test_inbox import FINN, kinds, waiting
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import ADA, HANA, LARS, LEO, PIA, PRIYA, RITA, Who

ABE = Who("abe", ADA.roles)


def somebody(who: Who) -> Waiter:
    known = Known(roles=tuple(role.value for role in who.roles), same=((who.id,),))
    return Waiter(Person(who.id, who.roles), today(), own=Stamp(by=who.id, at=datetime.now(UTC), known=known))


async def test_what_gives_power_waits_for_a_second_person(api: Api) -> None:
    account = {"name": "Portal", "owner": "ada", "scopes": ["rfp.read"]}
    made = (await api.post("/v1/service-accounts", account, ADA, 201)).json()["id"]
    path = f"/v1/service-accounts/{made}"
    assert await kinds(api, ADA) == []  # who proposed it, and answers for it
    [item] = await waiting(api, LARS)
    assert (item["kind"], item["id"], item["title"]) == ("service-account", made, "Portal")
    assert (await api.get(path, LARS)).json()["status"] == "proposed"
    await api.post(f"{path}/decisions", {"decision": "confirm"}, LARS, version=1)
    assert await kinds(api, LARS) == []
    key = {"decision": "issue-key", "key_name": "2026-11"}
    await api.post(f"{path}/decisions", key, ABE, version=2)
    assert (await kinds(api, LARS), await kinds(api, ABE), await kinds(api, ADA)) == (["api-key"], [], [])

    await api.meets(RITA, LEO, ABE)
    linked = {"decision": "link", "person": "leo", "same_as": "rita", "reason": "One person."}
    version = (await api.get("/v1/people/leo", ADA)).json()["version"]
    await api.post("/v1/directory/decisions", linked, ADA, version=version)
    assert await kinds(api, ABE) == ["person-link"]
    assert "person-link" not in await kinds(api, ADA)
    as_of = api.position - 1
    assert await kinds(api, ABE, as_of=as_of) == []


async def test_orders_wait_for_their_tier_then_to_be_sent_then_to_come(api: Api) -> None:
    await api.adopt_scheme()
    item = {
        "name": "Standard laptop",
        "description": "A laptop.",
        "category": "Devices",
        "price_pence": 80_000,
        "lead_time_days": 5,
        "approval_above_pence": 100_000,
    }
    laptop = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    body = {"item_id": laptop, "quantity": 2, "service_area": "Registrars", "cost_centre": "CC-1"}
    order = (await api.post("/v1/catalogue-orders", body)).json()["id"]

    async def step(who: Who, version: int, **said: Any) -> None:
        await api.post(f"/v1/catalogue-orders/{order}/decisions", said, who, version=version)

    assert await kinds(api, HANA) == ["order-approval"]
    assert await kinds(api, RITA) == await kinds(api, PRIYA) == []
    await step(HANA, 1, decision="approve-order", reason="Yes.")
    assert (await kinds(api, HANA), await kinds(api, PRIYA)) == ([], ["order"])
    await step(PRIYA, 2, decision="send-order", fulfiller="IT stores")
    [sent] = await waiting(api, RITA)
    assert (sent["kind"], sent["due_on"]) == ("order", in_days(5))
    await step(RITA, 3, decision="fulfil-order", fulfilled_on=in_days(0))
    assert await kinds(api, RITA) == []


async def test_the_programme_hears_of_days_that_have_passed(api: Api) -> None:
    yesterday = in_days(-1)
    await programme(api)
    data = {"programme": str(PROGRAMME), "what": "Licences", "promised_by": "Fictional Ltd"}
    late = (await api.post("/v1/promised-data", {**data, "due": yesterday}, PIA, 201)).json()["id"]
    await api.post("/v1/promised-data", {**data, "due": in_days(0)}, PIA, 201)
    asked = {"programme": str(PROGRAMME), "about": "Devices", "opened_on": yesterday, "closes_on": yesterday}
    await api.post("/v1/consultations", asked, PIA, 201)
    owned = {"title": "Network", "origin": "other", "owner": "pia", "forecast_end": yesterday}
    await api.post("/v1/projects", owned, PIA, 201)
    found = await waiting(api, PIA)
    assert {item["kind"] for item in found} == {"promised-data", "consultation", "forecast"}
    assert all(item["overdue"] for item in found)
    assert [item["id"] for item in found if item["kind"] == "promised-data"] == [late]
    began = {datetime.fromisoformat(item["since"]) for item in found}
    assert min(began) >= end_of(today() - timedelta(days=1)) - timedelta(days=1)
    arrived = {"decision": "record-arrived", "arrived_on": in_days(0)}
    await api.post(f"/v1/promised-data/{late}/decisions", arrived, PIA, version=1)
    assert "promised-data" not in await kinds(api, PIA)
    assert await kinds(api, LEO) == []


async def test_a_contract_waits_for_its_owner_and_its_saving_for_finance(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(CORA)
    contract = await registered(api, owner="cora", value_pence=1_200_000, value_basis="yearly")
    await decide(api, contract, "start-review")
    assert await kinds(api, CORA) == ["review", "flag"]
    await decide(api, contract, "recommend", outcome="let_lapse", value_pence=0, reason="Not needed.")
    assert (await kinds(api, CORA), await kinds(api, HANA)) == (["flag"], ["renewal-approval"])
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    assert await kinds(api, CORA) == ["renewal", "flag"]
    await decide(api, contract, "send-notice", sent_on=in_days(0), evidence="By hand")
    [renewal, _] = await waiting(api, CORA)
    assert (renewal["kind"], "is not acknowledged" in renewal["why"]) == ("renewal", True)
    await decide(api, contract, "acknowledge-notice", acknowledged_on=in_days(0), evidence="E-mail")
    [renewal, _] = await waiting(api, CORA)
    assert renewal["why"] == "What is to become of it was approved: carry it out."
    await decide(api, contract, "claim-saving", number=1, yearly_after_pence=200_000, reason="Let go.")
    [saving] = await waiting(api, FINN)
    assert (saving["kind"], saving["id"]) == ("saving", contract)
    both = Who("cora", (*CORA.roles, Role.FINANCE))
    assert "saving" not in await kinds(api, both)  # who claimed it


def test_an_exemption_waits_for_legal_from_its_day_of_review_on() -> None:
    exempt = Exemption(ExemptionStatus.IN_FORCE, uuid4(), "rfp", 0, ("title",), 3, review_on=today())
    [wait] = EXEMPTIONS_WAITING.waits(exempt, somebody(LARS))
    assert (wait.kind, wait.due_on) == ("exemption-review", today())
    assert [*EXEMPTIONS_WAITING.waits(exempt, somebody(PRIYA))] == []
    later = Exemption(ExemptionStatus.IN_FORCE, uuid4(), "rfp", review_on=today() + timedelta(days=1))
    assert [*EXEMPTIONS_WAITING.waits(later, somebody(LARS))] == []
    released = Exemption(ExemptionStatus.RELEASED, uuid4(), "rfp", review_on=today())
    assert [*EXEMPTIONS_WAITING.waits(released, somebody(LARS))] == []


def test_an_endpoint_that_nothing_is_sent_to_waits_for_whoever_answers_for_it() -> None:
    for status in EndpointStatus:
        found = [*ENDPOINTS_WAITING.waits(WebhookEndpoint(status, owner="ada"), somebody(ADA))]
        assert bool(found) == (status in ("unverified", "disabled")), status
        assert [*ENDPOINTS_WAITING.waits(WebhookEndpoint(status, owner="ada"), somebody(ABE))] == []
