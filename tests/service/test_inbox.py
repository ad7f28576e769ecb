"""The inbox: what waits for whom, why, since when, until when; and what of it they have read."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.kernel.calendar import day_in_london
from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import ADA, DEREK, HANA, LARS, LEO, PAUL, PIA, PRIYA, RITA, SAM, SCHEME, Who
from tests.support.procuring import EVAN, EVE, bids, closed, opened, prepared

INBOX = "/v1/inbox"
REACTED = "SELECT min(position) FROM reactions"
FINN = Who("finn", (Role.FINANCE,))


async def waiting(api: Api, who: Who, **query: object) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get(INBOX, who, **query)).json()["items"]
    return items


async def kinds(api: Api, who: Who, **query: object) -> list[str]:
    return [item["kind"] for item in await waiting(api, who, **query)]


async def test_an_rfp_waits_for_whoever_has_the_turn_and_for_nobody_else(api: Api) -> None:
    rfp = await api.raised()
    [item] = await waiting(api, RITA)
    assert (item["kind"], item["id"], item["thing"], item["acting_for"]) == ("request", rfp, "rfp", None)
    assert (item["unread"], item["overdue"], item["due_on"]) == (True, False, None)
    for who in (LEO, PRIYA, HANA, LARS, SAM, ADA, PIA):
        assert await kinds(api, who) == [], who.id
    rfp = await api.in_approval()
    approval = (await waiting(api, HANA))[0]
    assert (approval["kind"], approval["id"]) == ("approval", rfp)
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert (approval["since"], approval["position"]) == (history[-1]["happened_at"], history[-1]["position"])
    assert await kinds(api, DEREK) == []
    assert await kinds(api, RITA) == ["request"]  # the draft
    own = Who("rita", (*RITA.roles, *HANA.roles))
    assert "approval" not in await kinds(api, own)


async def test_what_others_did_since_you_looked_is_counted_and_your_own_is_not(api: Api) -> None:
    rfp = await api.in_approval()
    [item] = await waiting(api, HANA)
    assert (item["looked_until"], item["changes"]) == (None, 0)  # it is new as a whole
    head = await api.service.record.head()
    mark = {"id": rfp, "kind": item["kind"], "position": head}
    await api.post(f"{INBOX}/marks", {"items": [mark]}, HANA)
    [item] = await waiting(api, HANA)
    assert (item["unread"], item["looked_until"], item["changes"]) == (False, head, 0)
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "end-hold", PRIYA)
    [item] = await waiting(api, HANA)
    assert (item["unread"], item["looked_until"], item["changes"]) == (True, head, 2)
    draft = await api.raised()
    [own] = [each for each in await waiting(api, RITA) if each["id"] == draft]
    mark = {"id": draft, "kind": own["kind"], "position": own["position"]}
    await api.post(f"{INBOX}/marks", {"items": [mark]}, RITA)
    await api.decide(draft, "amend", RITA, title="Quieter laptops", reason="They hum.")
    [own] = [each for each in await waiting(api, RITA) if each["id"] == draft]
    assert own["changes"] == 0


@pytest.mark.slow
async def test_it_waits_since_the_turn_began_whatever_happened_meanwhile(api: Api) -> None:
    rfp = await api.in_approval(9_000_000)
    asked = (await waiting(api, HANA))[0]["position"]
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    assert await kinds(api, HANA) == []
    assert await kinds(api, FINN) == ["finance"]
    await api.decide(rfp, "end-hold", PRIYA)
    again = (await waiting(api, HANA))[0]["position"]
    assert again > asked
    await api.decide(rfp, "approve", HANA, reason="Yes.")
    assert await kinds(api, HANA) == []
    assert (await waiting(api, DEREK))[0]["position"] > again
    before = await waiting(api, HANA, as_of=again)
    assert [item["position"] for item in before] == [again]


async def test_who_stands_in_for_an_approver_has_their_approvals(api: Api) -> None:
    paula = Who("paula", (Role.APPROVER,))
    await api.adopt_scheme()
    await api.meets(paula, HANA)
    today = day_in_london(datetime.now(UTC))
    given = {
        "delegate": "paula",
        "limit_pence": 2_000_000,
        "first_day": f"{today}",
        "last_day": f"{today + timedelta(days=30)}",
        "reason": "Leave.",
    }
    await api.post("/v1/delegations", given, HANA)
    small = await api.in_approval(2_000_000, adopt=False)
    await api.in_approval(2_400_000, adopt=False)  # above the limit that was delegated
    [item] = await waiting(api, paula)
    assert (item["id"], item["acting_for"]) == (small, "hana")
    assert len(await waiting(api, HANA)) == 2
    counted = (await api.get(INBOX, HANA, count=True, count_by="kind", limit=1)).json()
    assert (counted["total"], counted["counts"]) == (2, [{"value": "approval", "count": 2}])


async def test_the_lead_answers_questions_and_evaluators_declare_and_score(api: Api) -> None:
    rfp = await opened(api)
    assert await kinds(api, PRIYA) == []
    await api.decide(rfp, "record-clarification", PRIYA, question="Which dock?")
    [asked] = await waiting(api, PRIYA)
    assert (asked["kind"], asked["due_on"] is not None) == ("clarification", True)
    assert await kinds(api, PAUL) == []  # another officer
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="USB-C.")
    assert await kinds(api, PRIYA) == []
    await bids(api, rfp, "A")
    await closed(api, rfp)
    [declare] = await waiting(api, EVE)
    assert declare["why"] == "You have still to declare your interests."
    await api.decide(rfp, "declare-interests", EVE, conflict=False, statement="I know none of them.")
    [score] = await waiting(api, EVE)
    assert (score["why"], score["unread"]) == ("You have still 2 scores to give.", True)
    assert (await waiting(api, EVAN))[0]["position"] == declare["position"]


@pytest.mark.slow
async def test_before_there_is_a_lead_it_waits_for_every_officer(api: Api) -> None:
    await api.in_approval()
    rfp = (await api.get("/v1/rfps")).json()["items"][0]["id"]
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="How many?")
    assert await kinds(api, RITA) == ["request"]
    rfp = await prepared_anew(api)
    assert await kinds(api, PRIYA) == await kinds(api, PAUL) == ["procurement"]
    officer = Who("rita", (*RITA.roles, *PRIYA.roles))  # nobody handles what they asked for
    assert "procurement" not in await kinds(api, officer)
    await api.decide(rfp, "accept", PRIYA)
    assert len(await kinds(api, PAUL)) == 1


async def prepared_anew(api: Api) -> str:
    rfp = await api.raised()
    await api.decide(
        rfp,
        "amend",
        cost_centre="CC-1",
        needed_by="2027-01-01",
        estimate_pence=1_000_000,
        estimate_with_vat_pence=1_200_000,
    )
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    await api.decide(rfp, "check-catalogue", check_id=check)
    await api.decide(rfp, "confirm-no-match")
    await api.decide(rfp, "submit")
    return rfp


async def test_a_scheme_waits_for_a_second_person(api: Api) -> None:
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    assert await kinds(api, ADA) == []
    assert await kinds(api, LARS) == ["scheme"]
    assert await kinds(api, Who("abe", ADA.roles)) == ["scheme"]


async def test_what_was_read_is_unread_again_once_it_waits_anew(api: Api) -> None:
    rfp = await api.in_approval()
    [item] = await waiting(api, HANA)
    mark = {"items": [{name: item[name] for name in ("id", "kind", "position")}]}
    assert (await api.post(f"{INBOX}/marks", mark, HANA, 200)).json() == {"marked": 1}
    [item] = await waiting(api, HANA)
    assert item["unread"] is False
    assert await waiting(api, HANA, unread=True) == []
    assert len(await waiting(api, HANA, unread=False, kind="approval", thing="rfp")) == 1
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "end-hold", PRIYA)
    assert (await waiting(api, HANA))[0]["unread"] is True
    beyond = {"items": [{**mark["items"][0], "position": 10**9}]}
    assert (await api.post(f"{INBOX}/marks", beyond, HANA, 422)).json()[
        "type"
    ] == "/problems/beyond-the-record"
    await api.post(f"{INBOX}/marks", {"items": []}, HANA, 422)


@pytest.mark.slow
async def test_the_approvals_of_the_inbox_are_those_of_the_list_of_approvals(api: Api) -> None:
    await prepared(api)
    for estimate in (1_000_000, 9_000_000):
        await api.in_approval(estimate, adopt=False)
    for who in (HANA, DEREK):
        listed = {item["id"] for item in (await api.get("/v1/approvals", who)).json()["items"]}
        assert {item["id"] for item in await waiting(api, who)} == listed


async def test_who_granted_one_tier_has_the_next_neither_in_the_inbox_nor_among_approvals(api: Api) -> None:
    rfp = await api.in_approval(9_000_000)
    today = day_in_london(datetime.now(UTC)).isoformat()
    give = {
        "delegate": "hana",
        "limit_pence": 25_000_000,
        "first_day": today,
        "last_day": today,
        "reason": "Away.",
    }
    await api.meets(HANA, DEREK)
    await api.post("/v1/delegations", give, DEREK)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    refused = await api.decide(rfp, "approve", HANA, 409, reason="Again.", acting_for="derek")
    assert refused.json()["type"] == "/problems/one-tier-each"
    assert await waiting(api, HANA) == []
    assert (await api.get("/v1/approvals", HANA)).json()["items"] == []
    assert [item["id"] for item in (await api.get("/v1/approvals", DEREK)).json()["items"]] == [rfp]


async def told(api: Api, who: Who) -> list[tuple[str, str]]:
    """Return what somebody was told, once all that happened has been reacted to."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await api.service.pool.fetchval(REACTED) < api.position:  # noqa: ASYNC110  # a worker reacts
            await asyncio.sleep(0.02)
    items = (await api.get("/v1/notices", who)).json()["items"]
    return [(item["told"], item["about"]) for item in reversed(items)]


async def test_each_party_is_told_when_its_turn_begins(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(rfp, "record-clarification", PRIYA, question="Which dock?")
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="USB-C.")
    await api.decide(rfp, "hold", PRIYA, waiting_on="legal", reason="The terms are looked at.")
    assert await told(api, RITA) == [("party:requester", "your-turn"), ("party:requester", "answer")]
    lead = [("party:procurement", "your-turn")] * 2 + [("party:procurement", "question")]
    assert await told(api, PRIYA) == lead
    assert await told(api, PAUL) == []  # another officer leads
    assert await told(api, EVE) == [("person:eve", "appointed")]
    assert await told(api, LARS) == [("party:legal", "your-turn")]
    assert await told(api, SAM) == []
    assert await told(api, LEO) == []
    assert await told(api, HANA) == [("head", "approval-requested")]
