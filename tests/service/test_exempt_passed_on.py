"""What is exempt of one thing is told by none that follows from it: an RFP from a contract, and back."""

from datetime import UTC, date, datetime
from typing import Any

from rfp_service.contracts.domain.contract import contract_id
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.stages import Party, Stage
from shared.kernel.messages import Stamp
from tests.rfps.examples import DRAFT
from tests.service.test_contracts import CORA, RFP, decide, registered, settled
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import today
from tests.support.patience import until_true
from tests.support.people import HANA, LARS, LEO, SAM
from tests.support.told_streams import append_streams

SECRET = "Zirconium"


async def reprocured(api: Api, *exempt: str, reference: str = "C-1") -> tuple[str, dict[str, Any]]:
    """Approve that a contract is procured anew, some of it exempt; return its id and the RFP."""
    await api.adopt_scheme()
    contract = await registered(
        api,
        reference=reference,
        title=f"{SECRET} network",
        description=f"{SECRET} for all.",
        service_area="Highways",
    )
    await exempted(api, contract, *exempt)
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="reprocure", value_pence=0, reason="Dear.")
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    found: list[dict[str, Any]] = []

    async def opened() -> bool:
        await api.catch_up()
        found[:] = (await api.get("/v1/rfps", CORA)).json()["items"]
        named = (await api.get(f"/v1/contracts/{contract}/history", CORA)).json()["items"]
        return bool(found) and named[-1]["decision"] == "ReprocurementStarted"

    await until_true(opened)
    await api.catch_up()
    return contract, found[0]


async def test_an_rfp_for_what_follows_an_exempt_contract_has_a_neutral_title(api: Api) -> None:
    contract, rfp = await reprocured(api, "title", "description")
    assert (rfp["title"], rfp["service_area"]) == ("What follows contract C-1", "Highways")
    paths = (f"/v1/rfps/{rfp['id']}", f"/v1/rfps/{rfp['id']}/history", f"/v1/contracts/{contract}/history")
    for path in (*paths, "/v1/rfps", "/v1/contracts", "/v1/inbox"):
        told = (await api.get(path, LEO)).text
        assert SECRET not in told, told[told.find(SECRET) - 300 : told.find(SECRET) + 200]
    for path in ("/v1/audit/decisions", *paths):
        assert SECRET not in (await api.get(path, SAM)).text, path
    whole = (await api.get(f"/v1/rfps/{rfp['id']}/history", LARS)).text
    assert SECRET not in whole, "nobody's copy holds it, whoever reads"


async def test_an_exempt_reference_is_in_no_neutral_title(api: Api) -> None:
    _, rfp = await reprocured(api, "title", "description", "reference", reference=f"{SECRET}-7")
    seen = (await api.get(f"/v1/rfps/{rfp['id']}", CORA)).json()
    assert (seen["title"], seen["description"]) == ("What follows a contract", "What follows a contract.")


async def test_what_is_exempt_of_an_rfp_is_exempt_of_the_contract_that_it_concludes(api: Api) -> None:
    await api.adopt_scheme()
    stamp = Stamp(by="lars", at=datetime.now(UTC))
    assert await append_streams(api.service.store, [(RFP, [(event, stamp) for event in DRAFT])])
    api.position = await api.service.record.head()
    await exempted(api, str(RFP), "title", "description")
    concluded = ContractConcluded(
        stage=Stage.CONTRACTED,
        waiting_on=Party.NOBODY,
        reference="C-78",
        supplier="Fictional Systems Ltd",
        value_pence=2_000_000,
        signed_on=today(),
        starts_on=date(2026, 1, 1),
        ends_on=date(2031, 12, 31),
        title=f"{SECRET} laptops",
        service_area="Registrars",
    )
    store = api.service.store
    await store.append([store.mapper.stored(RFP, len(DRAFT) + 1, concluded, stamp)])
    contract = str(contract_id("C-78"))
    await settled(api, contract, stage="in_force")
    mark = "[exempt: paragraph 3 of Schedule 12A]"
    seen = (await api.get(f"/v1/contracts/{contract}", CORA)).json()
    assert (seen["title"], seen["description"], seen["reference"]) == (mark, mark, "C-78")
    for path in (f"/v1/contracts/{contract}/history", "/v1/contracts", "/v1/contracts/calendar.ics"):
        told = (await api.get(path, LEO)).text
        assert SECRET not in told, told[told.find(SECRET) - 300 : told.find(SECRET) + 200]
    [exemption] = [
        each for each in (await api.get("/v1/exemptions")).json()["items"] if each["matter_id"] == contract
    ]
    assert (exemption["fields"], exemption["declared_by"]) == ("description title", "lars")
    assert (await api.get(f"/v1/contracts/{contract}", LARS)).json()["title"] == f"{SECRET} laptops"
