"""Somebody is erased, and everything that was proved of the record still is: also after a restore."""

from pathlib import Path
from typing import Any

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.bundle.verification import VerificationReport, Verifying, verify
from shared.ledger.checkpoints import Policy, check_proof, hash_of
from shared.ledger.log_reader import LogReader
from shared.ledger.record_check import check
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.settings import Settings
from shared.web.access.claims import Identity, Scope
from tests.support.api import Api, running_api
from tests.support.people import ADA, RITA, SAM
from tests.support.postgres import Base, session

NAME, WHY = "Wilhelmina Quackenbush", "Wilhelmina signed in twice after her wedding."
MAPPER = EnvelopeMapper(Topics(EVENTS))
EVER = {"from_": "2020-01-01T00:00Z", "to": "2099-01-01T00:00Z"}
OPEN_KEYS = "SELECT count(*) FROM personal_keys WHERE wrapped IS NOT NULL"


async def decide(api: Api, decision: str, **more: Any) -> None:
    seen = (await api.get("/v1/people/ada", ADA)).json()
    body = {"decision": decision, **more}
    await api.post("/v1/directory/decisions", body, ADA, version=seen["version"])


async def named(api: Api) -> None:
    identity = Identity("urn:rfp-service:demonstration", "wilma", (), frozenset(Scope), name=NAME, email="")
    await api.service.people.person_id(identity)
    for who in (ADA, RITA):
        await api.get("/v1/rfps", who)


class Kept:
    """What a scrutiny member took away: a bundle of everything, and the proof of one entry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = Policy(())
        self.number = 0

    async def proof(self, api: Api, position: int) -> dict[str, Any]:
        seen: dict[str, Any] = (await api.get(f"/v1/audit/proofs/{position}", SAM)).json()
        self.policy = await LogReader(api.service.pool).policy()
        return seen

    async def bundle(self, api: Api, **more: Any) -> Files:
        await api.get("/v1/audit/checkpoint", SAM)  # waits until all of it is signed
        answer = await api.get("/v1/audit/bundles", SAM, **EVER, **more)
        self.number += 1
        path = self.folder / f"{self.number}.zip"
        path.write_bytes(answer.content)
        return Files.read(path)

    def checked(self, files: Files, last: Files | None = None) -> VerificationReport:
        program = files.manifest().program
        return verify(Verifying(files, self.policy, last, MAPPER, program))


async def everything_holds(api: Api, kept: Kept, before: Files, proof: dict[str, Any], position: int) -> None:
    """Expect the old proof and bundle to hold, and new ones to say the same of the same entries."""
    index, _ = check_proof(proof["proof"], hash_of(proof["leaf_hash"]), kept.policy)
    assert index == position - 1
    again = await kept.proof(api, position)
    assert (again["leaf_hash"], again["entry"]) == (proof["leaf_hash"], proof["entry"])
    check_proof(again["proof"], hash_of(again["leaf_hash"]), kept.policy)
    told = (await api.get(f"/v1/audit/decisions/{position}", SAM)).json()
    assert told["reexecution"]["same"] is True  # the rule never needed the text
    assert kept.checked(before).wrong == []
    size = before.manifest().size
    after = await kept.bundle(api, last_size=size)
    report = kept.checked(after, before)
    assert report.wrong == []
    complete = f"right: entries 1 to {after.manifest().last_position} are all here"
    assert complete in report.lines
    assert f"right: the first {size} entries are those of the earlier bundle's record" in report.lines
    assert not any(WHY.encode() in content for content in after.files.values())
    assert not any(NAME.encode() in content for content in after.files.values())
    async with api.service.pool.acquire() as connection:
        found = await check(connection, [before.text("checkpoint.txt")], kept.policy)
    assert found.findings == []


async def test_after_an_erasure_and_after_a_restore_every_proof_and_bundle_holds(
    base: Base, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=base.service)
    kept = Kept(tmp_path)
    async with running_api(base, settings=settings) as api:
        await api.approved()
        await named(api)
        await decide(api, "link", person="wilma", same_as="rita", reason=WHY)
        position = api.position
        proof, before = await kept.proof(api, position), await kept.bundle(api)
        backup = await api.service.pool.fetch("SELECT id, wrapped FROM personal_keys")
        await decide(api, "erase", person="wilma", ground="Schedule, line 4")
        assert await api.service.pool.fetchval(OPEN_KEYS) == 0
        await everything_holds(api, kept, before, proof, position)
    await restored(base, [tuple(row) for row in backup])
    async with running_api(base, settings=settings) as api:
        assert await api.service.pool.fetchval(OPEN_KEYS) == 0  # destroyed again before serving
        assert (await api.get("/v1/people/wilma", SAM)).json()["name"] is None
        await everything_holds(api, kept, before, proof, position)
        assert (await kept.proof(api, position))["position"] == position


async def restored(base: Base, keys: list[tuple[Any, ...]]) -> None:
    """Bring back what an older backup of the directory and of the keys still held."""
    async with session(base.admin) as admin:
        await admin.execute("UPDATE people SET name = $1, erased_at = NULL WHERE id = 'wilma'", NAME)
        await admin.executemany(
            "UPDATE personal_keys SET wrapped = $2, destroyed_at = NULL WHERE id = $1", keys
        )
        assert await admin.fetchval(OPEN_KEYS) == len(keys) > 0
