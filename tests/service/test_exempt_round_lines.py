"""A round shows of an exempt contract that it is there, and no more."""

from rfp_service.contracts.domain.contract import contract_id
from tests.service.test_contracts import CORA, ending_in, registered, this_month
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import LARS, SAM

TOLD = ("ReviewRoundOpened", "RoundLineDeferred")
MARK = "[exempt: paragraph 3 of Schedule 12A]"


async def test_a_round_withholds_what_is_exempt_of_its_lines_from_whoever_may_not_read_it(api: Api) -> None:
    await api.adopt_scheme()
    for reference, days in (("C-2", 5), ("C-3", 4)):
        await registered(
            api, reference=reference, terms=ending_in(days), value_pence=1_200_000, value_basis="yearly"
        )
    await exempted(api, str(contract_id("C-2")), "reference", "terms", "value_pence")
    opened = await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)
    path = f"/v1/renewal-rounds/{opened.json()['id']}"
    seen = (await api.get(path, CORA)).json()
    plain, hidden = seen["lines"]
    assert (plain["reference"], plain["exposure_pence"], plain["withheld"]) == ("C-3", 1_200_000, {})
    assert hidden["contract"] == str(contract_id("C-2"))
    assert (hidden["reference"], hidden["due_on"], hidden["exposure_pence"]) == (MARK, None, None)
    assert set(hidden["withheld"]) == {"reference", "due_on", "exposure_pence"}
    [close] = [each for each in seen["next"] if each["decision"] == "close"]
    assert [named["reference"] for named in close["why_not"]["contracts"]] == ["C-3", MARK]
    assert "C-2" not in (await api.get(path, CORA)).text
    whole = (await api.get(path, LARS)).json()["lines"]
    assert [(line["reference"], line["withheld"]) for line in whole] == [("C-3", {}), ("C-2", {})]


async def test_neither_a_refusal_nor_a_history_nor_the_record_tells_what_a_round_withholds(api: Api) -> None:
    await api.adopt_scheme()
    for reference, days in (("C-2", 5), ("C-3", 4)):
        await registered(
            api, reference=reference, terms=ending_in(days), value_pence=1_300_000, value_basis="yearly"
        )
    await exempted(api, str(contract_id("C-2")), "reference", "terms", "value_pence")
    opened = await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)
    path = f"/v1/renewal-rounds/{opened.json()['id']}"
    refused = await api.post(f"{path}/decisions", {"decision": "close"}, CORA, 409, 1)
    assert [named["reference"] for named in refused.json()["contracts"]] == ["C-3", MARK]
    defer = {"decision": "defer", "contract": str(contract_id("C-2")), "reason": "Later."}
    await api.post(f"{path}/decisions", {**defer, "until": in_days(9)}, CORA, version=1)
    for place, who in ((f"{path}/history", CORA), ("/v1/audit/decisions", SAM)):
        events = [e for e in (await api.get(place, who)).json()["items"] if str(e.get("decision")) in TOLD]
        assert len(events) == len(TOLD)
        assert all("C-2" not in str(event) for event in events)
        assert all("1300000" not in str(event["said"]) for event in events if event["decision"] == TOLD[1])
        assert all(MARK in event["withheld"].values() for event in events)
    whole = (await api.get(f"{path}/history", LARS)).json()["items"]
    assert "C-2" in str(whole[0]["said"])
