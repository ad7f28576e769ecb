"""A bundle is checked by whoever holds it, with nothing but the keys; whatever is changed in it is found."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rfp_service.events import EVENTS
from rfp_service.rooms import VIEWS
from shared.governance.audit.bundle import assembly
from shared.governance.audit.bundle.assembly import (
    LastBundleLonger,
    NothingToBundle,
    TooMuchForOneBundle,
    made,
)
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    KEYS,
    MANIFEST,
    READ_ME,
    READS_CHECKPOINT,
    STORY,
    Files,
    NotABundle,
    json_text,
    sha256,
)
from shared.governance.audit.bundle.report import VerificationReport
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.ledger.checkpoints import Policy
from shared.ledger.log_reader import Signed
from shared.ledger.log_writer import LogWriter, keep_cosignature
from shared.ledger.notes import KeyType, Note, Signer
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.store import EventStore
from shared.record.projecting.projector import Projector
from tests.shared.governance.audit.examples import CLERK, LOG, indexed, kept
from tests.shared.record.projecting.examples import year_of_rfps

MAPPER = EnvelopeMapper(Topics(EVENTS))
PROGRAM = "rfp-service 0"
PERIOD = BundleRequest(start=datetime(2020, 1, 1, tzinfo=UTC), end=datetime(2099, 1, 1, tzinfo=UTC))
TRUSTED = Policy((LOG.verifier,), (CLERK.verifier,))


def checked(files: Files, trusted: Policy | None = TRUSTED, last: Files | None = None) -> VerificationReport:
    return verify(Verifying(files, trusted, last, MAPPER, PROGRAM))


def a_case() -> UUID:
    """A case of the first three hundred events that was told in many of them."""
    ids = [scene.stream_id for scene in year_of_rfps()[:300] if type(scene.event).kind == "rfp"]
    return max(set(ids), key=ids.count)


async def test_a_case_is_packed_and_found_sound(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 300)
    await indexed(pool, store)
    files = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    report = checked(files)
    assert report.wrong == []
    manifest = files.manifest()
    assert manifest.filters == {"case": str(a_case())}
    assert [case.first_version for case in manifest.cases] == [1]
    assert manifest.cases[0].last_version == manifest.entries > 8
    assert (
        "right: story.html says what the entries say, READ-ME-FIRST.txt how they are checked" in report.lines
    )
    assert (report.verdict, report.exit_status) == ("SOUND, complete by the index at 300", 0)


async def test_the_pages_are_for_people(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 300)
    files = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    story, read_me = files.text(STORY), files.text(READ_ME)
    assert '<html lang="en-GB">' in story
    assert "<h3>RFP raised</h3>" in story
    first = files.manifest().first_position
    assert re.search(rf"<h2>RFP-{first}: [A-Z][^<]+ <span class=place>RFP, {a_case()}</span></h2>", story)
    outline = (
        r"<p>RFP raised by <b>[a-z-]+</b>, as requester, on \d+ [A-Z][a-z]+ \d{4}\. It (ended|is not over)"
    )
    assert re.search(outline, story)
    assert re.search(r"<p>Altogether it waited [^<]+ for procurement", story)
    assert f"<h1>What was decided on RFP-{first}: " in story
    assert (
        "<tr><th scope=col>What was set</th><th scope=col>To</th></tr>" in story
    )  # nothing was there before
    assert "<th scope=col>Before</th>" in story
    assert "A service asks for something." in story
    assert "Need: estimate" in story
    assert "£" in story
    assert "Reason" in story
    assert "Before this, the case had waited" in story
    for never in ("<script", "http://", "https://", "javascript", "_pence"):
        assert never not in story
    assert LOG.verifier.fingerprint in read_me
    assert "rfp-service audit verify" in read_me
    assert "HOW TO CHECK" in read_me
    assert max(len(line) for line in read_me.splitlines()) < 100


async def test_a_periods_story_begins_with_what_a_committee_asks(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 300)
    story = (await made(pool, MAPPER, PERIOD, PROGRAM)).text(STORY)
    headings = re.findall(r"<h([1-3])>([^<]+)", story)
    begin = ["The period at a glance", "Who waited for whom", "Contents"]
    assert [text for level, text in headings if level == "2"][:3] == begin
    assert re.search(r"<tr><th scope=row>Procurement</th><td[^>]*>\d+</td><td[^>]*>\d+ days?</td>", story)
    assert re.search(r"<li><a href='#e-\d+'>RFP-\d+: [^<]+</a>, \d+ [A-Z][a-z]+ \d{4}</li>", story)
    for figure in ("Waivers granted", "Overrides", "Late approvals", "Special urgencies", "Call-ins"):
        assert f"<th scope=row>{figure}</th>" in story
    links = re.findall(r"href='#([^']+)'", story)
    places = set(re.findall(r"id='?([a-z]-[0-9a-f-]+)", story))
    cases = {scene.stream_id for scene in year_of_rfps()[:300]}
    assert set(links) <= places  # each leads somewhere
    assert {f"c-{case}" for case in cases} <= set(links)
    assert len([place for place in places if place.startswith("e-")]) == 300
    assert "<h1>What was recorded from 1 January 2020 to 1 January 2099</h1>" in story
    assert not re.search(r"<th>|\d{4}-\d\d-\d\dT\d\d", story)  # scopes, and no machine's dates


async def test_what_was_said_is_never_markup(pool: asyncpg.Pool, store: EventStore) -> None:
    from rfp_service.rfps.commands.requests import RaiseRfp  # only here
    from rfp_service.rfps.domain.rfp import Rfp
    from tests.support.specs import stamp

    ask = RaiseRfp(title="<script>alert(1)</script>", description="&", service_area="'\"")
    await store.create(a_case(), ask, stamp("ann"), blank=Rfp())
    await kept(pool, store, 0, 0)
    files = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    assert "<script" not in files.text(STORY)
    assert "&lt;script&gt;" in files.text(STORY)


async def test_a_period_is_packed_whole(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 120)
    files = await made(pool, MAPPER, PERIOD, PROGRAM)
    report = checked(files)
    assert report.wrong == []
    assert "right: entries 1 to 120 are all here" in report.lines
    with pytest.raises(TooMuchForOneBundle):
        await made(pool, MAPPER, PERIOD, PROGRAM, limit=100)


@pytest.mark.parametrize(
    "wanted",
    [PERIOD, replace(PERIOD, body_of_work="rfps"), BundleRequest(case=a_case())],
    ids=["period", "body of work", "case"],
)
async def test_what_is_recorded_and_signed_while_a_bundle_is_made_is_in_it(
    pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch, wanted: BundleRequest
) -> None:
    await kept(pool, store, 0, 60)
    sealed = assembly._seal  # noqa: SLF001  # what comes between looking for entries and this

    async def meanwhile(*given: Any) -> Signed:
        await kept(pool, store, 60, 120)
        await indexed(pool, store)
        return await sealed(*given)

    monkeypatch.setattr(assembly, "_seal", meanwhile)
    files = await made(pool, MAPPER, wanted, PROGRAM)
    assert checked(files).wrong == []
    monkeypatch.undo()
    assert files.manifest().cases == (await made(pool, MAPPER, wanted, PROGRAM)).manifest().cases


async def test_a_body_of_work_is_packed(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 60)
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass
    wanted = BundleRequest(start=PERIOD.start, end=PERIOD.end, body_of_work="administration")
    files = await made(pool, MAPPER, wanted, PROGRAM)
    kinds = {case.kind for case in files.manifest().cases}
    assert "scheme" in kinds
    assert {event.body_of_work for event in EVENTS if event.kind in kinds} == {"administration"}
    assert checked(files).wrong == []


async def test_of_nothing_there_is_no_bundle(pool: asyncpg.Pool, store: EventStore) -> None:
    with pytest.raises(NothingToBundle):
        await made(pool, MAPPER, PERIOD, PROGRAM)
    await kept(pool, store, 0, 5)
    with pytest.raises(NothingToBundle):
        await made(pool, MAPPER, BundleRequest(case=UUID(int=7)), PROGRAM)


async def test_a_bundle_goes_on_from_the_last_one(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 100)
    first = await made(pool, MAPPER, PERIOD, PROGRAM)
    await kept(pool, store, 100, 140)
    wanted = BundleRequest(start=PERIOD.start, end=PERIOD.end, last_size=first.manifest().size)
    second = await made(pool, MAPPER, wanted, PROGRAM)
    report = checked(second, last=first)
    assert report.wrong == []
    assert "right: the first 100 entries are those of the earlier bundle's record" in report.lines
    without = await made(pool, MAPPER, PERIOD, PROGRAM)
    assert checked(without, last=first).wrong == [
        "this bundle has no proof from the earlier bundle: ask for one made with it"
    ]


async def test_a_bundle_of_a_rewritten_record_does_not_go_on_from_an_earlier_one(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    """The same keys, another past: as if whoever holds them had rewritten everything."""
    from rfp_service.rfps.commands.requests import RaiseRfp
    from rfp_service.rfps.domain.rfp import Rfp
    from tests.support.specs import stamp  # only here

    await kept(pool, store, 0, 50)
    honest = await made(pool, MAPPER, PERIOD, PROGRAM)
    ask = RaiseRfp(title="Another", description="past", service_area="x")
    await store.create(UUID(int=5), ask, stamp("ann"), blank=Rfp())
    await kept(pool, store, 50, 60)
    wanted = BundleRequest(start=PERIOD.start, end=PERIOD.end, last_size=50)
    later = dict((await made(pool, MAPPER, wanted, PROGRAM)).files)
    proof = later[CONSISTENCY].decode().splitlines()
    later[CONSISTENCY] = ("\n".join(reversed(proof)) + "\n").encode()
    report = checked(renamed(later), last=honest)
    assert any("does not go on from the earlier" in line for line in report.wrong)


async def test_a_bundle_is_trusted_for_keys_from_elsewhere_only(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 20)
    files = await made(pool, MAPPER, PERIOD, PROGRAM)
    own = checked(files, trusted=None)
    assert own.wrong == []
    assert (own.verdict, own.exit_status) == ("CONSISTENT WITH ITSELF: whose it is you must compare", 3)
    assert any(LOG.verifier.fingerprint in line for line in own.lines)
    stranger = Policy((Signer.new(LOG.verifier.name).verifier,))
    assert any("No key that is trusted" in line for line in checked(files, stranger).wrong)
    quorum = Policy((LOG.verifier,), (CLERK.verifier,), 1)
    assert checked(files, quorum).wrong == ["0 witnesses signed, 1 must have."]


def renamed(files: dict[str, bytes]) -> Files:
    """Make the manifest name the files as they are now, as whoever tampers with a bundle would."""
    manifest = Files(files).manifest()
    hashes = {name: sha256(content) for name, content in files.items() if name != MANIFEST}
    said = manifest.model_copy(update={"files": hashes}).model_dump(mode="json")
    return Files({**files, MANIFEST: json_text(said)})


def flip(files: dict[str, bytes], chance: Random) -> None:
    """Flip a bit of a file that is not the pages."""
    name = chance.choice([n for n in files if n not in (READ_ME, MANIFEST, KEYS)])
    content = bytearray(files[name])
    at = chance.randrange(len(content) * 8)
    content[at // 8] ^= 1 << at % 8
    files[name] = bytes(content)


def drop(files: dict[str, bytes], chance: Random) -> None:
    """Leave out an entry and its proof."""
    name = chance.choice([n for n in files if n.startswith("entries/")])
    del files[name]
    del files[name.replace("entries/", "proofs/") + ".tlog-proof"]


def swap(files: dict[str, bytes], chance: Random) -> None:
    """Exchange two entries."""
    one, other = chance.sample([n for n in files if n.startswith("entries/")], 2)
    files[one], files[other] = files[other], files[one]


def invent(files: dict[str, bytes], chance: Random) -> None:
    """Add an entry that never was, with somebody else's proof."""
    one = chance.choice([n for n in files if n.startswith("entries/")])
    files["entries/000000000999"] = files[one] + b" "
    files["proofs/000000000999.tlog-proof"] = files[one.replace("entries/", "proofs/") + ".tlog-proof"]


def retell(files: dict[str, bytes], _: Random) -> None:
    """Tell another story."""
    files[STORY] = files[STORY].replace(b"A service asks", b"Nobody asks")


def another_seal(files: dict[str, bytes], _: Random) -> None:
    """Put a checkpoint of one's own in."""
    from shared.ledger.notes import signed_note  # only here

    text = files[CHECKPOINT].decode().partition("\n\n")[0] + "\n"
    files[CHECKPOINT] = signed_note(text, [Signer.new(LOG.verifier.name)]).encode()


@pytest.mark.parametrize("tamper", [flip, drop, swap, invent, retell, another_seal])
async def test_whoever_tampers_with_a_bundle_is_found(
    pool: asyncpg.Pool, store: EventStore, tamper: Callable[[dict[str, bytes], Random], None]
) -> None:
    await kept(pool, store, 0, 40)
    sound = await made(pool, MAPPER, PERIOD, PROGRAM)
    assert checked(sound).sound
    chance = Random(3)
    for _ in range(30 if tamper is flip else 5):
        files = dict(sound.files)
        tamper(files, chance)
        assert not checked(Files(files)).sound  # the manifest tells
        assert not checked(renamed(files)).sound, "and so does the record, where the manifest lies"


async def test_a_bundle_is_a_plain_zip_file(pool: asyncpg.Pool, store: EventStore, tmp_path: Path) -> None:
    await kept(pool, store, 0, 10)
    files = await made(pool, MAPPER, PERIOD, PROGRAM)
    (tmp_path / "bundle.zip").write_bytes(files.zipped())
    assert checked(Files.read(tmp_path / "bundle.zip")).sound
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert archive.namelist()[0] == READ_ME
    (tmp_path / "no.zip").write_bytes(b"PK nonsense")
    with pytest.raises(NotABundle):
        Files.read(tmp_path / "no.zip")
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entries/000000000001", bytes(70_000))
    with pytest.raises(NotABundle):
        Files.read(tmp_path / "big.zip")
    assert not checked(Files({})).sound


async def test_a_bundle_says_how_often_the_audit_was_read_and_never_less(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    bundles = []
    for end in (40, 60):
        await pool.execute("SELECT append_audit_read('operator:sam', 'operator', 'x', '/', 200, '')")
        await kept(pool, store, end - 20, end)
        last = bundles[0].manifest().size if bundles else None
        bundles.append(await made(pool, MAPPER, replace(PERIOD, last_size=last), PROGRAM))
    first, second = bundles
    told = "right: the log of who read the audit is signed, with 2 lines so far"
    assert told in checked(second, last=first).lines
    poorer = Files({**second.files, READS_CHECKPOINT: first.files[READS_CHECKPOINT]})
    again = Files({**first.files, READS_CHECKPOINT: second.files[READS_CHECKPOINT]})
    wrong = checked(poorer, last=again).wrong
    assert "the log of who read the audit had 2 lines, and has 1 in this bundle" in wrong
    forged = second.text(READS_CHECKPOINT).replace("\n2\n", "\n9\n").encode()
    assert not checked(Files({**second.files, READS_CHECKPOINT: forged})).sound


async def test_an_earlier_bundle_that_is_longer_than_the_record_is_an_incident(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 40)
    with pytest.raises(LastBundleLonger, match="longer than this record") as refused:
        await made(pool, MAPPER, replace(PERIOD, last_size=60), PROGRAM)
    assert refused.value.facts == {"last_size": 60, "size": 40}


async def test_a_bundle_is_sealed_by_as_many_witnesses_as_the_policy_wants(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    """The newest checkpoint that enough of them signed is taken; a newer one that one signed is not."""
    river = Signer.new("river.example", KeyType.WITNESS)
    keeper = LogWriter(pool, [LOG])
    for start, end, signers in ((0, 300, (CLERK, river)), (300, 310, (CLERK,))):
        note = await kept(pool, store, start, end)
        await keeper.introduce_witnesses([str(each.verifier) for each in (CLERK, river)], end)
        await keeper.introduce_quorum(2, end)
        for signer in signers:
            at = datetime.now(UTC).replace(microsecond=0)
            line = signer.line(Note.parse(note).text, int(at.timestamp()))
            await keep_cosignature(pool, end, str(signer.verifier), line, at)
    case = BundleRequest(case=year_of_rfps()[0].stream_id)  # of which nothing came later
    files = await made(pool, MAPPER, case, PROGRAM)
    assert files.manifest().size == 300
    assert "\nquorum 2\n" in files.text(KEYS)
    assert checked(files, Policy((LOG.verifier,), (CLERK.verifier, river.verifier), 2)).wrong == []
    with pytest.raises(asyncpg.CheckViolationError):
        await keeper.introduce_quorum(3, 310)
