"""Leavers: everything they had in hand goes to somebody else in one decision, by each thing's own rules."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.domain.events import RfpRaised
from rfp_service.rfps.domain.people_events import RequesterReplaced
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from shared.governance.audit.record_index.domain import IndexCommitted
from shared.governance.scheme.domain import SCHEME_ID
from shared.kernel.calendar import day_in_london
from tests.support.api import Api
from tests.support.people import ADA, DEREK, HANA, LARS, LEO, PAUL, PRIYA, RITA, SAM, SCHEME, Who
from tests.support.procuring import EVAN, EVE, prepared
from tests.support.specs import stamp

HENRY = Who("henry", HANA.roles)


def over(leaver: str, successor: str) -> dict[str, str]:
    return {"leaver": leaver, "successor": successor, "reason": "They left in May."}


async def seen(api: Api, answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(f"/v1/hand-overs/{answer.json()['id']}", SAM)).json()
    return found


async def test_all_open_rfps_of_a_requester_go_to_another_and_keep_their_history(api: Api) -> None:
    first, second = await api.raised(), await api.raised()
    ended, others = await api.raised(), await api.raised(LEO)
    await api.decide(ended, "withdraw", reason="Closed.")
    await api.adopt_scheme()
    answer = await api.post("/v1/hand-overs", over("rita", "leo"), ADA, 201)
    told = await seen(api, answer)
    assert {h["id"] for h in told["handed"]} == {first, second}
    assert told["left"] == []
    mine = (await api.get("/v1/rfps", LEO, mine=True)).json()["items"]
    assert {row["id"] for row in mine} == {first, second, others}
    *_, last = (await api.get(f"/v1/rfps/{first}/history", SAM)).json()["items"]
    assert (last["decision"], last["by"]) == ("RequesterReplaced", "ada")
    assert (await api.get(f"/v1/rfps/{ended}")).json()["raised_by"] == "rita"


async def test_what_is_handed_over_follows_what_a_clock_ahead_has_dated(api: Api) -> None:
    rfp = await api.raised()
    await api.adopt_scheme()
    await api.meets(LEO)
    ahead = stamp("rita", at=datetime.now(UTC) + timedelta(seconds=50))
    amended = AmendRfp(title="Tablets")
    receipt = await api.service.store.handle(UUID(rfp), amended, ahead, blank=Rfp(), expected=1)
    api.position = receipt.position
    told = await seen(api, await api.post("/v1/hand-overs", over("rita", "leo"), ADA, 201))
    assert (told["left"], [h["id"] for h in told["handed"]]) == ([], [rfp])
    items = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert [item["decision"] for item in items] == ["RfpRaised", "RfpAmended", "RequesterReplaced"]
    assert items[1]["happened_at"] == items[2]["happened_at"]


async def test_what_its_own_rules_forbid_is_left_and_said(api: Api) -> None:
    rfp = await api.approved()  # Hana approved it, and takes no other part in it
    free = await api.raised()
    told = await seen(api, await api.post("/v1/hand-overs", over("rita", "hana"), ADA))
    assert [h["id"] for h in told["handed"]] == [free]
    assert told["left"] == [{"id": rfp, "part": "requester", "refusal": "HasDecided"}]
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["raised_by"] == "rita"


async def test_lead_and_evaluator_go_too_and_a_new_evaluator_declares_anew(api: Api) -> None:
    rfp = await prepared(api)
    await api.meets(PAUL, Who("erin", EVE.roles))
    told = await seen(api, await api.post("/v1/hand-overs", over("evan", "erin"), ADA))
    assert [(h["id"], h["part"]) for h in told["handed"]] == [(rfp, "evaluator")]
    assert (await api.get(f"/v1/rfps/{rfp}", EVAN)).json()["evaluators"] == ["eve", "erin"]
    await api.post("/v1/hand-overs", over("priya", "paul"), ADA)
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["lead"] == "paul"


async def confirmed(api: Api, told: dict[str, Any]) -> None:
    """Let a second person confirm what waits of a hand-over."""
    scheme = (await api.get("/v1/scheme")).json()
    for number, proposal in enumerate(scheme["proposals"]):
        body = {"decision": "confirm", "proposal": proposal["proposal"]}
        await api.post("/v1/scheme/decisions", body, LARS, version=scheme["version"] + number)
    for waiting in set(told["waiting"]) - {str(SCHEME_ID)}:
        path = f"/v1/delegations/{waiting}/decisions"
        await api.post(path, {"decision": "confirm"}, LARS, version=1)


async def test_an_approvers_tiers_and_delegations_go_and_what_waited_waits_for_the_successor(
    api: Api,
) -> None:
    rfp = await api.in_approval()
    await api.meets(Who("dora", HANA.roles), HANA, HENRY)
    today = day_in_london(datetime.now(UTC))
    day = (today + timedelta(days=9)).isoformat()
    later = {**SCHEME["values"], "effective_from": day}  # type: ignore[dict-item]
    await api.adopts({**SCHEME, "values": later}, 2)
    give = {"limit_pence": 2_000_000, "first_day": today.isoformat(), "last_day": day, "reason": "L."}
    await api.post("/v1/delegations", {**give, "delegate": "dora"}, HANA)
    await api.post("/v1/delegations", {**give, "delegate": "hana"}, DEREK)
    told = await seen(api, await api.post("/v1/hand-overs", over("hana", "henry"), ADA))
    parts = sorted(h["part"] for h in told["handed"])
    assert (parts, told["left"]) == (["delegation"] * 4 + ["tiers"] * 2, [])
    assert len(told["waiting"]) == 3  # the scheme, and both delegations given anew
    await confirmed(api, told)
    scheme = (await api.get("/v1/scheme")).json()
    assert scheme["values"]["tiers"][0]["approvers"] == ["henry"]
    waiting = (await api.get("/v1/approvals", HENRY)).json()["items"]
    assert [item["id"] for item in waiting] == [rfp]
    assert (await api.get("/v1/approvals", HANA)).json()["items"] == []
    live = (await api.get("/v1/delegations", live=True)).json()["items"]
    assert {(d["delegator"], d["delegate"]) for d in live} == {("henry", "dora"), ("derek", "henry")}
    refused = await api.decide(rfp, "approve", HANA, 409, reason="Still me.")
    assert refused.json()["type"] == "/problems/not-your-tier"
    await api.decide(rfp, "approve", HENRY, reason="In budget.")


async def test_the_same_key_hands_over_once_and_two_at_once_do_no_harm(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(LEO, PAUL)
    rfps = [await api.raised() for _ in range(5)]
    answers = await asyncio.gather(
        *(api.post("/v1/hand-overs", over("rita", "leo"), ADA, key=f"k{n}") for n in range(3))
    )
    again = await api.post("/v1/hand-overs", over("rita", "leo"), ADA, key="k0")
    assert again.json() == answers[0].json()
    await api.post("/v1/hand-overs", over("rita", "paul"), ADA, 422, key="k0")
    for rfp in rfps:
        items = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
        assert [item["decision"] for item in items] == ["RfpRaised", "RequesterReplaced"]


async def test_only_an_administrator_hands_over_and_to_somebody_else(api: Api) -> None:
    await api.post("/v1/hand-overs", over("rita", "leo"), RITA, 403)
    await api.post("/v1/hand-overs", over("rita", "leo"), PRIYA, 403)
    same = await api.post("/v1/hand-overs", over("rita", "rita"), ADA, 409)
    assert same.json()["type"] == "/problems/to-themselves"


async def many_raised(api: Api, count: int) -> list[UUID]:
    """Write so many RFPs of Rita's straight into the record, as if each had been asked for."""
    raised = RfpRaised(
        stage=Stage.DRAFT,
        waiting_on=Party.REQUESTER,
        title="Laptops",
        description="Forty.",
        service_area="Registrars",
        raised_by="rita",
    )
    rfps = [uuid4() for _ in range(count)]
    by_rita = stamp("rita", at=datetime.now(UTC))
    await api.service.store.append_together([(rfp, 1, raised, by_rita, None, 0) for rfp in rfps])
    api.position = await api.service.record.head()
    await api.get("/v1/rfps")  # waits for the views
    return rfps


@pytest.mark.slow
async def test_however_much_it_is_all_of_it_goes_in_one_decision_under_one_cause(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(RITA, LEO)
    rfps = await many_raised(api, 1_000)
    head = await api.service.record.head()
    answer = await api.post("/v1/hand-overs", over("rita", "leo"), ADA, 201, key="all")
    told = await seen(api, answer)
    assert {h["id"] for h in told["handed"]} == {str(rfp) for rfp in rfps}
    assert told["left"] == []
    came = await api.service.record.after(head)
    events = [e for e in came if not isinstance(e.event, IndexCommitted)]  # the worker's own
    assert len(events) == 1_000 + told["version"]
    assert {e.stamp.causation for e in events} == {f"hand-over {told['id']}"}
    again = await api.post("/v1/hand-overs", over("rita", "leo"), ADA, 201, key="all")
    assert again.json() == answer.json()


async def test_where_one_of_many_has_moved_on_nothing_is_stored_by_halves(api: Api) -> None:
    rfps = await many_raised(api, 500)
    head = await api.service.record.head()
    replaced = RequesterReplaced(
        stage=Stage.DRAFT, waiting_on=Party.REQUESTER, requester="leo", reason="They left."
    )
    by_ada = stamp("ada", at=datetime.now(UTC))
    versions = dict.fromkeys(rfps, 2) | {rfps[-1]: 1}  # somebody was faster on the last one
    placed = [(rfp, versions[rfp], replaced, by_ada, None, 0) for rfp in rfps]
    assert await api.service.store.append_together(placed) is None
    assert await api.service.record.head() == head
