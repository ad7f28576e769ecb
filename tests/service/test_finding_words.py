"""Documents, comments and what bidders asked are found by their words, by those who may read them."""

from typing import Any

import pytest

from tests.service.test_console import sign_in
from tests.service.test_console_managing import text
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.erasing import erased
from tests.support.people import HANA, LARS, LEO, PRIYA, RITA, SAM, Who
from tests.support.procuring import opened

AWAY = Who("rob", RITA.roles, areas=("Highways",))
THERE = Who("rae", RITA.roles, areas=("Registrars",))
DOCUMENT = {
    "title": "Quotation of a printer",
    "media_type": "application/pdf",
    "content_sha256": "a" * 64,
    "link": "https://documents.example/quotation.pdf",
}
KEPT_BACK = {
    "paragraph": 3,
    "reason": "It would tell.",
    "public_interest": "Less of it.",
    "review_on": in_days(300),
}


async def found(api: Api, path: str, q: str, who: Who, name: str, **query: Any) -> list[Any]:
    """Return what of each item somebody finds by some words; as many as are counted."""
    seen = (await api.get(f"/v1/{path}", who, q=q, count="true", **query)).json()
    assert seen["total"] == len(seen["items"])
    return [each[name] for each in seen["items"]]


async def said(api: Api, rfp: str, text: str, who: Who = RITA, *mentions: str) -> str:
    """Say something of an RFP."""
    body = {"case_id": rfp, "text": text, "mentions": list(mentions)}
    made: str = (await api.post("/v1/comments", body, who)).json()["id"]
    return made


async def test_a_document_is_found_by_its_name_by_those_who_see_its_case(api: Api) -> None:
    rfp = await api.raised()
    made = (await api.post("/v1/documents", {**DOCUMENT, "case_id": rfp}, PRIYA)).json()["id"]
    for who in (SAM, RITA, THERE):
        assert await found(api, "documents", "printers", who, "id") == [made], who
        assert await found(api, "documents", "zebra", who, "id") == []
    assert await found(api, "documents", "printers", AWAY, "id") == []
    await api.decide(rfp, "amend", service_area="Highways")
    assert await found(api, "documents", "printers", AWAY, "id") == [made], "where its case is now"
    assert await found(api, "documents", "printers", THERE, "id") == [], "and no longer where it was"
    assert await found(api, "documents", "printers", RITA, "id", as_of=str(api.position)) == [made]


async def test_nobody_finds_a_document_by_a_title_that_is_exempt(api: Api) -> None:
    rfp = await api.raised()
    await api.post("/v1/documents", {**DOCUMENT, "case_id": rfp}, PRIYA)
    await api.post("/v1/exemptions", {**KEPT_BACK, "matter_id": rfp, "fields": ["title"]}, LARS)
    assert await found(api, "documents", "printers", LEO, "title") == []
    assert await found(api, "documents", "printers", LARS, "title") == [DOCUMENT["title"]]
    for who, called in ((LARS, True), (LEO, False)):
        [row] = (await api.get("/v1/documents", who, case_id=rfp)).json()["items"]
        assert bool(row["case_name"]) is called, who


async def test_a_comment_is_found_by_its_words_by_those_who_may_read_them(api: Api) -> None:
    rfp, other = await api.raised(), await api.raised(title="Chairs")
    await api.meets(LEO)
    made = await said(api, rfp, "The second printer is the better one.", RITA, "leo")
    kept = await said(api, other, "A printer, again.", PRIYA)
    assert await found(api, "comments", "better printers", LEO, "id") == [made]
    assert await found(api, "comments", "prniter", RITA, "id") == [made], "by one slip of the finger"
    assert await found(api, "comments", "printers", SAM, "id") == [kept, made]
    assert await found(api, "comments", "printers", SAM, "id", case_id=rfp) == [made]
    for nothing in ("personal", "rfp", "zebra", "!"):
        assert await found(api, "comments", nothing, Who("rob", RITA.roles), "id") == [], nothing
    assert await found(api, "comments", "printers", AWAY, "id") == [], "neither theirs nor of their area"
    first = (await api.get("/v1/comments", SAM, q="printers", limit=1)).json()
    following = (await api.get("/v1/comments", SAM, q="printers", limit=1, cursor=first["next"])).json()
    assert [each["id"] for each in (*first["items"], *following["items"])] == [kept, made]


async def test_what_was_taken_back_or_erased_is_found_by_nobody(api: Api) -> None:
    rfp = await api.raised()
    back = await said(api, rfp, "It is a scandalous printer.", RITA)
    await said(api, rfp, "Another printer would do.", PRIYA)
    before = api.position
    await api.post(f"/v1/comments/{back}/decisions", {"decision": "take-back"}, RITA, version=1)
    assert await found(api, "comments", "scandalous", SAM, "id") == []
    assert await found(api, "comments", "scandalous", SAM, "id", as_of=str(before)) == []
    assert len(await found(api, "comments", "printers", SAM, "id")) == 1
    await erased(api.service.store, api.service.texts, "priya")
    for asked in ("printers", "erased"):
        assert await found(api, "comments", asked, SAM, "id") == [], asked


@pytest.mark.slow
async def test_what_bidders_asked_is_found_with_the_answer_that_stands(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(rfp, "record-clarification", PRIYA, question="Which dock do the printers need?")
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="Parallel ports.")
    before = api.position
    await api.decide(rfp, "correct-answer", PRIYA, number=1, answer="Sockets.", reason="A slip.")
    [title] = await found(api, "clarifications", "printer docks", SAM, "title")
    assert title == (await api.get(f"/v1/rfps/{rfp}")).json()["title"]
    assert await found(api, "clarifications", "sockets", SAM, "answer") == ["Sockets."]
    assert await found(api, "clarifications", "parallel", SAM, "answer") == []
    assert await found(api, "clarifications", "parallel", SAM, "number", as_of=str(before)) == [1]
    assert await found(api, "clarifications", "sockets", AWAY, "number") == []
    exempt = {**KEPT_BACK, "matter_id": rfp, "fields": ["answer", "title"]}
    await api.post("/v1/exemptions", exempt, LARS)
    assert await found(api, "clarifications", "sockets", LEO, "number") == []
    [shown] = (await api.get("/v1/clarifications", LEO, q="docks")).json()["items"]
    assert "title" in shown["withheld"]
    assert await found(api, "clarifications", "sockets", LARS, "number") == [1]


async def test_one_box_finds_words_and_leads_to_where_they_were_said(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(rfp, "record-clarification", PRIYA, question="Is a <b>ribbon</b> part of it?")
    await api.post("/v1/documents", {**DOCUMENT, "title": "Ribbons, compared", "case_id": rfp}, PRIYA)
    long = f"{'On and on it goes. ' * 20}Then a ribbon is spoken of.{' And on, and on.' * 20}"
    await said(api, rfp, long, HANA)
    await sign_in(api, "priya-procurement")
    shown = await text(api, "/console/search?q=ribbon")
    for place, kind in (("asked", "1 clarification"), ("documents", "1 document"), ("said", "1 comment")):
        assert (kind in shown, f'href="/console/rfps/{rfp}#{place}"' in shown) == (True, True), shown
    assert "… it goes. Then a ribbon is spoken of. And on" in shown or "Then a ribbon is spoken of." in shown
    assert len(long) > 600 > max(len(line) for line in shown.splitlines() if "Then a ribbon" in line)
    assert "<b>ribbon" not in shown
    await sign_in(api, "rita-requester")
    shown = await text(api, "/console/search?q=ribbon")
    assert ("1 clarification" in shown, "comment" in shown.split("</form>")[-1]) == (True, False)
