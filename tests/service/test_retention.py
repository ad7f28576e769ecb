"""Retention over HTTP: what is due is listed, and its disposal destroys what is personal and no proof."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.people.domain import DIRECTORY_ID, PersonsLinked
from shared.kernel.messages import Stamp
from shared.kernel.personal import Personal
from tests.support.api import Api
from tests.support.erasing import disposed
from tests.support.people import ADA, RITA, SAM

SIX_YEARS = {
    "decision": "schedule",
    "record_kind": "rfp",
    "years": 6,
    "ground": "Limitation Act 1980, section 5",
}
NOW = datetime.now(UTC)


async def raised_long_ago(api: Api, years: float) -> str:
    """Raise an RFP as it would stand there had it been raised then."""
    ask = RaiseRfp(title="Laptops", description="Forty.", service_area="Registrars")
    at = NOW - timedelta(days=365.25 * years)
    receipt = await api.service.store.create(
        uuid4(), ask, Stamp(by="rita", authority="requester", at=at), blank=Rfp()
    )
    api.position = receipt.position
    return str(receipt.id)


async def due(api: Api) -> list[str]:
    listed = await api.get("/v1/retention/due", SAM, record_kind="rfp")
    return [item["id"] for item in listed.json()["items"]]


async def test_what_is_due_is_listed_until_it_is_disposed_of(api: Api) -> None:
    await api.get("/v1/retention/due", SAM, 422, record_kind="rfp")  # nothing is scheduled yet
    await api.post("/v1/retention/decisions", SIX_YEARS, ADA, version=0)
    assert (await api.get("/v1/retention", SAM)).json()["lines"]["rfp"]["years"] == 6
    old, older, young = [await raised_long_ago(api, years) for years in (6.1, 8, 5.9)]
    assert await due(api) == [older, old]
    body = {"record_id": old, "reason": "Yearly round."}
    made = (await api.post("/v1/retention/disposals", body, ADA, 201)).json()
    assert await due(api) == [older]
    [listed] = (await api.get("/v1/retention/disposals", SAM)).json()["items"]
    assert (listed["id"], listed["record_id"]) == (made["id"], old)
    again = await api.post("/v1/retention/disposals", body, ADA, 409)
    assert again.json()["type"] == "/problems/disposed-already"
    early = await api.post("/v1/retention/disposals", {**body, "record_id": young}, ADA, 409)
    assert early.json()["type"] == "/problems/not-due-yet"
    seen = (await api.get(f"/v1/rfps/{old}", RITA)).json()
    assert (seen["raised_by"], seen["version"]) == ("rita", 1)  # the decisions stay
    await api.post("/v1/retention/disposals", body, SAM, 403)


async def test_disposal_destroys_what_is_personal_in_that_record_and_in_no_other(api: Api) -> None:
    texts = api.service.texts
    one, other = DIRECTORY_ID, uuid4()

    async def said(thing: UUID, person: str = "wilma") -> PersonsLinked:
        text = Personal(about=person, text="She was often ill.")
        event = PersonsLinked(person=person, same_as="rita", reason=text)
        [sealed] = await texts.sealed(thing, [event])
        assert isinstance(sealed, PersonsLinked)
        return sealed

    kept = [await said(one), await said(other)]
    fields = [event.reason.model_dump() for event in kept]
    assert fields[0]["sealed"] != fields[1]["sealed"]
    assert await texts.opened(fields) == ["She was often ill."] * 2
    await texts.destroy(things=[one])  # the record knows of no disposal
    assert await texts.opened(fields) == ["She was often ill."] * 2
    await disposed(api.service.store, texts, one)
    assert await texts.opened(fields) == [None, "She was often ill."]
    for person in ("wilma", "somebody new"):  # what is said there from now on is destroyed at once
        late = await said(one, person)
        assert await texts.opened([late.reason.model_dump()]) == [None]
    moved = {**fields[1], "about": "somebody else"}
    assert await texts.opened([moved]) == [None]


async def test_disposal_destroys_the_files_of_a_record_unless_another_document_holds_them(api: Api) -> None:
    await api.post("/v1/retention/decisions", SIX_YEARS | {"years": 0}, ADA, version=0)
    gone, stays = await raised_long_ago(api, 1), await raised_long_ago(api, 1)

    async def file_of(rfp: str, content: bytes) -> str:
        said = {"case_id": rfp, "title": "Quotation", "media_type": "text/plain"}
        answer = await api.client.post(
            "/v1/documents/files", files={"file": content}, data=said, headers=api.headers(RITA)
        )
        assert answer.status_code == 201, answer.text
        api.position = answer.json()["position"]
        return f"/v1/documents/{answer.json()['id']}"

    alone, shared = await file_of(gone, b"Forty of them."), await file_of(gone, b"Fifty of them.")
    other = await file_of(stays, b"Fifty of them.")
    assert await api.service.pool.fetch("SELECT destroy_document_files($1)", [UUID(gone)]) == []  # not yet
    await api.post("/v1/retention/disposals", {"record_id": gone, "reason": "Yearly round."}, ADA, 201)
    refused = (await api.get(f"{alone}/file", RITA, 409)).json()
    assert refused["type"] == "/problems/file-destroyed"
    seen = (await api.get(alone, RITA)).json()
    assert (seen["title"], len(seen["content_sha256"])) == ("Quotation", 64)  # what it was stays
    assert (await api.get(f"{other}/file", RITA)).content == b"Fifty of them."
    assert (await api.get(f"{shared}/file", RITA)).content == b"Fifty of them."
    assert await api.service.pool.fetchval("SELECT count(*) FROM document_files") == 1
