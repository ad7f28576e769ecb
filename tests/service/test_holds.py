"""Holds over HTTP: put on, corrected, counted, and drawn against the stage's target."""

from tests.support.api import Api
from tests.support.people import HANA, PRIYA, RITA, SAM, SCHEME

VALUES = {
    **SCHEME["values"],  # type: ignore[dict-item]
    "stage_targets": [{"stage": "approval", "working_days": 0}],
    "hold_reasons": [{"code": "budget-check"}],
}


async def test_a_hold_pauses_is_corrected_and_shows_its_cost(api: Api) -> None:
    await api.adopts({**SCHEME, "values": VALUES})
    rfp = await api.in_approval(adopt=False)
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["due_on"] is not None
    hold = {"waiting_on": "finance", "reason": "Is there money?", "reason_code": "budget-check"}
    await api.decide(rfp, "hold", PRIYA, 409, **(hold | {"reason_code": "holiday"}))
    await api.decide(rfp, "hold", PRIYA, **hold)
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["due_on"], seen["target_paused"]) == (None, True)
    fields = {"number": 1, "waiting_on": "legal", "reason": "It was about the terms."}
    await api.decide(rfp, "correct-hold", SAM, 403, **fields)
    await api.decide(rfp, "correct-hold", PRIYA, **fields)
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["waiting_on"] == "legal"
    await api.decide(rfp, "end-hold", PRIYA)
    [item] = (holds := (await api.get(f"/v1/rfps/{rfp}/holds", SAM)).json())["items"]
    assert (item["waiting_on"], item["named_at_first"], item["number"]) == ("legal", "finance", 1)
    assert item["ended_at"] is not None
    assert 0 < item["elapsed_seconds"] == holds["elapsed_seconds"]
    answer = (await api.get("/v1/rfps/bottlenecks", SAM)).json()
    charged = {row["party"]: row["elapsed_seconds"] for row in answer["parties"]}
    assert charged["legal"] == item["elapsed_seconds"]
    assert "finance" not in charged


async def test_the_tier_of_a_case_extends_its_target(api: Api) -> None:
    await api.adopts({**SCHEME, "values": VALUES})
    rfp = await api.in_approval(adopt=False)
    due = (await api.get(f"/v1/rfps/{rfp}")).json()["due_on"]
    await api.decide(rfp, "extend-target", HANA, working_days=10, reason="Nobody is here.")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["extra_days"], seen["due_on"] > due) == (10, True)
    for overdue, found in ((True, []), (False, [rfp])):
        items = (await api.get("/v1/rfps", RITA, overdue=overdue)).json()["items"]
        assert [item["id"] for item in items] == found
    [waiting] = (await api.get("/v1/approvals", HANA)).json()["items"]
    assert waiting["extra_days"] == 10
