"""Documents about a case, and what people say of it: kept as they came, seen by those who see the case."""

import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from shared.governance.comments.commands import MakeComment, TakeCommentBack
from shared.governance.comments.domain import (
    Comment,
    CommentIsTakenBack,
    CommentMade,
    CommentTakenBack,
    NothingToCommentOn,
    NotYourComment,
)
from shared.governance.documents.commands import AddDocument, AttachDocument, KeepDocument, WithdrawDocument
from shared.governance.documents.domain import (
    FILE_BYTES_LIMIT,
    AttachedAlready,
    Document,
    DocumentAdded,
    DocumentIsWithdrawn,
    DocumentTooLarge,
    DocumentType,
    FileDamaged,
    FileNotAsSaid,
    NoSuchCaseForIt,
    NotADecisionOnIt,
    NotYourDocument,
)
from shared.governance.documents.file_store import hash_of_file, kept_file
from shared.kernel.personal import openly
from tests.support.api import Api
from tests.support.people import HANA, LEO, PRIYA, RITA, SAM, Who
from tests.support.specs import given

PDF = b"%PDF-1.7 fictional"
REACTED = "SELECT min(position) FROM reactions"
ADDED = DocumentAdded(
    case_id=uuid4(),
    case_kind="rfp",
    title="Quotation",
    media_type="application/pdf",
    content_sha256="0" * 64,
    added_by="ann",
    evidence_of=(7,),
)


def test_a_document_is_evidence_of_decisions_on_its_own_case_once_each() -> None:
    given(Document(), ADDED).when(AttachDocument(position=9), is_a_decision=True).leads_to(evidence_of=(7, 9))
    given(Document(), ADDED).when(AttachDocument(position=7), is_a_decision=True).refused(AttachedAlready)
    given(Document(), ADDED).when(AttachDocument(position=8), is_a_decision=False).refused(NotADecisionOnIt)


def test_nothing_is_said_of_a_case_that_is_not_there() -> None:
    add = AddDocument(
        case_id=uuid4(),
        title="Quotation",
        media_type=DocumentType.PDF,
        content_sha256="0" * 64,
        link="https://documents.example/q.pdf",
    )
    given(Document()).when(add).refused(NoSuchCaseForIt)
    given(Comment()).when(MakeComment(case_id=uuid4(), text="Why?")).refused(NothingToCommentOn)


def test_whoever_made_a_comment_takes_it_back_once_and_nobody_else() -> None:
    made = CommentMade(case_id=uuid4(), case_kind="rfp", text=openly("Why?"), made_by="ann")
    given(Comment(), made).when(TakeCommentBack(), by="ann").leads_to(text=openly(""), taken_back=True)
    given(Comment(), made).when(TakeCommentBack(), by="ben").refused(NotYourComment, made_by="ann")
    given(Comment(), made, CommentTakenBack()).when(TakeCommentBack(), by="ann").refused(CommentIsTakenBack)


def test_whoever_added_a_document_withdraws_it_or_those_who_look_after_cases() -> None:
    withdraw = WithdrawDocument(reason="The wrong one.")
    given(Document(), ADDED).when(withdraw, by="ann").leads_to(withdrawn=True)
    given(Document(), ADDED).when(withdraw, by="lars", roles=["legal"]).leads_to(withdrawn=True)
    given(Document(), ADDED).when(withdraw, by="ben").refused(NotYourDocument, added_by="ann")
    [gone] = given(Document(), ADDED).when(withdraw, by="ann").events()
    given(Document(), ADDED, gone).when(withdraw, by="ann").refused(DocumentIsWithdrawn)
    given(Document(), ADDED, gone).when(AttachDocument(position=9), is_a_decision=True).refused(
        DocumentIsWithdrawn
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", DocumentType.TEXT),
        (b"<html><script>alert(1)</script></html>", DocumentType.PDF),
        (b"\x00\x01", DocumentType.CSV),
        (b"\xff\xfe", DocumentType.TEXT),
        (b"PK\x03\x04 anything", DocumentType.XLSX),
        (PDF, DocumentType.PNG),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(content: bytes, kind: DocumentType) -> None:
    with pytest.raises(FileNotAsSaid):
        hash_of_file(content, kind, None)


def test_a_file_is_small_and_has_the_hash_that_was_said() -> None:
    found = hashlib.sha256(PDF).hexdigest()
    assert hash_of_file(PDF, DocumentType.PDF, found) == found
    with pytest.raises(FileNotAsSaid):
        hash_of_file(PDF, DocumentType.PDF, "0" * 64)
    with pytest.raises(DocumentTooLarge):
        hash_of_file(b"%PDF-" + bytes(FILE_BYTES_LIMIT), DocumentType.PDF, None)


async def kept(api: Api, who: Who, expect: int = 201, content: bytes = PDF, **form: Any) -> dict[str, Any]:
    answer: httpx.Response = await api.client.post(
        "/v1/documents/files",
        files={"file": ("quotation", content)},
        data={"title": "Quotation", "media_type": "application/pdf", **form},
        headers=api.headers(who),
    )
    assert answer.status_code == expect, answer.text
    body: dict[str, Any] = answer.json()
    if expect == 201:
        api.position = max(api.position, body["position"])
    return body


async def test_a_small_file_is_kept_and_given_out_as_it_came_and_never_shown_inline(api: Api) -> None:
    rfp = await api.raised()
    made = await kept(api, RITA, case_id=rfp, evidence_of=1)
    path = f"/v1/documents/{made['id']}"
    seen = (await api.get(path, SAM)).json()
    assert (seen["content_sha256"], seen["size_bytes"]) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert (seen["evidence_of"], seen["kept"], seen["case_kind"]) == ([1], True, "rfp")
    [row] = (await api.get("/v1/documents", HANA, case_id=rfp)).json()["items"]
    reference = (await api.get(f"/v1/rfps/{rfp}")).json()["reference"]
    assert row == {**seen, "case_name": f"Laptops ({reference})"}
    file = await api.get(f"{path}/file", SAM)
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in file.headers["content-security-policy"]
    await kept(api, RITA, 422, case_id=rfp, content=b"<html></html>")
    await kept(api, RITA, 422, case_id=rfp, media_type="text/html")
    await kept(api, RITA, 409, case_id=rfp, evidence_of=10**6)
    await kept(api, RITA, 404, case_id=str(uuid4()))
    await api.decide(rfp, "amend", title="Laptops, forty")
    decision = {"decision": "attach", "position": api.position}
    await api.post(f"{path}/decisions", decision, PRIYA, version=1)
    assert (await api.get(path, SAM)).json()["evidence_of"] == [1, decision["position"]]
    await api.post(f"{path}/decisions", {"decision": "withdraw", "reason": "Wrong."}, RITA, version=2)
    assert (await api.get(f"{path}/file", SAM, 409)).json()["type"] == "/problems/document-is-withdrawn"


async def test_a_file_that_was_changed_behind_the_service_is_not_given_out(api: Api) -> None:
    made = await kept(api, RITA, case_id=await api.raised())
    sha256 = (await api.get(f"/v1/documents/{made['id']}")).json()["content_sha256"]
    pool = api.service.pool
    assert await kept_file(pool, sha256) == PDF
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("DELETE FROM document_files")
    with pytest.raises(FileDamaged):
        await kept_file(pool, "0" * 64)


async def test_a_link_is_kept_with_its_hash_and_seen_by_those_who_see_the_case(api: Api) -> None:
    rfp = await api.raised()
    body = {
        "case_id": rfp,
        "title": "Business case",
        "media_type": "application/pdf",
        "content_sha256": "a" * 64,
        "link": "https://documents.example/case.pdf",
    }
    made = (await api.post("/v1/documents", body, PRIYA, 201)).json()
    await api.post("/v1/documents", {**body, "link": "javascript:alert(1)"}, PRIYA, 422)
    await api.get(f"/v1/documents/{made['id']}/file", SAM, 404)  # it is kept elsewhere
    away = Who("rob", RITA.roles, areas=("Highways",))
    await api.get(f"/v1/documents/{made['id']}", away, 404)
    await api.get("/v1/documents", away, 404, case_id=rfp)
    await api.post("/v1/documents", body, away, 404)
    assert [each["id"] for each in (await api.get("/v1/documents", SAM)).json()["items"]] == [made["id"]]
    assert (await api.get("/v1/documents", away)).json()["items"] == []


async def test_a_comment_is_read_by_whom_it_mentions_and_decides_nothing(api: Api) -> None:
    rfp = await api.raised()
    await api.meets(PRIYA, LEO)
    body = {"case_id": rfp, "text": "Can you look at the second option?", "mentions": ["leo"]}
    await api.post("/v1/comments", body, RITA, 201)
    for who, text in ((RITA, body["text"]), (LEO, body["text"]), (PRIYA, body["text"])):
        [item] = (await api.get("/v1/comments", who, case_id=rfp)).json()["items"]
        assert item["text"]["text"] == text, who.id
    other = Who("rob", RITA.roles)
    [item] = (await api.get("/v1/comments", other, case_id=rfp)).json()["items"]
    assert (item["text"]["text"], item["mentions"]) == ("[personal]", ["leo"])
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["version"] == 1
    while await api.service.pool.fetchval(REACTED) < api.position:  # noqa: ASYNC110  # a worker reacts
        await asyncio.sleep(0.02)
    notices = (await api.get("/v1/notices", LEO)).json()["items"]
    assert [(each["about"], each["case_id"]) for each in notices] == [("mentioned", rfp)]
    await api.post("/v1/comments", {**body, "mentions": ["nobody-known"]}, RITA, 409)
    await api.post("/v1/comments", {**body, "case_id": str(uuid4())}, RITA, 404)


async def test_a_comment_that_was_taken_back_has_no_words_as_of_any_time(api: Api) -> None:
    rfp = await api.raised()
    made = (await api.post("/v1/comments", {"case_id": rfp, "text": "It is a scandal."}, RITA, 201)).json()
    path = f"/v1/comments/{made['id']}/decisions"
    taken = {"decision": "take-back"}
    refused = await api.post(path, taken, PRIYA, 409, version=1)
    assert refused.json()["type"] == "/problems/not-your-comment"
    await api.post(f"/v1/comments/{uuid4()}/decisions", taken, RITA, 404, version=1)
    await api.post(path, taken, RITA, version=1)
    await api.post(path, taken, RITA, 409, version=2)
    for as_of in (None, made["position"]):
        query = {} if as_of is None else {"as_of": as_of}
        [item] = (await api.get("/v1/comments", PRIYA, case_id=rfp, **query)).json()["items"]
        assert (item["made_by"], item["text"]) == ("rita", {"about": "", "text": ""})
    assert item["taken_back"] is False  # as it stood then
    told = (await api.get("/v1/audit/decisions", SAM, stream_id=made["id"])).json()["items"]
    assert {each["decision"] for each in told} == {"CommentMade", "CommentTakenBack"}


def test_the_same_file_again_says_nothing_but_what_else_it_is_evidence_of() -> None:
    keep = KeepDocument(
        case_id=ADDED.case_id,
        title="Quotation",
        media_type=DocumentType.PDF,
        content_sha256="0" * 64,
        size_bytes=7,
    )
    given(Document(), ADDED).when(keep).then()
    again = keep.model_copy(update={"evidence_of": 9})
    given(Document(), ADDED).when(again, is_a_decision=True).leads_to(evidence_of=(7, 9))
    [gone] = given(Document(), ADDED).when(WithdrawDocument(reason="Wrong."), by="ann").events()
    given(Document(), ADDED, gone).when(keep).refused(DocumentIsWithdrawn)
