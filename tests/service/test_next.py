"""What may I do now: an RFP shows it, by the guards that decide, and whoever follows it arrives."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.kernel.roles import Role
from tests.support.api import Api, Json
from tests.support.days import in_days, today
from tests.support.patience import LOOKS
from tests.support.people import ADA, DEREK, HANA, LEO, PAUL, PIA, PRIYA, RITA, SAM, Who
from tests.support.procuring import AN_HOUR, CRITERIA, EVAN, EVE, LARS, closed, opened

PEOPLE = (RITA, PRIYA, HANA, EVE, EVAN, LARS)
WHY = {"reason": "As it is."}


def now() -> datetime:
    return datetime.now(UTC)


def scored(number: int) -> Json:
    """Score one pair after the other, always alike: nothing is to be moderated."""
    return {
        "bid": ("B0", "B1")[number // 2 % 2],
        "criterion": ("Price", "Quality")[number % 2],
        "score": 90 - 10 * (number // 2 % 2),
        "comment": "Read.",
    }


Says = Callable[[int], Json]
# What leads to a contract, the furthest first: how often each is wanted, and what it says each time.
WANTED: Mapping[str, tuple[int, Says]] = {
    "conclude-contract": (
        1,
        lambda _: {"reference": "C-1", **dict.fromkeys(("signed_on", "starts_on", "ends_on"), in_days(0))},
    ),
    "publish-award-notice": (1, lambda _: {"reference": "UK6-1"}),
    "send-summaries": (1, lambda _: {"told": ["B0", "B1"]}),
    "approve-award": (1, lambda _: WHY),
    "recommend-award": (
        1,
        lambda _: {"bid": "B0", "supplier": "Fictional Systems Ltd", "value_pence": 2_000_000, **WHY},
    ),
    "record-score": (8, scored),
    "declare-interests": (2, lambda _: {"conflict": False, "statement": "I know none of them."}),
    "close-responses": (1, lambda _: {}),
    "record-response": (2, lambda number: {"reference": f"B{number}", "sha256": "ab" * 32}),
    "publish-tender-notice": (
        1,
        lambda _: {"reference": "T-1", "responses_by": (now() + AN_HOUR).isoformat()},
    ),
    "appoint-evaluator": (2, lambda number: {"evaluator": ("eve", "evan")[number]}),
    "fix-criteria": (1, lambda _: {"criteria": CRITERIA}),
    "approve": (1, lambda _: WHY),
    "request-approval": (
        1,
        lambda _: {"budget_code": "IT-1", "options_considered": "None", "conflicts": "None"},
    ),
    "select-route": (1, lambda _: {"regime": "below_threshold", "route": "open_tender", "lead": "priya"}),
    "accept": (1, lambda _: {}),
    "submit": (1, lambda _: {}),
    "confirm-no-match": (1, lambda _: {}),
    "check-catalogue": (1, lambda _: {}),
    "amend": (
        1,
        lambda _: {
            "cost_centre": "CC-1",
            "needed_by": "2027-01-01",
            "estimate_pence": 2_000_000,
            "estimate_with_vat_pence": 2_400_000,
        },
    ),
}


async def told(api: Api, thing: str, who: Who, room: str = "rfps") -> dict[str, dict[str, Any]]:
    """Return what somebody may decide, by its name."""
    seen = (await api.get(f"/v1/{room}/{thing}", who)).json()
    return {each["decision"]: each for each in seen["next"]}


async def test_whoever_follows_what_is_next_comes_from_a_need_to_a_contract(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(EVE, EVAN)
    rfp, done = await api.raised(), Counter[str]()
    looks = 0
    while (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] != "contracted":
        looks += 1
        assert looks < LOOKS, done
        if not await _one_step(api, rfp, done):
            await closed(api, rfp)  # the market has had its time
    assert done.total() > 25, done


async def _one_step(api: Api, rfp: str, done: Counter[str]) -> bool:
    """Take the furthest step that somebody is allowed just now; it must be accepted."""
    for who in PEOPLE:
        seen = (await api.get(f"/v1/rfps/{rfp}", who)).json()
        allowed = {each["decision"] for each in seen["next"] if each["allowed"]}
        for decision, (often, says) in WANTED.items():
            if decision in allowed and done[decision] < often:
                body = {"decision": decision, **says(done[decision])}
                if decision == "check-catalogue":
                    check = await api.post("/v1/catalogue-checks", {"query": "laptop"}, who)
                    body["check_id"] = check.json()["id"]
                if decision == "record-response":
                    body["received_at"] = seen["changed_at"]  # by the record: a clock may step back
                headers = api.headers(who, If_Match=f'"{seen["version"]}"')
                answer = await api.client.post(f"/v1/rfps/{rfp}/decisions", json=body, headers=headers)
                if answer.status_code == 412:  # the clock was faster
                    return True
                assert answer.status_code == 200, (decision, who.id, answer.text)
                api.position = max(api.position, answer.json()["position"])
                done[decision] += 1
                return True
    return False


async def test_what_is_refused_is_refused_with_the_same_rule_and_facts(api: Api) -> None:
    rfp = await api.in_approval()
    for who, decision, fields in (
        (DEREK, "approve", WHY),
        (RITA, "submit", {}),
        (PRIYA, "accept", {}),
        (RITA, "divert", {"item_id": "00000000-0000-4000-8000-000000000000"}),
        (LEO, "withdraw", WHY),
    ):
        said = (await told(api, rfp, who))[decision]
        assert set(said) == {"decision", "allowed", "why_not"}
        problem = (await api.decide(rfp, decision, who, 409, **fields)).json()
        assert said["why_not"] == {n: v for n, v in problem.items() if n not in ("status", "instance")}
    assert (await told(api, rfp, HANA))["approve"] == {"decision": "approve", "allowed": True}


async def test_only_decisions_of_the_callers_roles_are_told(api: Api) -> None:
    rfp = await api.raised()
    assert set(await told(api, rfp, SAM)) & {"amend", "approve", "accept"} == set()
    both = Who("both", (Role.REQUESTER, Role.PROCUREMENT_OFFICER))
    assert {"withdraw", "accept"} <= set(await told(api, rfp, both))
    assert await told(api, rfp, PIA) == {}


async def test_a_delegate_is_told_for_whom_and_no_longer_once_it_has_ended(api: Api) -> None:
    dora, rfp = Who("dora", HANA.roles), await api.in_approval()
    assert (await told(api, rfp, dora))["approve"]["allowed"] is False
    give = {"delegate": "dora", "limit_pence": 2_000_000, "first_day": in_days(0), "last_day": in_days(1)}
    given = (await api.post("/v1/delegations", give | WHY, HANA)).json()
    allowed = (await told(api, rfp, dora))["approve"]
    assert (allowed["allowed"], allowed["acting_for"]) == (True, ["hana"])
    end = {"decision": "end", "reason": "Back again."}
    await api.post(f"/v1/delegations/{given['id']}/decisions", end, HANA, version=1)
    assert (await told(api, rfp, dora))["approve"]["allowed"] is False


async def test_what_is_too_early_says_from_when_it_is_not(api: Api) -> None:
    rfp = await opened(api)
    early = (await told(api, rfp, PRIYA))["close-responses"]
    seen = (await api.get(f"/v1/rfps/{rfp}", PRIYA)).json()
    assert early["why_not"]["type"] == "/problems/not-due-yet"
    assert datetime.fromisoformat(early["from"]) == datetime.fromisoformat(seen["responses_by"])


async def test_the_past_has_no_next_and_what_has_one_is_always_sent(api: Api) -> None:
    rfp = await api.raised()
    path = f"/v1/rfps/{rfp}"
    assert (await api.get(path, as_of=api.position)).json()["next"] is None
    first = await api.get(path)
    again = await api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.json()["next"] == first.json()["next"] != []
    withdrawn = {"decision": "withdraw", **WHY}
    await api.client.post(
        f"{path}/decisions", json=withdrawn, headers=api.headers(RITA, If_Match=first.headers["ETag"])
    )
    assert not any(each["allowed"] for each in (await told(api, rfp, PAUL)).values())


async def test_who_acts_for_some_areas_only_is_told_what_the_others_rfps_allow_them(api: Api) -> None:
    """A requester of another area who may read this RFP by another role still decides nothing on it."""
    rfp = await api.raised()
    una = Who("una", (Role.REQUESTER, Role.SCRUTINY_MEMBER), ("Highways",))
    kinds = {each["why_not"]["type"] for each in (await told(api, rfp, una)).values()}
    assert "/problems/not-found" in kinds
    await api.decide(rfp, "withdraw", una, 404, **WHY)


async def test_every_other_room_says_what_is_next_on_one_thing(api: Api) -> None:
    body = {"reference": "ICT-1", "title": "Network", "origin": "other"}
    project = (await api.post("/v1/projects", body, PIA, 201)).json()["id"]
    seen = (await api.get(f"/v1/projects/{project}", PIA)).json()
    by = {each["decision"]: each for each in seen["next"]}
    assert by["categorise"]["allowed"] is True
    assert by["transfer"]["why_not"]["type"] == "/problems/wrong-project-stage"
    assert (await api.get(f"/v1/projects/{project}", SAM)).json()["next"] == []
    assert (await api.get(f"/v1/projects/{project}", PIA, as_of=api.position)).json()["next"] is None


async def test_contracts_rounds_and_accounts_say_it_too(api: Api) -> None:
    await api.adopt_scheme()
    body = {
        "reference": "C-1",
        "title": "Network support",
        "supplier": {"name": "Fictional Ltd"},
        "terms": {"initial_end": "2090-12-31"},
    }
    contract = (await api.post("/v1/contracts", body, PAUL, 201)).json()["id"]
    by = await told(api, contract, PAUL, "contracts")
    assert by["amend"]["allowed"] is by["start-review"]["allowed"] is True
    assert by["execute-extension"]["why_not"]["type"] == "/problems/wrong-contract-stage"
    assert (await told(api, contract, HANA, "contracts")).keys() == {"approve-renewal", "refuse-renewal"}
    month = {"month": f"{today():%Y-%m}"}
    opened_round = (await api.post("/v1/renewal-rounds", month, PAUL, 201)).json()["id"]
    by = await told(api, opened_round, PAUL, "renewal-rounds")
    assert (by["close"]["allowed"], by["reopen"]["allowed"]) == (True, False)
    account = {"name": "Portal", "owner": "ada", "scopes": ["rfp.read"]}
    made = (await api.post("/v1/service-accounts", account, ADA, 201)).json()["id"]
    assert (await told(api, made, ADA, "service-accounts"))["confirm"]["allowed"] is False
