"""A round shows of an exempt contract that it is there, and no more."""

from rfp_service.contracts.domain.contract import contract_id
from tests.service.test_contracts import CORA, ending_in, registered, this_month
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.people import LARS

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
