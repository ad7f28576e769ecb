"""The log over HTTP and on the command line: signed soon, provable, and every read kept."""

import asyncio
import base64
import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx
import pytest
import uvicorn

from rfp_service.demonstration.neighbour import NAMES
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rooms import CONTEXTS
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.reads import AuditRoute
from shared.kernel.roles import Role
from shared.ledger.checkpoints import Policy, check_proof, hash_of, opened
from shared.ledger.entries import Entry
from shared.ledger.log_keys import WitnessAddress
from shared.ledger.log_reader import LogReader
from shared.ledger.notes import KeyType, Note, Signer, Verifier
from shared.ledger.read_checkpoints import newest_of_reads
from shared.ledger.tree import leaf_hash, nodes_of, root_hash, verify_consistency
from shared.ledger.witness import Witness
from shared.ledger.witness_client import ask_all
from shared.web.witness_server import witness_door
from tests.support.api import Api
from tests.support.api_file import described_paths
from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import ADA, RITA, SAM
from tests.support.postgres import throwaway_folder
from tests.support.running import Running, free_port, running
from tests.support.specs import stamp


async def policy(api: Api) -> Policy:
    items = (await api.get("/v1/audit/keys", SAM, after=None)).json()["items"]
    return Policy(tuple(Verifier.parse(item["verifier"]) for item in items))


async def test_a_decision_is_under_the_signed_checkpoint_that_one_waits_for(api: Api) -> None:
    for _ in range(3):
        await api.raised()
        seen = (await api.get("/v1/audit/checkpoint", SAM)).json()
        assert seen["size"] >= api.position
        checkpoint = opened(seen["note"], await policy(api)).checkpoint
        assert (checkpoint.origin, checkpoint.size) == (seen["origin"], seen["size"])
        assert hash_of(seen["root"]) == checkpoint.root


async def test_every_entry_is_proved_to_whoever_holds_the_key(api: Api) -> None:
    await api.approved()
    await api.get("/v1/audit/checkpoint", SAM)
    trusted = await policy(api)
    for position in range(1, api.position + 1):
        path = f"/v1/audit/proofs/{position}"
        seen = (await api.client.get(path, headers=api.headers(SAM))).json()
        raw = base64.b64decode(seen["entry"])
        index, vouched = check_proof(seen["proof"], leaf_hash(raw), trusted)
        assert (index, vouched.checkpoint.size) == (position - 1, seen["size"])
        assert Entry.parse(raw).position == position
    assert Entry.parse(raw).topic == "ApprovalGranted"
    assert Entry.parse(raw).envelope["data"]["reason"] == "In budget."


async def test_an_older_checkpoint_is_the_beginning_of_the_newest(api: Api) -> None:
    await api.raised()
    older = opened((await api.get("/v1/audit/checkpoint", SAM)).json()["note"], await policy(api))
    await api.raised()
    await api.get("/v1/audit/checkpoint", SAM)
    path = f"/v1/audit/consistency?from={older.checkpoint.size}"
    seen = (await api.client.get(path, headers=api.headers(SAM))).json()
    newer = opened(seen["checkpoint"], await policy(api)).checkpoint
    assert newer.size > older.checkpoint.size
    verify_consistency(
        older.checkpoint.size,
        newer.size,
        [hash_of(h) for h in seen["hashes"]],
        older.checkpoint.root,
        newer.root,
    )


async def test_what_can_not_be_proved_is_refused(api: Api) -> None:
    await api.raised()
    await api.get("/v1/audit/checkpoint", SAM)

    async def answered(path: str, who: object = SAM) -> int:
        return (await api.client.get(path, headers=api.headers(who))).status_code  # type: ignore[arg-type]

    assert await answered("/v1/audit/proofs/2") == 404
    assert await answered("/v1/audit/proofs/0") == 422
    assert await answered("/v1/audit/proofs/1?size=9") == 404
    assert await answered("/v1/audit/consistency?from=0") == 422
    assert await answered("/v1/audit/consistency?from=2&to=1") == 422
    assert await answered("/v1/audit/consistency?from=1&to=9") == 404
    assert await answered("/v1/audit/checkpoint", RITA) == 403
    assert await answered("/v1/audit/log/tile/0/000", RITA) == 403


async def test_a_size_that_was_not_signed_names_those_that_were(api: Api) -> None:
    asked, taken = RaiseRfp(title="L", description="D", service_area="A"), stamp("rita")
    event = asked.decide(Rfp(), taken)
    together = [(uuid5(NAMESPACE_URL, name), 1, event, taken, asked, 0) for name in "abc"]
    receipt = await api.service.store.append_together(together)  # in one commit, with one checkpoint
    assert receipt is not None
    api.position = receipt.position
    await api.get("/v1/audit/checkpoint", SAM)
    for path in ("/v1/audit/consistency?from=1&to=2", "/v1/audit/checkpoint?size=2"):
        answer = await api.client.get(path, headers=api.headers(SAM))
        wrong = answer.json()
        assert (answer.status_code, wrong["type"]) == (404, "/problems/size-not-signed")
        assert (wrong["size"], wrong["next"], wrong["newest"]) == (2, 3, 3)
    beyond = await api.client.get("/v1/audit/checkpoint?size=9", headers=api.headers(SAM))
    assert (beyond.json()["next"], beyond.json()["newest"]) == (None, 3)


async def test_an_empty_record_has_no_checkpoint(api: Api) -> None:
    await api.get("/v1/audit/checkpoint", SAM, 404)


async def test_a_mirror_finds_the_whole_log_in_its_tiles(api: Api) -> None:
    await api.approved()
    await api.get("/v1/audit/checkpoint", SAM)

    async def fetched(path: str, expect: int = 200) -> httpx.Response:
        answer = await api.client.get(f"/v1/audit/log/{path}", headers=api.headers(SAM))
        assert answer.status_code == expect
        return answer

    note = await fetched("checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    checkpoint = opened(note.text, await policy(api)).checkpoint
    tile = (await fetched(f"tile/0/000.p/{checkpoint.size}")).content
    bundle = (await fetched(f"tile/entries/000.p/{checkpoint.size}")).content
    leaves = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        leaves.append(leaf_hash(bundle[2 : 2 + length]))
        bundle = bundle[2 + length :]
    assert tile == b"".join(leaves)
    assert root_hash(len(leaves), nodes_of(leaves)) == checkpoint.root
    assert len((await fetched("tile/0/000.p/3")).content) == 96
    assert (await fetched("tile/0/000.p%2F3")).content == tile[:96]  # as the API file has it
    for missing in (
        "tile/0/000",
        "tile/0/001",
        "tile/1/000",
        "tile/9/000",
        "tile/0/x",
        "tile/entries/7",
        f"tile/entries/{'x999/' * 7}999",
    ):
        await fetched(missing, 404)


AUDIT = {
    path: operations["get"] for path, operations in described_paths().items() if path.startswith("/v1/audit")
}


async def test_every_reading_of_the_audit_is_kept(api: Api) -> None:
    """Each operation of the API file is asked in each of its forms; each leaves its line, a 403 none."""
    case = await api.approved()
    await api.get("/v1/audit/checkpoint", SAM)
    while await newest_of_reads(api.service.pool) is None:  # noqa: ASYNC110  # another process signs
        await asyncio.sleep(0.05)
    before = await api.service.pool.fetchval("SELECT count(*) FROM audit_reads")
    asked = []
    for path, operation in AUDIT.items():
        target = sample(path, operation, case)
        for form in operation["responses"]["200"]["content"]:
            await api.client.get(target, headers=api.headers(RITA, Accept=form))
            answer = await api.client.get(target, headers=api.headers(SAM, Accept=form))
            assert answer.status_code == 200, (target, form, answer.text)
            assert answer.headers["content-type"].startswith(form)
            asked.append(target)
    assert len(asked) > len(AUDIT) > 12
    kept = await api.service.pool.fetch(
        "SELECT * FROM audit_reads WHERE position > $1 ORDER BY position", before
    )
    assert [row["target"] for row in kept] == asked
    assert {row["reader"] for row in kept} == {"sam"}
    assert {row["authority"] for row in kept} == {"scrutiny_member"}
    assert {row["status"] for row in kept} == {200}


def sample(path: str, operation: dict[str, Any], case: str) -> str:
    """Return a request to an operation, with what it needs."""
    values = {
        "position": "1",
        "level": "0",
        "path": "000.p/1",
        "stream_id": case,
        "from": "2000-01-01T00:00Z",
        "to": "2099-01-01T00:00Z",
    }
    if path == "/v1/audit/consistency":
        values["from"] = "1"
    needed = [p["name"] for p in operation.get("parameters", []) if p.get("required") and p["in"] == "query"]
    if path == "/v1/audit/bundles":  # of a case or of a period
        needed = ["from", "to"]
    query = "&".join(f"{name}={values[name]}" for name in needed)
    return f"{path.format(**values)}?{query}".rstrip("?")


def test_the_api_file_holds_every_route_of_the_audit() -> None:
    paths = [route.path for c in CONTEXTS for router in c.routers for route in router.routes]  # type: ignore[attr-defined]
    audit = {path.replace(":path", "") for path in paths if path.startswith("/v1/audit")}
    assert audit == AUDIT.keys()


def test_no_route_of_the_audit_is_without_its_keeping() -> None:
    for context in CONTEXTS:
        for router in context.routers:
            for route in router.routes:
                if route.path.startswith("/v1/audit"):  # type: ignore[attr-defined]
                    assert isinstance(route, AuditRoute), route


async def test_the_log_of_reads_is_read_like_any_list(api: Api) -> None:
    await api.get("/v1/audit/decisions", SAM, by="hana")
    await api.get("/v1/audit/decisions", ADA)
    listed = (await api.get("/v1/audit/reads", SAM)).json()["items"]
    assert [(row["reader"], row["operation"]) for row in listed] == [
        ("ada", "list_decisions"),
        ("sam", "list_decisions"),
    ]
    assert "by=hana" in listed[1]["target"]
    only = (await api.get("/v1/audit/reads", SAM, reader="sam")).json()["items"]
    assert [row["operation"] for row in only] == ["list_reads", "list_decisions"]


async def test_a_refused_reading_of_the_audit_is_kept_too(api: Api) -> None:
    await api.raised()
    nothing = f"/v1/audit/streams/{uuid4()}"
    await api.get(nothing, SAM, 404)
    await api.get("/v1/audit/comparisons", SAM, 422, from_="1", as_of="0")
    await api.get("/v1/audit/decisions", SAM, 422, limit="many")
    await api.get("/v1/audit/decisions", SAM, 422, bye="hana")
    await api.get("/v1/audit/decisions/%00", SAM, 422)
    await api.get(nothing, RITA, 403)
    await api.get(nothing, None, 401)
    rows = (await api.get("/v1/audit/reads", SAM)).json()["items"]
    assert [(row["operation"], row["status"]) for row in reversed(rows)] == [
        ("tell", 404),
        ("compare", 422),
        ("list_decisions", 422),
        ("list_decisions", 422),
        ("explain", 422),
    ]
    assert "/v1/audit/decisions/%00?" in rows[0]["target"]
    assert rows[-1]["target"].startswith(nothing)
    assert {row["reader"] for row in rows} == {"sam"}


class Clerk:
    """A witness that listens, in this process."""

    def __init__(self, folder: Path, log: Verifier) -> None:
        self.signer = Signer.new("clerk.example", KeyType.WITNESS)
        self.port = free_port()
        self.witness = Witness(self.signer, Policy((log,)), folder / "state.json")
        config = uvicorn.Config(witness_door(self.witness), port=self.port, log_config=None, lifespan="off")
        self.server = uvicorn.Server(config)

    @property
    def address(self) -> WitnessAddress:
        return WitnessAddress(self.signer.verifier, f"http://127.0.0.1:{self.port}")


async def test_a_witness_countersigns_and_everybody_sees_it(api: Api, tmp_path: Path) -> None:
    await api.raised()
    await api.get("/v1/audit/checkpoint", SAM)
    [log] = (await policy(api)).logs
    clerk = Clerk(tmp_path, log)
    serving = asyncio.create_task(clerk.server.serve())
    while not clerk.server.started:  # noqa: ASYNC110  # the server has no event for it
        await asyncio.sleep(0.01)
    try:
        first: list[Any] = []  # who saw entry 1, and when, stays what it was
        for _ in range(2):
            await ask_all(api.service.pool, [clerk.address])
            seen = (await api.get("/v1/audit/checkpoint", SAM)).json()
            assert [w["name"] for w in seen["witnesses"]] == ["clerk.example"]
            first = first or seen["witnesses"]
            for path in ("decisions/1", "proofs/1"):
                assert (await api.get(f"/v1/audit/{path}", SAM)).json()["countersigned"] == first
            opened(seen["note"], Policy((log,), (clerk.signer.verifier,), 1))
            await api.raised()
            await api.get("/v1/audit/checkpoint", SAM)
        # A witness that has lost sight of us says how far it came, and we go on from there.
        await api.service.pool.fetchval("SELECT 1")
        await ask_all(api.service.pool, [clerk.address])
        assert clerk.witness.remembered()[log.name][0] == api.position
    finally:
        clerk.server.should_exit = True
        await serving


@pytest.fixture
def folder() -> Iterator[Path]:
    with throwaway_folder() as made:
        yield made


@pytest.mark.xdist_group("demonstration")
def test_an_auditor_checks_the_record_from_the_command_line(folder: Path, demonstration: Running) -> None:
    kept = folder / "kept"
    kept.mkdir()
    service = demonstration
    token = service.token("scrutiny_member")
    headers = {"Authorization": f"Bearer {token}"}
    head = service.head()
    service.get(f"/v1/audit/checkpoint?after={head}", headers)
    service.run("audit", "checkpoint", "--out", str(kept / "checkpoint"))
    service.run("audit", "keys", "--quorum", "0", "--out", str(kept / "keys"))
    trusted = Policy.parse((kept / "keys").read_text())
    size = opened((kept / "checkpoint").read_text(), trusted).checkpoint.size
    assert head <= size <= service.head()  # the demonstration's clocks go on deciding for a while
    proof = service.run("audit", "prove", "7").stdout
    assert re.match(r"c2sp\.org/tlog-proof@v1\nextra \S{44}\nindex 6\n", proof)
    nothing_is_found(service, kept, size)
    stranger = Signer.new(trusted.logs[0].name).verifier
    (kept / "others").write_text(f"{stranger}\n")
    bad = service.run("audit", "fsck", "--keys", str(kept / "others"), check=False)
    assert bad.returncode == 1
    assert "WRONG" in bad.stdout
    a_councillor_checks_a_bundle_with_the_witness(service, kept)
    reads = service.get("/v1/audit/reads", headers).json()["items"]
    assert {"audit fsck", "audit prove", "audit checkpoint"} <= {r["operation"] for r in reads}


def nothing_is_found(service: Running, kept: Path, size: int) -> None:
    """Check the whole record against the checkpoint of this size."""
    sound = service.run(
        "audit", "fsck", "--checkpoint", str(kept / "checkpoint"), "--keys", str(kept / "keys")
    )
    [checked] = re.findall(r"^(\d+) entries, ", sound.stdout, re.MULTILINE)
    assert size <= int(checked) <= service.head()
    assert "0 findings" in sound.stdout
    assert " views compared with the record, 0 differences." in sound.stdout


def until_countersigned(service: Running) -> None:
    """Wait until both of the demonstration's witnesses, which are asked every ten seconds, have signed."""
    headers = {"Authorization": f"Bearer {service.token('scrutiny_member')}"}
    while not set(NAMES) <= {w["name"] for w in until_witnessed(service, headers)["witnesses"]}:
        time.sleep(0.2)


def a_councillor_checks_a_bundle_with_the_witness(service: Running, kept: Path) -> None:
    """As the README says; both of the demonstration's witnesses have signed, and their keys came on paper."""
    until_countersigned(service)
    keys, bundle = str(kept / "keys.txt"), str(kept / "lately.zip")
    service.run("audit", "keys", "--out", keys)
    assert "\nquorum 2\n" in (kept / "keys.txt").read_text()
    public = service.data_dir / "neighbouring-council.example" / "public-key.txt"
    assert public.read_text() in (kept / "keys.txt").read_text()
    case = str(uuid5(NAMESPACE_URL, "no such case"))
    assert service.run("audit", "bundle", bundle, "--case", case, check=False).returncode == 1
    lately = datetime.now(UTC) - timedelta(days=45)
    period = ("--from", f"{lately:%Y-%m-%dT%H:%MZ}", "--to", "2099-01-01T00:00Z")
    service.run("audit", "bundle", bundle, *period)
    verify = ("audit", "verify", bundle, "--keys", keys)
    while " witnesses signed, 2 must" in (checked := service.run(*verify, check=False).stdout):
        until_countersigned(service)  # clocks of the demonstration go on deciding for a while
        service.run("audit", "bundle", bundle, *period)
    assert "right: the witness neighbouring-council.example countersigned it on " in checked
    assert checked.splitlines()[-1] == "SOUND"
    a_councillor_checks_one_proof(service, kept)
    stranger = Signer.new("neighbouring-council.example", KeyType.WITNESS).verifier
    (kept / "keys.txt").write_text(
        (kept / "keys.txt").read_text().replace(public.read_text().strip(), str(stranger))
    )
    unwitnessed = service.run("audit", "verify", bundle, "--keys", keys, check=False)
    assert "1 witnesses signed, 2 must have." in unwitnessed.stdout
    assert unwitnessed.returncode == 1


def a_councillor_checks_one_proof(service: Running, kept: Path) -> None:
    keys, proof = str(kept / "keys.txt"), str(kept / "proof.txt")
    service.run("audit", "prove", "7", "--out", proof)
    alone = service.run("audit", "verify", proof, "--keys", keys).stdout
    assert "right: the witness neighbouring-council.example countersigned it on " in alone
    assert "right: entry 7 of the record of " in alone
    assert alone.splitlines()[-1] == "SOUND"
    neither = service.run("audit", "verify", keys, check=False)
    assert (neither.stdout, neither.returncode) == ("", 1)
    assert neither.stderr == f"rfp-service: {keys} is no bundle and no proof.\n"


@pytest.mark.slow
def test_a_witness_runs_from_the_command_line_and_is_asked_by_the_worker(folder: Path) -> None:
    kept = folder / "kept"
    kept.mkdir()
    program = Running(folder)
    program.run("audit", "key", str(kept / "log-key"), "--name", "council.example/log")
    made = program.run("audit", "key", str(kept / "clerk-key"), "--name", "clerk.example", "--witness")
    log = str(Signer.parse((kept / "log-key").read_text()).verifier)
    (kept / "log-keys").write_text(log)
    assert (kept / "clerk-key").stat().st_mode & 0o777 == 0o600
    port = free_port()
    (kept / "witnesses").write_text(f"{made.stdout.splitlines()[0]} http://127.0.0.1:{port}\n")
    more = {"AUDIT_KEYS": str(kept / "log-key"), "AUDIT_WITNESSES": str(kept / "witnesses")}
    command = (
        "audit",
        "witness",
        "--key",
        str(kept / "clerk-key"),
        "--log",
        str(kept / "log-keys"),
        "--state",
        str(kept / "state"),
        "--port",
        str(port),
    )
    witness = Running(folder, port=port, command=command)
    witness.begin()
    try:
        with running(folder, **more) as service:
            raised(service)
            headers = {"Authorization": f"Bearer {service.token('scrutiny_member')}"}
            seen = until_witnessed(service, headers)
            assert [w["name"] for w in seen["witnesses"]] == ["clerk.example"]
            assert seen["origin"] == "council.example/log"
    finally:
        witness.stop()


def raised(service: Running) -> None:
    """Record something, so that there is something to sign."""
    headers = {"Authorization": f"Bearer {service.token('requester')}"}
    body = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}
    with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
        assert client.post(f"{service.url}/v1/rfps", json=body, headers=headers).is_success


def until_witnessed(service: Running, headers: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Ask until the witness, which is asked every ten seconds, has signed."""
    while not (answer := service.get("/v1/audit/checkpoint", headers)).json().get("witnesses"):
        assert answer.status_code in (200, 404, 503), answer.text
        time.sleep(0.2)
    found: dict[str, list[dict[str, str]]] = answer.json()
    return found


def test_production_needs_its_keys_where_the_log_is_kept(folder: Path) -> None:
    keys = folder / "jwks.json"
    keys.write_text('{"keys": []}')
    more = {
        "PROFILE": "production",
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
        "TOKEN_ISSUER": "https://issuer.example",
        "TOKEN_KEYS": str(keys),
        "PERSONAL_SECRET": base64.b64encode(bytes(32)).decode(),
    }
    done = Running(folder, more=more).run("worker", check=False)
    assert done.returncode != 0
    assert "AUDIT_KEYS" in done.stderr


async def test_the_newest_checkpoint_is_one_signed_text(api: Api) -> None:
    await api.raised()
    await api.get("/v1/audit/checkpoint", SAM)
    signed = await LogReader(api.service.pool).latest()
    assert signed is not None
    assert Note.parse(signed.note).text.count("\n") == 3
    assert Role.SCRUTINY_MEMBER in SAM.roles


@pytest.mark.slow
@pytest.mark.xdist_group("demonstration")
def test_a_bundle_is_taken_away_and_checked_elsewhere(folder: Path, demonstration: Running) -> None:
    kept = folder / "kept"
    kept.mkdir()
    service = demonstration
    headers = {"Authorization": f"Bearer {service.token('scrutiny_member')}"}
    head = service.head()
    rfp = service.get(f"/v1/rfps?stage=approval&limit=1&after={head}", headers).json()
    case = rfp["items"][0]["id"]
    service.get(f"/v1/audit/checkpoint?after={head}", headers)
    service.run("audit", "keys", "--quorum", "0", "--out", str(kept / "keys"))
    taken = service.get(f"/v1/audit/bundles?stream_id={case}", headers)
    assert taken.headers["content-type"] == "application/zip"
    (kept / "case.zip").write_bytes(taken.content)
    period = ("--from", "2000-01-01T00:00Z", "--to", "2099-01-01T00:00Z")
    service.run("audit", "bundle", str(kept / "all.zip"), *period, "--last", str(kept / "case.zip"))
    both = f"/v1/audit/bundles?stream_id={case}&from=2000-01-01T00:00Z"
    assert service.get(both, headers).status_code == 422
    assert service.get("/v1/audit/bundles", headers).status_code == 422
    checked_elsewhere(Running(folder), kept, range(head, service.head() + 1))


def checked_elsewhere(program: Running, kept: Path, heads: range) -> None:
    """Check both bundles, taken while the record had these heads, where there is no database."""
    program.more = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    told = program.run("audit", "verifier", str(kept / "check.html")).stdout
    page = (kept / "check.html").read_bytes()
    assert hashlib.sha256(page).hexdigest() in told
    assert b"'sha256-" in page
    program.run("audit", "verifier", str(kept / "check.py"))
    command = [sys.executable, kept / "check.py", kept / "case.zip", "--keys", kept / "keys"]
    alone = subprocess.run(command, capture_output=True, text=True, check=False)
    assert alone.returncode == 4, alone.stdout  # it compares neither the story nor the READ-ME, and says so
    assert "ENTRIES SOUND, BUT story.html AND READ-ME-FIRST.txt WERE NOT CHECKED, complete" in alone.stdout
    keys = ("--keys", str(kept / "keys"))
    sound = program.run("audit", "verify", str(kept / "case.zip"), *keys)
    assert sound.stdout.splitlines()[-1].startswith("SOUND, complete by the index at ")
    all_is_proved(program, kept, keys, heads)
    files = Files.read(kept / "case.zip").files
    story = files["story.html"]
    retold = {**files, "story.html": story.replace(b"</body>", b"<p>And so it was not.</p></body>")}
    assert retold["story.html"] != story
    (kept / "case.zip").write_bytes(Files(retold).zipped())
    bad = program.run("audit", "verify", str(kept / "case.zip"), *keys, check=False)
    assert bad.returncode == 1
    assert "NOT SOUND" in bad.stdout


def all_is_proved(program: Running, kept: Path, keys: tuple[str, str], heads: range) -> None:
    """Check the bundle of everything: each entry is proved, and none changed since the earlier bundle."""
    last = ("--last", str(kept / "case.zip"))
    whole = program.run("audit", "verify", str(kept / "all.zip"), *keys, *last)
    proved = sum(map(int, re.findall(r"(\d+) entries (?:are proved|are withheld)", whole.stdout)))
    earlier, all_of_it = (Files.read(kept / name).manifest() for name in ("case.zip", "all.zip"))
    assert proved == all_of_it.last_position
    assert proved in heads
    assert earlier.last_position <= earlier.size <= heads[-1]
    assert f"the first {earlier.size} entries are those of the earlier bundle" in whole.stdout
