"""The audit shows that something sealed, exempt or personal is there, whichever way one asks, and no more."""

import base64
import io
import json
import zipfile
from pathlib import Path

import pytest

from rfp_service.events import EVENTS
from rfp_service.rfps.domain.events import RfpAmended
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.kernel.messages import Sealed
from shared.ledger.checkpoints import Policy, check_proof, hash_of
from shared.ledger.notes import Verifier
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from tests.service.test_disclosure import MARK, declared, estimated
from tests.support.api import Api
from tests.support.people import ADA, LARS, LEO, RITA, SAM

SECRETS = ("4713000", "47,130.00", "CC-SECRET")


@pytest.fixture(autouse=True)
def sealed_estimates(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let estimates be sealed until the RFP is submitted, where a specification asks for it."""
    if "sealed" in request.node.name:
        fields = ("estimate_pence", "estimate_with_vat_pence", "cost_centre")
        monkeypatch.setattr(RfpAmended, "sealed", Sealed(fields, until=("RfpSubmitted",)))


async def policy(api: Api) -> Policy:
    items = (await api.get("/v1/audit/keys", SAM, after=None)).json()["items"]
    return Policy(tuple(Verifier.parse(item["verifier"]) for item in items))


async def every_way(api: Api, rfp: str) -> list[str]:
    """Return all that a scrutiny member gets to read of an RFP in the audit; bundles file by file."""
    await api.get("/v1/audit/checkpoint", SAM)
    await api.get("/v1/audit/decisions", SAM)  # the views have come as far, too
    paths = ["/v1/audit/decisions", f"/v1/audit/streams/{rfp}", "/v1/audit/comparisons?from=0"]
    for position in range(1, api.position + 1):
        paths += [f"/v1/audit/decisions/{position}", f"/v1/audit/proofs/{position}"]
    answers = []
    for path in paths:
        answer = await api.client.get(path, headers=api.headers(SAM))
        assert answer.status_code == 200, answer.text
        answers.append(answer.text)
    entries = [json.loads(a).get("entry") for a in answers if '"leaf_hash"' in a]
    answers += [base64.b64decode(entry or "").decode(errors="replace") for entry in entries]
    bundle = await api.client.get(f"/v1/audit/bundles?stream_id={rfp}", headers=api.headers(SAM))
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        answers += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    return answers


async def test_what_is_sealed_is_in_no_answer_of_the_audit(api: Api) -> None:
    rfp = await estimated(api)
    answers = await every_way(api, rfp)
    assert not [answer for answer in answers if any(secret in answer for secret in SECRETS)]
    assert any("[sealed]" in answer for answer in answers)
    tile = await api.client.get(f"/v1/audit/log/tile/entries/000.p/{api.position}", headers=api.headers(SAM))
    assert (tile.status_code, tile.headers["x-withheld"]) == (200, "2")
    assert not any(secret.encode() in tile.content for secret in SECRETS)
    assert tile.content.count(b"RfpRaised") == 1  # one that is withheld is no reason to block the others
    read = "SELECT reader, operation, status FROM audit_reads ORDER BY position DESC LIMIT 1"
    assert tuple(await api.service.pool.fetchrow(read)) == ("sam", "entry_bundle", 200)
    turned_away = await api.client.get("/v1/audit/decisions", headers=api.headers(RITA))
    assert turned_away.status_code == 403
    assert tuple(await api.service.pool.fetchrow(read)) == ("sam", "entry_bundle", 200)


async def test_what_is_exempt_is_in_no_answer_of_the_audit(api: Api) -> None:
    rfp = await estimated(api)
    await declared(api, rfp)
    answers = await every_way(api, rfp)
    assert not [answer for answer in answers if any(secret in answer for secret in SECRETS)]
    assert any(MARK in answer for answer in answers)
    listed = (await api.get("/v1/audit/decisions", SAM, stream_id=rfp)).json()["items"]
    assert [item["case_value_pence"] for item in listed] == [None] * len(listed)


async def test_that_a_withheld_entry_is_in_the_record_is_proved_all_the_same(api: Api) -> None:
    rfp = await estimated(api)
    await declared(api, rfp)
    await api.get("/v1/audit/checkpoint", SAM)
    path = "/v1/audit/proofs/2"
    seen = (await api.client.get(path, headers=api.headers(SAM))).json()
    assert (seen["entry"], seen["withheld"]) == (None, MARK)
    assert check_proof(seen["proof"], hash_of(seen["leaf_hash"]), await policy(api))[0] == 1
    whole = (await api.client.get(path, headers=api.headers(LARS))).status_code
    assert whole == 403  # legal reads no audit


async def test_a_bundle_with_withheld_entries_is_sound(api: Api, tmp_path: Path) -> None:
    rfp = await estimated(api)
    await declared(api, rfp)
    await api.get("/v1/audit/checkpoint", SAM)
    url = f"/v1/audit/bundles?stream_id={rfp}"
    taken = await api.client.get(url, headers=api.headers(SAM))
    (tmp_path / "b.zip").write_bytes(taken.content)
    files = Files.read(tmp_path / "b.zip")
    [hidden] = files.manifest().withheld
    assert (hidden.position, hidden.why) == (2, MARK)
    mapper, trusted = EnvelopeMapper(Topics(EVENTS)), await policy(api)
    program = files.manifest().program
    report = verify(Verifying(files, trusted, None, mapper, program))
    assert report.wrong == []
    assert any("words of 1 entries are withheld" in line for line in report.lines)
    leaf = next(name for name in files.files if name.startswith("leaves/"))
    without = Files({name: c for name, c in files.files.items() if name != leaf})
    assert not verify(Verifying(without, trusted, None, mapper, program)).sound


async def test_a_personal_text_is_not_kept_in_the_clear_beside_its_sealed_form(api: Api) -> None:
    """The event keeps it encrypted; what is kept of the command beside it must not give it away."""
    await api.raised(RITA)
    await api.raised(LEO)
    secret = "He has two accounts since his wedding."
    body = {"decision": "link", "person": "leo", "same_as": "rita", "reason": secret}
    await api.post("/v1/directory/decisions", body, ADA, version=0)
    rows = await api.service.pool.fetch("SELECT state FROM stored_events")
    assert not [row for row in rows if b"wedding" in row["state"]]
    seen = (await api.get(f"/v1/audit/decisions/{api.position}", SAM)).json()
    assert seen["decision"] == "LinkProposed"
    assert seen["reexecution"]["same"] is True, seen["reexecution"]
    assert secret not in json.dumps(seen["reexecution"])


async def test_what_came_later_is_in_no_bundle_and_no_proof_of_the_past(api: Api) -> None:
    rfp = await estimated(api)
    await api.get("/v1/audit/checkpoint", SAM)
    taken = await api.client.get(f"/v1/audit/bundles?stream_id={rfp}&as_of=1", headers=api.headers(SAM))
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("entries/")]
    assert names == ["entries/000000000001"]
    await api.get("/v1/audit/proofs/2", SAM, 404, as_of=1)
    await api.get("/v1/audit/proofs/2", SAM, 200)
