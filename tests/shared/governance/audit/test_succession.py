"""After a restore a new log goes on: bundles verify across it, and say what is lost."""

import base64
import json
import runpy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
import typer

from rfp_service.events import EVENTS
from rfp_service.operator import restores
from shared.governance.audit.bundle.assembly import LastBundleLonger, made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import SUCCESSION, Files, json_text
from shared.governance.audit.bundle.earlier_log import LastBundleOfAnotherLog
from shared.governance.audit.bundle.verification import Verifying, verify
from shared.governance.audit.log_history.domain import (
    HISTORY_ID,
    KeysRewrapped,
    LogHistory,
    LogSucceeded,
    NothingWasLost,
    RecordRehearsal,
    RecordRewrapping,
    RestoreRehearsed,
    RewrappedAlready,
    SameLogName,
    SucceededAlready,
    SucceedLog,
)
from shared.governance.audit.log_history.receipts import Rehearsal, opened_receipt, signed_receipt
from shared.governance.audit.log_history.recorded_successions import successions
from shared.governance.audit.record_index.indexer import Indexer
from shared.governance.audit.verifier.handed_out import verifier_program
from shared.ledger.checkpoints import Checkpoint, Policy, hash_text
from shared.ledger.log_keys import LogKeys
from shared.ledger.log_reader import LogReader
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import BadNote, Note, Signer, signed_note
from shared.ledger.record_check import check
from shared.ledger.successions import Succession, lost_of, since
from shared.record.eventstore.store import EventStore
from shared.settings import Settings
from tests.shared.governance.audit.examples import LOG, kept
from tests.shared.governance.audit.forgeries import Forged, saying
from tests.shared.governance.audit.test_bundle import MAPPER, PERIOD, PROGRAM, a_case
from tests.shared.governance.audit.test_forgeries import by_the_page
from tests.support.specs import stamp

NEW = Signer.new("council.example/log-2")
KEPT, LAST = 240, 300
BOTH = Policy((LOG.verifier, NEW.verifier))
COMMAND = SucceedLog(
    old_origin="old",
    old_size=90,
    old_root="r",
    old_checkpoint="c",
    kept=70,
    new_origin="new",
    statement="s",
    reason="The disk failed.",
)


def test_a_log_is_succeeded_once_under_another_name_and_only_where_something_was_lost() -> None:
    succeeded = COMMAND.decide(LogHistory(), stamp("operator:sam"))
    assert isinstance(succeeded, LogSucceeded)
    after = succeeded.apply(LogHistory())
    assert after.succeeded == ("old",)
    for refused, changed in (
        (SucceededAlready, {}),
        (SameLogName, {"new_origin": "old"}),
        (NothingWasLost, {"kept": 90}),
    ):
        with pytest.raises(refused):
            COMMAND.model_copy(update=changed).decide(after, stamp("operator:sam"))


def test_a_rehearsal_is_recorded_good_or_bad() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    command = RecordRehearsal(
        size=7, root="r", findings=2, backup_taken_at=at, rehearsed_at=at, receipt="signed"
    )
    rehearsed = command.decide(LogHistory(), stamp("operator:sam"))
    assert isinstance(rehearsed, RestoreRehearsed)
    assert rehearsed.findings == 2
    assert rehearsed.apply(LogHistory()).rehearsals == 1


def test_that_keys_lie_under_another_secret_is_recorded_once() -> None:
    command = RecordRewrapping(secret_name="5ec3e7", personal_keys=7, endpoint_secrets=1)
    rewrapped = command.decide(LogHistory(), stamp("operator:sam"))
    assert isinstance(rewrapped, KeysRewrapped)
    assert (rewrapped.personal_keys, rewrapped.endpoint_secrets) == (7, 1)
    after = rewrapped.apply(LogHistory())
    with pytest.raises(RewrappedAlready):
        command.decide(after, stamp("operator:sam"))
    command.model_copy(update={"secret_name": "another"}).decide(after, stamp("operator:sam"))


def test_a_receipt_is_signed_by_the_logs_own_key() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    rehearsal = Rehearsal(LOG.verifier.name, 7, bytes(32), 0, at, at)
    receipt = signed_receipt(rehearsal, [LOG])
    assert opened_receipt(receipt, BOTH) == rehearsal
    for forged, policy in (
        (receipt.replace("\n0\n", "\n1\n"), BOTH),
        (receipt, Policy((Signer.new(LOG.verifier.name).verifier,))),
        (signed_note("council.example/log\n7\n", [LOG]), BOTH),
    ):
        with pytest.raises(BadNote):
            opened_receipt(forged, policy)


def test_what_led_from_one_log_to_another_is_a_chain() -> None:
    one, two = Succession("a", 90, "r", 70, "b"), Succession("b", 120, "r", 60, "c")
    assert since("a", [two, one], "c") == [one, two]
    assert since("c", [one, two], "c") == []
    assert since("a", [one], "c") == []
    assert lost_of(Checkpoint("a", 50, bytes(32)), [one, two]) is None
    assert lost_of(Checkpoint("a", 80, bytes(32)), [one, two]) == (60, 80)


async def restored(admin: asyncpg.Connection) -> None:
    """Let the database be what its backup held: nothing after a position, of the record and of its log."""
    for table in ("stored_events", "event_head", "log_tiles", "log_checkpoints"):
        await admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await admin.execute("DELETE FROM stored_events WHERE notification_id > $1", KEPT)
    await admin.execute("DELETE FROM log_checkpoints WHERE size > $1", KEPT)
    await admin.execute("DELETE FROM log_tiles")
    await admin.execute(
        "UPDATE event_head SET (position, recorded_at) = (SELECT notification_id, recorded_at"
        " FROM stored_events ORDER BY notification_id DESC LIMIT 1)"
    )


async def succeeded(pool: asyncpg.Pool, store: EventStore, old: Files) -> None:
    """Go on under a new name, as `audit succeed` does, and let more happen."""
    note = old.text("checkpoint.txt")
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    said = Succession(checkpoint.origin, checkpoint.size, hash_text(checkpoint.root), KEPT, NEW.verifier.name)
    command = SucceedLog(
        **said._asdict(),
        old_checkpoint=note,
        statement=signed_note(said.text(), [NEW]),
        reason="The disk failed.",
    )
    await store.handle(HISTORY_ID, command, stamp("operator:sam"), blank=LogHistory(), absent=True)
    await LogWriter(pool, [NEW]).catch_up()


def without_it(files: Forged) -> Forged:
    return saying({name: content for name, content in files.items() if name != SUCCESSION})


def of_another_entry(files: Forged) -> Forged:
    said = json.loads(files[SUCCESSION])
    raw = next(content for name, content in files.items() if name.startswith("entries/"))
    said["successions"][0]["entry"] = base64.b64encode(raw).decode()
    return saying({**files, SUCCESSION: json_text(said)})


def with_more_kept(files: Forged) -> Forged:
    said = json.loads(files[SUCCESSION])
    raw = base64.b64decode(said["successions"][0]["entry"])
    raw = raw.replace(f'"kept":{KEPT}'.encode(), b'"kept":299')
    said["successions"][0]["entry"] = base64.b64encode(raw).decode()
    return saying({**files, SUCCESSION: json_text(said)})


FORGERIES: tuple[Callable[[Forged], Forged], ...] = (without_it, of_another_entry, with_more_kept)


@pytest.mark.slow
async def test_bundles_verify_across_a_restore_and_say_what_is_lost(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 120)
    early = await made(pool, MAPPER, PERIOD, PROGRAM)
    await kept(pool, store, 120, LAST)
    late = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    await restored(admin)
    with pytest.raises(LastBundleLonger):
        await made(pool, MAPPER, BundleRequest(case=a_case(), last_size=LAST), PROGRAM)
    fresh = EventStore(pool, MAPPER.topics)
    await LogWriter(pool, [LOG]).catch_up()
    await succeeded(pool, fresh, late)
    await indexed_under_the_new_name(pool, fresh)

    lost = f", after a restore that lost entries {KEPT + 1} to {LAST}"
    for last, said in ((early, ""), (late, lost)):
        earlier = last.manifest()
        wanted = BundleRequest(case=a_case(), last_size=earlier.size, last_origin=earlier.origin)
        files = await made(pool, MAPPER, wanted, PROGRAM)
        report = verify(Verifying(files, BOTH, last, MAPPER, PROGRAM))
        assert report.verdict == f"SOUND, complete by the index at {KEPT + 1}{said}", report.lines
        all_verifiers_agree(tmp_path, files, last)
    with pytest.raises(LastBundleOfAnotherLog):
        await made(pool, MAPPER, BundleRequest(case=a_case(), last_size=9, last_origin="elsewhere"), PROGRAM)
    await the_check_of_all_knows_of_it(pool, late)


def all_verifiers_agree(folder: Path, files: Files, last: Files) -> None:
    """Expect the bundle to be sound, and each forgery of it not, by all three."""
    program = folder / "check.py"
    program.write_text(verifier_program("0", {topic.__name__: topic.kind for topic in EVENTS}))
    alone = runpy.run_path(str(program))["checked"]
    forged = [forge(dict(files.files)) for forge in FORGERIES]
    for each in forged:
        assert verify(Verifying(Files(each), BOTH, last, MAPPER, PROGRAM)).exit_status == 1
    every = [files.zipped(), *(Files(each).zipped() for each in forged)]
    verdicts = [one["verdict"] for one in by_the_page(folder, every, BOTH.text(), last.zipped())]
    assert verdicts == ["ENTRIES SOUND", *["NOT SOUND"] * len(forged)]
    assert [alone(raw, BOTH.text(), last.zipped())[0] for raw in every] == verdicts


async def indexed_under_the_new_name(pool: asyncpg.Pool, store: EventStore) -> None:
    await Indexer(pool, store).commit()
    await LogWriter(pool, [NEW]).catch_up()


async def the_check_of_all_knows_of_it(pool: asyncpg.Pool, late: Files) -> None:
    """What was saved of the old log is told as lost; without the entry it is a finding."""
    recorded = [each.succession for each in await successions(pool)]
    saved = [late.text("checkpoint.txt")]
    policy = await LogReader(pool).policy()
    found = await check(pool, saved, policy, recorded)
    assert found.findings == []
    assert len(found.lost) == 1
    assert len((await check(pool, saved, policy)).findings) == 1


@pytest.mark.parametrize(("size", "findings", "status"), [(90, 0, 0), (90, 2, 1), (0, 0, 1)])
def test_a_rehearsal_that_found_something_says_so_with_its_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int, findings: int, status: int
) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    found = Rehearsal(NEW.verifier.name, size, bytes(32), findings, at, at)
    monkeypatch.setattr(restores, "configured", Settings)
    monkeypatch.setattr(restores, "log_keys", lambda _: LogKeys((NEW,)))
    monkeypatch.setattr(restores, "_with_service", lambda *_: found)
    receipt, ended = tmp_path / "receipt.txt", 0
    try:
        restores.rehearse(receipt, taken="2026-03-01T02:00Z")
    except typer.Exit as end:
        ended = end.exit_code
    assert ended == status
    assert opened_receipt(receipt.read_text(), BOTH) == found
