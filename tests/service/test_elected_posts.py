"""A tier may be an elected post: members of the council decide there, and few others may for them."""

from typing import Any

from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, DEREK, HANA, LARS, PAUL, PRIYA, SAM, SCHEME, Who

CARLA = Who("carla", (Role.APPROVER,))
CONOR = Who("conor", (Role.APPROVER,))
HEAD = {"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana"]}
POST = {
    "name": "cabinet member",
    "up_to_pence": 25_000_000,
    "approvers": ["carla", "conor"],
    "elected_post": True,
    "officers": ["derek"],
}


def scheme(post: dict[str, Any] = POST) -> dict[str, Any]:
    values: Any = SCHEME["values"]
    return {**SCHEME, "values": {**values, "effective_from": in_days(0), "tiers": [HEAD, post]}}


async def lends(api: Api, delegate: str, expect: int = 201) -> Any:
    week = {"first_day": in_days(0), "last_day": in_days(7)}
    body = {"delegate": delegate, "limit_pence": 25_000_000, "reason": "At a conference.", **week}
    return (await api.post("/v1/delegations", body, CARLA, expect)).json()


async def waiting_for(api: Api, who: Who) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get("/v1/approvals", who)).json()["items"]
    return found


async def climbed(api: Api) -> str:
    """Bring an RFP before the member who decides on it, as the scheme in force has them."""
    rfp = await api.in_approval(9_000_000, adopt=False)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    return rfp


async def test_an_rfp_waits_on_a_member_and_an_officer_whom_the_scheme_names_may_stand_in(api: Api) -> None:
    await api.adopts(scheme())
    await api.meets(CARLA, CONOR, HANA, DEREK, PRIYA)
    rfp = await climbed(api)
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["waiting_on"], seen["approval_waits_for"], seen["elected_post"]) == (
        "member",
        "cabinet member",
        True,
    )
    [waits] = await waiting_for(api, CARLA)
    assert (waits["waiting_on"], waits["elected_post"]) == ("member", True)
    [item] = (await api.get("/v1/inbox", CARLA)).json()["items"]
    assert (item["id"], item["kind"]) == (rfp, "approval")
    parties = (await api.get("/v1/rfps/bottlenecks", SAM)).json()["parties"]
    assert next(each["open_elapsed_seconds"] for each in parties if each["party"] == "member") > 0
    [stuck] = (await api.get("/v1/rfps/stuck", SAM)).json()["items"]
    assert (stuck["waiting_on"], stuck["whom"]) == ("member", "cabinet member")
    assert {each["party"] for each in seen["waits"]["parties"]} >= {"approver", "member"}
    assert (await lends(api, "hana", 409))["type"] == "/problems/not-to-an-officer"
    await lends(api, "derek")
    [lent] = await waiting_for(api, DEREK)
    assert (lent["id"], lent["acting_for"]) == (rfp, "carla")
    await api.decide(rfp, "approve", DEREK, reason="As the member wants.", acting_for="carla")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "ready_to_issue"


async def test_a_member_lets_another_member_decide(api: Api) -> None:
    await api.adopts(scheme({**POST, "approvers": ["carla"]} | {"officers": []}))
    await api.meets(CARLA, CONOR, HANA)
    assert (await lends(api, "conor", 409))["elected_posts"] == ["cabinet member"]
    await api.adopts(scheme({**POST, "officers": []}), 2)
    await lends(api, "conor")


async def test_what_was_lent_to_officers_counts_no_more_once_their_tier_is_an_elected_post(api: Api) -> None:
    await api.adopts(scheme({**POST, "elected_post": False, "officers": []}))
    await api.meets(CARLA, CONOR, HANA, DEREK, PAUL, PRIYA)
    await lends(api, "paul")
    await lends(api, "derek")
    await climbed(api)
    approver = Who("paul", (Role.APPROVER,))
    [of_officers] = await waiting_for(api, approver)
    assert (of_officers["acting_for"], of_officers["waiting_on"]) == ("carla", "approver")
    await api.adopts(scheme(), 2)
    assert await waiting_for(api, approver) == []
    [rfp] = [item["id"] for item in await waiting_for(api, DEREK)]
    refused = await api.decide(rfp, "approve", approver, 409, reason="In budget.", acting_for="carla")
    assert refused.json()["type"] == "/problems/not-your-tier"
    await api.decide(rfp, "approve", DEREK, reason="In budget.", acting_for="carla")


async def test_officers_are_named_for_an_elected_post_alone_and_none_confirms_their_own_naming(
    api: Api,
) -> None:
    refused = await api.post("/v1/scheme/decisions", scheme({**POST, "elected_post": False}), ADA, 409, 0)
    assert (refused.json()["type"], refused.json()["tiers"]) == (
        "/problems/no-elected-post",
        ["cabinet member"],
    )
    await api.post("/v1/scheme/decisions", scheme({**POST, "officers": ["lars"]}), ADA, version=0)
    body = {"decision": "confirm", "proposal": 1}
    gains = await api.post("/v1/scheme/decisions", body, LARS, 409, 1)
    assert gains.json()["type"] == "/problems/you-gain"
