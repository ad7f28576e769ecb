"""Four eyes over the rules themselves, over HTTP and by the operator's command."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from rfp_service.operator.schemes import NotTheFirst, adopted
from rfp_service.policies import GIVING, POLICIES, facts_for
from rfp_service.rooms import FACTS
from shared.governance.scheme.commands import AdoptScheme
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import Refused
from shared.kernel.four_eyes import FACT, ProposedByYou, YouGain
from shared.kernel.named_people import NoSuchPerson
from shared.kernel.roles import Role
from shared.settings import Settings
from tests.support.api import Api, running_api
from tests.support.people import ADA, DEREK, HANA, LARS, RITA, SAM, SCHEME, Who
from tests.support.postgres import Base

DECISIONS = "/v1/scheme/decisions"
BOTH = Who("ada", (Role.ADMINISTRATOR, Role.APPROVER))
CONFIRM = {"decision": "confirm", "proposal": 1}
TIERS = SCHEME["values"]["tiers"]  # type: ignore[index]  # an object


def with_tiers(**approvers: list[str]) -> dict[str, Any]:
    """Return a scheme from today on with other people on its tiers."""
    tiers = [{**tier, "approvers": approvers.get(tier["name"], tier["approvers"])} for tier in TIERS]
    today = day_in_london(datetime.now(UTC)).isoformat()
    values = {**SCHEME["values"], "tiers": tiers, "effective_from": today}  # type: ignore[dict-item]
    return {**SCHEME, "values": values}


def kind(answer: Any) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_nobody_puts_themselves_on_a_tier_alone(api: Api) -> None:
    rfp = await api.in_approval()
    mine = with_tiers(head=["hana", "ada"], director=["ada"])
    await api.post(DECISIONS, mine, BOTH, version=2)
    refused = await api.decide(rfp, "approve", BOTH, 409, reason="Mine.")
    assert kind(refused) == "not-your-tier"
    again = {**CONFIRM, "proposal": 2}
    assert kind(await api.post(DECISIONS, again, BOTH, 409, version=3)) == "proposed-by-you"
    seen = (await api.get("/v1/scheme")).json()
    assert [(p["proposal"], p["proposed_by"], p["gaining"]) for p in seen["proposals"]] == [
        (2, "ada", ["ada"])
    ]
    assert seen["scheme_version"] == 1
    await api.post(DECISIONS, again, HANA, 403, version=3)
    gone = {"decision": "withdraw", "proposal": 2, "reason": "Not like this."}
    await api.post(DECISIONS, gone, LARS, version=3)
    assert (await api.get("/v1/scheme")).json()["proposals"] == []
    assert kind(await api.post(DECISIONS, again, LARS, 409, version=4)) == "not-proposed"


async def test_a_second_administrator_confirms_and_it_counts_for_the_next_decision(api: Api) -> None:
    rfp = await api.in_approval()
    await api.post(DECISIONS, with_tiers(head=["ada"]), ADA, version=2)
    second = Who("amy", (Role.ADMINISTRATOR,))
    await api.post(DECISIONS, {**CONFIRM, "proposal": 2}, second, version=3)
    assert (await api.get("/v1/scheme")).json()["scheme_version"] == 2
    await api.decide(rfp, "approve", BOTH, reason="In budget.")


async def test_nobody_takes_anothers_power_by_a_delegation_of_their_own_making(api: Api) -> None:
    rfp = await api.in_approval(9_000_000)
    await api.meets(BOTH, DEREK)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    today = day_in_london(datetime.now(UTC)).isoformat()
    give = {
        "delegator": "derek",
        "delegate": "ada",
        "limit_pence": 25_000_000,
        "first_day": today,
        "last_day": today,
        "reason": "Away.",
    }
    made = (await api.post("/v1/delegations", give, BOTH)).json()["id"]
    approve: dict[str, Any] = {"reason": "Mine.", "acting_for": "derek"}
    assert kind(await api.decide(rfp, "approve", BOTH, 409, **approve)) == "not-their-delegate"
    assert (await api.get("/v1/delegations", live=True)).json()["items"] == []
    assert (await api.get("/v1/approvals", BOTH)).json()["items"] == []
    path, confirm = f"/v1/delegations/{made}/decisions", {"decision": "confirm"}
    assert kind(await api.post(path, confirm, BOTH, 409, version=1)) == "proposed-by-you"
    await api.post(path, confirm, DEREK, 403, version=1)
    [waits] = (await api.get("/v1/delegations")).json()["items"]
    assert (waits["waiting"], waits["proposed_by"]) == (True, "ada")
    await api.post(path, confirm, LARS, version=1)
    assert [i["id"] for i in (await api.get("/v1/approvals", BOTH)).json()["items"]] == [rfp]
    await api.decide(rfp, "approve", BOTH, **approve)


async def test_nobody_hands_a_tier_over_to_themselves(api: Api) -> None:
    rfp = await api.in_approval()
    over = {"leaver": "hana", "successor": "ada", "reason": "She left."}
    told = (await api.post("/v1/hand-overs", over, BOTH)).json()["id"]
    shown = (await api.get(f"/v1/hand-overs/{told}", SAM)).json()
    assert [h["part"] for h in shown["handed"]] == ["tiers"]
    assert shown["waiting"] == [shown["handed"][0]["id"]]
    assert kind(await api.decide(rfp, "approve", BOTH, 409, reason="Mine.")) == "not-your-tier"
    again = {**CONFIRM, "proposal": 2}
    assert kind(await api.post(DECISIONS, again, BOTH, 409, version=3)) == "proposed-by-you"
    await api.post(DECISIONS, again, LARS, version=3)
    await api.decide(rfp, "approve", BOTH, reason="In budget.")


async def test_whatever_gives_power_knows_how_many_people_it_takes() -> None:
    assert GIVING
    for single, eyes in ((True, "two"), (False, "four")):
        facts = facts_for(FACTS, single_administrator=single)
        assert set(FACTS) | set(POLICIES) | set(GIVING) == set(facts)
        found = await facts[AdoptScheme](None, AdoptScheme.model_validate(SCHEME))  # type: ignore[arg-type]
        assert found == {FACT: eyes}


async def test_a_single_administrator_is_told_at_every_turn_that_nobody_confirmed(base: Base) -> None:
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=base.service, single_administrator=True)
        async with running_api(base, settings=settings) as api:
            assert "single administrator" in (await api.get("/readyz", None)).json()["unconfirmed"]
            await api.post(DECISIONS, SCHEME, ADA, version=0)
            seen = (await api.get("/v1/scheme")).json()
            assert (seen["scheme_version"], seen["unconfirmed"], seen["proposals"]) == (1, True, [])
            now = datetime.now(UTC)
            period = {
                "from": (now - timedelta(hours=1)).isoformat(),
                "to": (now + timedelta(hours=1)).isoformat(),
            }
            counted = (await api.get("/v1/audit/periods", SAM, **period)).json()["recorded_now"]
            assert counted["unconfirmed"] == {"n": 1, "positions": [1]}
            [decision] = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
            assert decision["said"]["unconfirmed"] is True


async def test_readiness_says_nothing_of_it_where_two_confirm(api: Api) -> None:
    assert (await api.get("/readyz", None)).json()["unconfirmed"] == ""


async def test_the_operator_adopts_the_first_scheme_by_two_named_persons(api: Api) -> None:
    for who in (ADA, LARS, HANA):
        await api.get("/v1/scheme", who)
    command = AdoptScheme.model_validate(SCHEME)

    async def refused(by: type[Refused], *named: str) -> None:
        with pytest.raises(by):
            await adopted(api.service, command, *named)
        assert await api.service.record.head() == 0

    await refused(NoSuchPerson, "ada", "nobody")
    await refused(ProposedByYou, "ada", "ada")
    await refused(YouGain, "ada", "hana")
    await adopted(api.service, command, "ada", "lars")
    api.position = await api.service.record.head()
    seen = (await api.get("/v1/scheme")).json()
    assert (seen["version"], seen["scheme_version"], seen["unconfirmed"]) == (2, 1, False)
    listed = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert [(d["decision"], d["by"], d["authority"]) for d in listed] == [
        ("SchemeConfirmed", "lars", "operator"),
        ("SchemeProposed", "ada", "operator"),
    ]
    with pytest.raises(NotTheFirst):
        await adopted(api.service, command, "ada", "lars")
    officers_only = {"elected_post": False, "officers": []}
    assert seen["values"]["tiers"] == [{**tier, **officers_only} for tier in TIERS]
    await api.post(DECISIONS, SCHEME, RITA, 403, version=2)


async def test_an_adopted_scheme_is_taken_back_until_it_takes_effect(api: Api) -> None:
    await api.adopt_scheme()
    ahead = {**SCHEME, "values": {**SCHEME["values"], "effective_from": "2090-01-01"}}
    await api.adopts(ahead, version=2)
    shown = (await api.get("/v1/scheme")).json()
    assert [each["scheme_version"] for each in shown["ahead"]] == [2]
    body = {"decision": "withdraw-adopted", "scheme_version": 2, "reason": "We thought better of it."}
    await api.post("/v1/scheme/decisions", body, RITA, 403, version=4)
    await api.post("/v1/scheme/decisions", body, ADA, version=4)
    assert (await api.get("/v1/scheme")).json()["ahead"] == []
    refused = await api.post("/v1/scheme/decisions", body, ADA, 409, version=5)
    assert refused.json()["type"] == "/problems/not-ahead"
