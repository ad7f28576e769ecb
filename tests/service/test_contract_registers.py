"""Registers of contracts: every row lands or is reported, what is doubtful is flagged, twice is once."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from rfp_service.contracts.domain.contract import contract_id
from tests.service.test_contracts import CORA, decide
from tests.support.api import Api
from tests.support.people import HANA, PIA

HEADINGS = (
    "Contract Reference,Title of Agreement,Supplier Name,Supplier Company Number,Total Value,Start Date,"
    "End Date,Review Date,Invitation to Tender,SME,VCSE\r\n"
)
REGISTER = HEADINGS + (
    "K-1,Network support,Ribble Networks Ltd,01234567,£0,01/04/2025,31/03/2048,,Yes,No,No\r\n"
    "K-2,Library system,Wyre Software Ltd,n/a?,1,2025-04-01,2050-03-31,2049-01-01,No,medium?,False\r\n"
    "K-3,Day care,Lune Care CIC,,50000,2025-04-01,2051-03-31,,Y,Yes,True\r\n"
    "K-3,Day care,Wyre Care Ltd,,50000,2025-04-01,2052-03-31,,Y,Yes,True\r\n"
    "K-3,Day care,Wyre Care Ltd,,50000,2025-04-01,2052-03-31,,Y,Yes,True\r\n"
    "K-4,Archive,,,,2026-04-01,2025-03-31,,,,\r\n"
)


async def handed_in(api: Api, table: str | bytes, expect: int = 200, who: Any = CORA, **form: str) -> Any:
    files = {"file": ("register.csv", table if isinstance(table, bytes) else table.encode())}
    answer: httpx.Response = await api.client.post(
        "/v1/contract-registers", files=files, data=form, headers=api.headers(who)
    )
    assert answer.status_code == expect, answer.text
    api.position = await api.service.record.head()
    return answer.json()


async def flags(api: Api, reference: str) -> set[str]:
    found: list[str] = (await api.get(f"/v1/contracts/{contract_id(reference)}")).json()["flags"]
    return set(found) - {"notice_missing", "regime_unknown", "owner_missing"}


@pytest.fixture
async def taken_in(api: Api) -> Api:
    await api.adopt_scheme()
    report = await handed_in(api, REGISTER)
    assert report["counts"] == {"done": 6, "repeated": 0, "refused": 0}
    assert [(cell["row"], cell["column"]) for cell in report["cells"]] == [
        (3, "SME"),
        (3, "Supplier Company Number"),
        (7, "End Date"),
    ]
    return api


async def test_every_row_lands_and_what_is_doubtful_is_flagged_and_never_guessed(taken_in: Api) -> None:
    api = taken_in
    review = "review_date_missing"
    assert await flags(api, "K-1") == {"value_zero", review}
    assert await flags(api, "K-2") == {"value_one_pound"}
    for supplier in ("Lune Care CIC", "Wyre Care Ltd", "Wyre Care Ltd (2)"):
        repeated = {"reference_repeated", "value_repeated", review}
        assert await flags(api, f"K-3 / {supplier}") == repeated
    assert await flags(api, "K-4") == {"value_missing", "end_missing", "supplier_missing", review}
    seen = (await api.get(f"/v1/contracts/{contract_id('K-4')}")).json()
    assert (seen["current_end"], seen["unread"]) == (None, {"End Date": "2025-03-31"})
    flagged = (await api.get("/v1/contracts", flag="reference_repeated", count="true")).json()
    assert flagged["total"] == 3


async def test_what_is_said_of_a_supplier_whom_nobody_names_is_reported_and_kept_as_text(
    taken_in: Api,
) -> None:
    api, heading = (
        taken_in,
        "Contract Reference,Title of Agreement,Supplier Name,Supplier Company Number,SME\r\n",
    )
    alone = heading + "K-8,Cloud,,01234567,Yes\r\n"
    report = await handed_in(api, alone)
    why = "says more of a supplier, and the row names none"
    assert [(c["column"], c["text"], c["reason"]) for c in report["cells"]] == [
        ("Supplier Company Number", "01234567", why),
        ("SME", "Yes", why),
    ]
    assert (await handed_in(api, alone))["difference_counts"]["unchanged"] == 1
    await handed_in(api, alone.replace(",,", ",Lune Ltd,"))
    seen = (await api.get(f"/v1/contracts/{contract_id('K-8')}")).json()
    assert (seen["supplier_number"], seen["unread"]) == ("01234567", {})
    without = await handed_in(api, "Contract Reference,Title of Agreement,SME\r\nK-8,Cloud,No\r\n")
    assert (without["cells"], without["counts"]["done"]) == ([], 1), "it is the supplier's that is known"


CODE = """Contracts register,,,,,,,,
Reference number,Title of agreement,Local authority department responsible for the contract,\
Supplier name and details,Supplier's company registration number,\
Sum to be paid over the length of the contract \
(or the estimated annual spending or budget for the contract) (£),\
Start date,End date,"Whether or not the supplier is a small or medium sized enterprise and/or a voluntary or \
community sector organisation"
CT-1,Wide area network,Digital,Fictional Systems Ltd,01234567,"£1,250,000.00",01/04/2023,31/03/2047,SME
CT-2,Library system,Libraries,Fictional Software Ltd,SC123456,£0,01/04/2024,31/03/2048,VCSE
"""


async def test_a_register_in_the_codes_own_words_loses_no_row_and_guesses_nothing_of_a_column_of_two_fields(
    api: Api,
) -> None:
    report = await handed_in(api, CODE.encode("cp1252"), source="Quarterly register")
    assert (report["heading_rows"], report["difference_counts"]["new"]) == ([2, 2], 2)
    assert [heading[:37] for heading in report["not_mapped"]] == ["Whether or not the supplier is a smal"]
    [seen] = (await api.get("/v1/contracts", reference="ct-1")).json()["items"]
    assert (seen["department"], seen["value_pence"]) == ("Digital", 125_000_000)
    assert seen["supplier_number"] == "01234567"


async def test_a_column_answers_yes_by_its_own_name_alone(api: Api) -> None:
    rows = "Reference,Title,Supplier,SME,VCSE\r\nK-1,One,A Ltd,SME,VCSE\r\nK-2,Two,B Ltd,VCSE,SME\r\n"
    report = await handed_in(api, rows)
    assert [(cell["row"], cell["column"], cell["text"]) for cell in report["cells"]] == [
        (3, "SME", "VCSE"),
        (3, "VCSE", "SME"),
    ]


async def test_a_register_that_comes_again_and_its_own_export_change_nothing(taken_in: Api) -> None:
    api = taken_in
    head = await api.service.record.head()
    same = await handed_in(api, REGISTER)
    export = await api.client.get(
        "/v1/contract-registers", params={"after": api.position}, headers=api.headers(CORA)
    )
    assert export.status_code == 200
    assert len(list(csv.DictReader(io.StringIO(export.text)))) == 6
    own = await handed_in(api, export.content)
    for report in (same, own):
        assert report["difference_counts"] | {"gone": 0} == {
            "new": 0,
            "changed": 0,
            "conflicting": 0,
            "unchanged": 6,
            "gone": 0,
        }
    assert await api.service.record.head() == head


async def test_what_differs_is_told_first_then_decided_and_taken_back(taken_in: Api) -> None:
    api = taken_in
    later = REGISTER.replace("31/03/2048", "31/03/2049").replace("K-1,Network", "K-1,Wide network")
    tried = await handed_in(api, later, dry_run="true")
    assert (tried["difference_counts"]["changed"], tried["difference_counts"]["new"]) == (1, 0)
    decided = await handed_in(api, later)
    one = f"/v1/contracts/{contract_id('K-1')}"
    seen = (await api.get(one)).json()
    assert (seen["title"], seen["current_end"]) == ("Wide network support", "2049-03-31")
    undo = {"decision": "undo", "reason": "The wrong file."}
    batch = f"/v1/contract-batches/{decided['batch']}"
    version = (await api.get(batch)).json()["version"]
    await api.client.post(f"{batch}/decisions", json=undo, headers=api.headers(CORA, If_Match=f'"{version}"'))
    api.position = await api.service.record.head()
    seen = (await api.get(one)).json()
    assert (seen["title"], seen["current_end"]) == ("Network support", "2048-03-31")
    again = await handed_in(api, later, accept="unless_conflicting")
    told = {(d["what"], d["field"]) for d in again["differences"] if d["reference"] == "K-1"}
    assert told == {("changed", "title"), ("changed", "initial_end")}
    seen = (await api.get(one)).json()
    assert (seen["title"], seen["current_end"]) == ("Wide network support", "2049-03-31")
    await handed_in(api, REGISTER, 403, PIA)


async def ends_of(api: Api, reference: str) -> tuple[str, str, dict[str, str]]:
    seen = (await api.get(f"/v1/contracts/{contract_id(reference)}")).json()
    return seen["dates"]["initial_end"], seen["current_end"], seen["unread"]


ENDS = "Contract number,Title,{}\r\nC-1,Network support,{}\r\n"
EXTENDED: tuple[str, str, dict[str, str]] = ("2048-03-31", "2049-03-31", {})


@pytest.fixture
async def extended(api: Api) -> Api:
    await api.adopt_scheme()
    options = {"options": [{"months": 12}, {"months": 12}], "exercised": 1}
    said = {"reference": "C-1", "title": "Network support", "supplier": {"name": "Ribble Networks Ltd"}}
    terms = {"start": "2024-04-01", "term_months": 288, **options}
    await api.post("/v1/contracts", {**said, "terms": terms}, CORA)
    assert await ends_of(api, "C-1") == EXTENDED
    return api


async def test_the_current_end_of_an_extended_contract_and_its_export_change_nothing(extended: Api) -> None:
    api, head = extended, await extended.service.record.head()
    exported = (await api.get("/v1/contract-registers", CORA)).text
    current = [ENDS.format(heading, "31/03/2049") for heading in ("Current end date", "Expiry date")]
    for table in (*current, exported):
        report = await handed_in(api, table)
        assert (report["difference_counts"]["unchanged"], report["cells"]) == (1, [])
    assert await api.service.record.head() == head


async def test_another_current_end_is_reported_until_it_agrees_and_an_initial_end_is_taken(
    extended: Api,
) -> None:
    api, another = extended, ENDS.format("Current end date", "30/06/2049")
    [cell] = (await handed_in(api, another))["cells"]
    assert (cell["column"], cell["text"]) == ("Current end date", "2049-06-30")
    assert "correct-terms" in cell["expected"]
    assert await ends_of(api, "C-1") == (*EXTENDED[:2], {"Current end date": "2049-06-30"})
    assert (await handed_in(api, another))["difference_counts"]["unchanged"] == 1
    await handed_in(api, ENDS.format("Current end date", "31/03/2049"))
    assert await ends_of(api, "C-1") == EXTENDED
    mapping = '{"Initial end date": "initial_end"}'
    both = ENDS.format("Current end date,Initial end date", ",30/04/2048")
    await handed_in(api, both, mapping=mapping)
    assert await ends_of(api, "C-1") == ("2048-04-30", "2049-04-30", {})


async def test_an_end_that_is_stated_unchanged_stays_where_only_the_start_changes(api: Api) -> None:
    await api.adopt_scheme()
    said = {"reference": "C-2", "title": "Network support", "supplier": {"name": "Ribble Networks Ltd"}}
    terms = {"start": "2024-04-01", "term_months": 288}
    await api.post("/v1/contracts", {**said, "terms": terms}, CORA)
    table = "Reference,Title,Start,End\r\nC-2,Network support,{},31/03/2048\r\n"
    report = await handed_in(api, table.format("01/05/2024"))
    assert [difference["field"] for difference in report["differences"]] == ["start"]
    assert await ends_of(api, "C-2") == ("2048-03-31", "2048-03-31", {})
    await handed_in(api, table.format("TBC"), blank_dates="withdrawn")
    seen = (await api.get(f"/v1/contracts/{contract_id('C-2')}")).json()
    assert (seen["start"], seen["current_end"]) == (None, "2048-03-31")


async def test_the_current_end_of_a_contract_that_is_new_is_all_that_is_known_of_its_end(api: Api) -> None:
    await handed_in(api, ENDS.format("Current end date", "31/03/2049"))
    assert await ends_of(api, "C-1") == ("2049-03-31", "2049-03-31", {})


async def undone(api: Api, batch: str) -> list[dict[str, Any]]:
    path = f"/v1/contract-batches/{batch}"
    version = (await api.get(path)).json()["version"]
    body = {"decision": "undo", "reason": "The wrong file."}
    answer = await api.client.post(
        f"{path}/decisions", json=body, headers=api.headers(CORA, If_Match=f'"{version}"')
    )
    assert answer.status_code == 207, answer.text
    api.position = await api.service.record.head()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def sent(api: Api, path: str, items: list[dict[str, Any]], expect: int = 207, **query: Any) -> Any:
    content = b"".join(json.dumps(item).encode() + b"\n" for item in items)
    headers = api.headers(CORA) | {"Content-Type": "application/x-ndjson"}
    answer = await api.client.post(f"/v1/contracts/{path}", content=content, headers=headers, params=query)
    assert answer.status_code == expect, answer.text
    api.position = await api.service.record.head()
    return answer


BATCHES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "owners": ({"owner": "olga", "reason": "R."}, {"owner": None}, {"owner": "olga"}),
    "notice-periods": (
        {"notice_count": 3, "notice_unit": "months", "reason": "Clause 12."},
        {"last_safe": "2048-03-31"},
        {"last_safe": "2047-12-31"},
    ),
    "confirmations": (
        {"name": "initial_end", "day": "2048-06-30", "document": "0" * 64, "clause": "2", "page": 3},
        {"current_end": "2048-03-31", "dates_confirmed": False},
        {"current_end": "2048-06-30", "dates_confirmed": False},
    ),
    "recommendations": (
        {"outcome": "let_lapse", "value_pence": 0, "reason": "Not used."},
        {"outcome": None},
        {"outcome": "let_lapse", "stage": "recommended"},
    ),
}


async def test_many_contracts_are_decided_on_at_once_tried_first_and_undone(taken_in: Api) -> None:
    for path in BATCHES:
        await tried_done_and_undone(taken_in, path)


async def tried_done_and_undone(api: Api, path: str) -> None:
    item, before, after = BATCHES[path]
    one = f"/v1/contracts/{contract_id('K-1')}"

    async def stands() -> dict[str, Any]:
        seen: dict[str, Any] = (await api.get(one)).json()
        return {name: seen[name] for name in before | after}

    first = await stands()
    assert first | before == first
    await sent(api, path, [{"reference": "K-1", **item}], dry_run="true")
    assert await stands() == first
    answer = await sent(api, path, [{"reference": "K-1", **item}, {"reference": "K-99", **item}])
    assert [json.loads(line)["outcome"] for line in answer.text.splitlines()] == ["done", "refused"], (
        answer.text
    )
    assert (await stands()) | after == await stands()
    assert [told["outcome"] for told in await undone(api, answer.headers["batch"])] == ["done"]
    assert await stands() == first


async def test_a_batch_that_was_decided_upon_since_stands(taken_in: Api) -> None:
    api = taken_in
    item = {"reference": "K-1", "outcome": "let_lapse", "value_pence": 0, "reason": "Not used."}
    answer = await sent(api, "recommendations", [item])
    await decide(api, str(contract_id("K-1")), "approve-renewal", HANA, reason="Yes.")
    [told] = await undone(api, answer.headers["batch"])
    assert told["problem"]["type"] == "/problems/contract-decided-since"
