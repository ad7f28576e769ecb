"""RFPs in flight, taken over from the outgoing supplier by a register: live cases that go on here."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from rfp_service.rfps.commands.approvals import RequestApproval
from rfp_service.rfps.commands.takeover import TakeOverRfp, told_of
from rfp_service.rfps.domain.refusals import LeadIsRequester, VatMissing
from rfp_service.rfps.domain.rfp import Rfp, TakenOver
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.takeover_events import (
    GoesOnHere,
    RfpTakenOver,
    RfpWaitTold,
    TakenOverIncomplete,
    WaitedAhead,
    taken_over_id,
)
from shared.kernel.calendar import start_of
from shared.kernel.named_people import NoSuchPerson
from shared.kernel.states import replace
from tests.rfps.examples import ABSENT
from tests.rfps.way import OFFICER
from tests.support.api import Api
from tests.support.people import PRIYA, RITA, SAM
from tests.support.specs import given

SINCE = date(2026, 1, 12)
ROW = TakeOverRfp(
    reference="SR-7",
    title="Scanners",
    service_area="Registrars",
    requester="ann",
    lead="priya",
    stage=Stage.BUSINESS_CASE,
    since=SINCE,
    estimate_pence=2_000_000,
    regime=Regime.BELOW_THRESHOLD,
    route=Route.QUOTATIONS,
    documents="https://files.example/sr-7",
)


def changed(**fields: Any) -> TakeOverRfp:
    return ROW.model_copy(update=fields)


TAKEN: tuple[Any, ...] = tuple(given(ABSENT).when(ROW, **OFFICER).events())


def test_it_is_a_live_case_whose_earlier_wait_is_the_supplier_s_word() -> None:
    told, taken = TAKEN
    assert isinstance(told, RfpWaitTold)
    assert isinstance(taken, RfpTakenOver)
    assert (told.waited_since, told.told_by) == (start_of(SINCE), "supplier")
    given(ABSENT).when(ROW, **OFFICER).leads_to(
        stage=Stage.BUSINESS_CASE, waiting_on=Party.REQUESTER, raised_by="ann", lead="priya"
    )
    case = {"budget_code": "IT-1", "options_considered": "Buy.", "conflicts": "None"}
    given(ABSENT, *TAKEN).when(RequestApproval(**case)).leads_to(stage=Stage.APPROVAL)


def test_a_party_that_is_named_is_waited_on() -> None:
    given(ABSENT).when(changed(waiting_on=Party.FINANCE), **OFFICER).leads_to(waiting_on=Party.FINANCE)


def test_what_it_cannot_go_on_without_must_be_told() -> None:
    given(ABSENT).when(changed(since=None, requester=None), **OFFICER).refused(
        TakenOverIncomplete, missing=["requester", "since"]
    )
    given(ABSENT).when(changed(route=None), **OFFICER).refused(TakenOverIncomplete, missing=["route"])
    draft = changed(stage=Stage.DRAFT, route=None, regime=None, lead=None)
    given(ABSENT).when(draft, **OFFICER).leads_to(stage=Stage.DRAFT, lead="")


def test_a_wait_began_on_a_day_that_has_come() -> None:
    given(ABSENT).when(changed(since=date(2026, 3, 3)), **OFFICER).refused(WaitedAhead)


def test_whom_a_row_names_is_known_and_no_requester_leads_their_own() -> None:
    given(ABSENT).when(ROW, **OFFICER, people=["priya"]).refused(NoSuchPerson, person="ann")
    given(ABSENT).when(changed(lead="ann"), **OFFICER).refused(LeadIsRequester, lead="ann")


def test_the_same_row_again_says_nothing_and_another_amends_the_need_alone() -> None:
    case = given(ABSENT, *TAKEN)
    case.when(ROW, **OFFICER).then()
    case.when(changed(estimate_pence=3_000_000), **OFFICER).leads_to(stage=Stage.BUSINESS_CASE)
    case.when(changed(since=date(2026, 2, 2)), **OFFICER).refused(GoesOnHere, changed=["since"])
    ready = changed(stage=Stage.READY_TO_ISSUE)
    case.when(ready, **OFFICER).refused(GoesOnHere, changed=["stage"])


def test_no_estimate_with_vat_is_below_the_one_without() -> None:
    """As where two columns of a register were swapped."""
    swapped = changed(estimate_pence=2_400_000, estimate_with_vat_pence=2_000_000)
    given(ABSENT).when(swapped, **OFFICER).refused(VatMissing)
    told = given(ABSENT).when(changed(estimate_with_vat_pence=2_400_000), **OFFICER).events()
    case = given(ABSENT, *told)
    case.when(changed(estimate_pence=2_400_001), **OFFICER).refused(VatMissing)
    case.when(changed(estimate_with_vat_pence=None), **OFFICER).then()


AWARDED = changed(
    stage=Stage.STANDSTILL,
    ends_on=date(2026, 3, 9),
    ends_at="00:00",
    supplier="Fictional Systems Ltd",
    supplier_number="01234567",
    award_value_pence=1_900_000,
)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("supplier", "Another Supplier Ltd"),
        ("supplier_number", "07654321"),
        ("award_value_pence", 1_900_001),
        ("ends_on", date(2026, 3, 10)),
        ("ends_at", "12:00"),
        ("notice_on", date(2026, 1, 5)),
    ],
)
def test_a_later_register_that_tells_of_another_award_or_period_is_a_difference(
    field: str, said: object
) -> None:
    taken = given(ABSENT).when(AWARDED, **OFFICER).events()
    case = given(ABSENT, *taken)
    case.when(AWARDED, **OFFICER).then()
    case.when(AWARDED.model_copy(update={field: said}), **OFFICER).refused(GoesOnHere, changed=[field])


@pytest.mark.parametrize(("told", "is_told"), [(None, ""), ("12:00", "12:00")])
def test_what_was_taken_over_before_its_day_was_kept_still_tells_it(told: str | None, is_told: str) -> None:
    asked = AWARDED.model_copy(update={"ends_at": told})
    *_, taken = given(ABSENT).when(asked, **OFFICER).events()
    assert isinstance(taken, RfpTakenOver)
    before = taken.model_copy(update={"told_ends_on": None, "told_ends_at": ""})
    for event in (taken, before):
        standing = told_of(event.apply(Rfp()))
        assert (standing["ends_on"], standing["ends_at"]) == (date(2026, 3, 9), is_told)


TABLE = """RFP number,Title,Department,Requested by,Buyer,Status,With,Waiting since,Value,Route,Regime,Papers
SR-7,Scanners,Registrars,rita,priya,business_case,finance,12/01/2026,"20,000",quotations,below_threshold,\\\\f\\sr-7
SR-8,Tills,Libraries,rita,,submitted,,2026-02-02,500,,,
SR-9,Vans,Highways,rita,priya,evaluation,,2026-02-02,500,quotations,below_threshold,
"""


async def handed_in(api: Api, text: str, **form: str) -> dict[str, Any]:
    answer = await api.client.post(
        "/v1/rfp-registers",
        files={"file": ("register.csv", text.encode())},
        data={"mode": "each", **form},
        headers=api.headers(PRIYA),
    )
    assert answer.status_code == 200, answer.text
    api.position = await api.service.record.head()
    found: dict[str, Any] = answer.json()
    return found


async def test_a_register_brings_live_cases_in_and_they_go_on(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(RITA, PRIYA)
    report = await handed_in(api, TABLE)
    assert (report["counts"]["done"], report["counts"]["refused"]) == (3, 0), report
    await api.raised()
    for kind, cases in (("outgoing_supplier", 3), ("service", 1), ("another", 0)):
        asked = await api.get("/v1/rfps/bottlenecks", PRIYA, requester_kind=kind)
        assert asked.json()["cases"]["all"] == cases, kind
    [short] = (await handed_in(api, "RFP number,Title,Status\nSR-10,Signs,evaluation\n"))["refused"]
    assert short["problem"]["missing"] == ["service_area", "requester", "since", "regime", "route", "lead"]
    rfp = str(taken_over_id("SR-7"))
    seen = (await api.get(f"/v1/rfps/{rfp}", SAM)).json()
    assert (seen["stage"], seen["waiting_on"], seen["estimate_pence"]) == (
        "business_case",
        "finance",
        2_000_000,
    )
    assert (seen["taken_over"]["since"], seen["taken_over"]["reference"]) == ("2026-01-12", "SR-7")
    waits = (await api.get("/v1/rfps/bottlenecks", SAM)).json()["parties"]
    finance = next(row for row in waits if row["party"] == "finance")
    told = datetime.now(UTC) - start_of(SINCE)
    assert abs(finance["open_elapsed_seconds"] - told.total_seconds()) < 24 * 3600
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert [entry["decision"] for entry in history] == ["RfpWaitTold", "RfpTakenOver"]
    again = await handed_in(api, TABLE)
    assert again["counts"]["done"] == 0
    await api.decide(rfp, "request-approval", budget_code="IT-1", options_considered="None", conflicts="None")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "approval"


async def test_a_register_may_write_stages_as_words_and_put_an_unread_amount_right(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(RITA, PRIYA)
    words = TABLE.replace("business_case,finance", "Business case,FINANCE").replace(
        "quotations", "Quotations"
    )
    short = words.replace("below_threshold", "Below-threshold").replace('"20,000"', "20k")
    report = await handed_in(api, short)
    assert (report["counts"]["done"], [cell["text"] for cell in report["cells"]]) == (3, ["20k"]), report
    assert (await handed_in(api, TABLE))["counts"]["done"] == 1
    assert (await handed_in(api, TABLE))["difference_counts"]["unchanged"] == 3
    await api.raised()
    assert (await api.get(f"/v1/rfps/{taken_over_id('SR-7')}", PRIYA)).json()["estimate_pence"] == 2_000_000


async def test_the_register_is_exported_as_it_stood_and_handed_in_again_says_nothing(api: Api) -> None:
    await api.adopt_scheme()
    await api.meets(RITA, PRIYA)
    await handed_in(api, TABLE)
    before = api.position
    rfp = str(taken_over_id("SR-7"))
    await api.decide(rfp, "amend", title="Copiers")
    await api.raised()
    now = (await api.get("/v1/rfp-registers", PRIYA)).text
    [copiers] = [row for row in csv.DictReader(io.StringIO(now)) if row["reference"] == "SR-7"]
    assert (copiers["title"], copiers["estimate_pence"], copiers["supplier"]) == ("Copiers", "2000000", "")
    then = (await api.get("/v1/rfp-registers", PRIYA, as_of=before)).text
    rows = {row["reference"]: row["title"] for row in csv.DictReader(io.StringIO(then))}
    assert rows == {"SR-7": "Scanners", "SR-8": "Tills", "SR-9": "Vans"}
    sheet = await api.get("/v1/rfp-registers", PRIYA, form="xlsx")
    assert sheet.content.startswith(b"PK")
    again = await handed_in(api, now)
    assert (again["difference_counts"]["unchanged"], again["counts"]["done"]) == (4, 0), again
    [other] = (await handed_in(api, now.replace("Laptops", "Tablets")))["refused"]
    assert other["problem"]["type"] == "/problems/came-in-no-register"


def test_a_register_says_nothing_of_the_place_of_what_no_supplier_told() -> None:
    clock = replace(Rfp(), taken_over=TakenOver(party=Party.STATUTORY_CLOCK))
    for rfp in (Rfp(), clock):
        assert (told_of(rfp)["stage"], told_of(rfp)["waiting_on"]) == (None, None)


def test_one_reference_is_one_rfp_however_it_is_written() -> None:
    assert taken_over_id("SR  7") == taken_over_id("sr 7") != taken_over_id("SR 8")
    assert Rfp().taken_over.reference == ""
