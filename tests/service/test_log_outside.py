"""The log is followed from outside, its hashes are anybody's by setting, and its digests leave the house."""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import asyncpg
import httpx
import pytest

from rfp_service.events import EVENTS
from shared.governance.audit import copies as copies_module
from shared.governance.audit import copy_targets
from shared.governance.audit.copies import Copies
from shared.governance.audit.monitor import Followed, Monitor
from shared.governance.audit.record_index.domain import INDEX_ID, CommitIndex, IndexedRecord
from shared.governance.audit.record_index.indexer import Indexer
from shared.ledger.checkpoints import Policy
from shared.ledger.log_reader import LogReader
from shared.record.eventstore.store import EventStore
from shared.settings import Settings
from shared.web.monitoring.alarms import alarms
from tests.service.test_disclosure import declared, estimated
from tests.shared.governance.audit.examples import kept
from tests.support.api import Api
from tests.support.patience import until_true
from tests.support.people import SAM
from tests.support.specs import stamp

WORKS = {event.__name__: event.body_of_work for event in EVENTS}


class Through(httpx.BaseTransport):
    """Asks a service that runs in this process, from a thread."""

    def __init__(self, api: Api, *, token: bool) -> None:
        self._api, self._token = api, token
        self._loop = asyncio.get_running_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = self._api.headers(SAM) if self._token else {}
        asking = self._api.client.get(request.url.raw_path.decode(), headers=headers)
        answer = asyncio.run_coroutine_threadsafe(asking, self._loop).result(90)
        return httpx.Response(answer.status_code, content=answer.content)


async def followed(api: Api, folder: Path, *, words: bool = True) -> Followed:
    """Let somebody outside look once, when all there is has been signed and the views have come so far."""
    head = await api.service.record.head()
    await api.client.get(f"/v1/audit/decisions?limit=1&after={head}", headers=api.headers(SAM))
    await api.client.get(f"/v1/audit/checkpoint?after={head}", headers=api.headers(SAM))
    policy: Policy = await LogReader(api.service.pool).policy()
    client = httpx.Client(transport=Through(api, token=words), base_url="http://service")
    return await asyncio.to_thread(Monitor(client, policy, folder, WORKS).follow, words=words)


async def indexed(api: Api) -> None:
    await Indexer(api.service.pool, api.service.store).commit()


async def test_a_monitor_follows_the_log_and_computes_its_index_anew(api: Api, tmp_path: Path) -> None:
    """Also where an entry is withheld from whoever follows."""
    rfp = await estimated(api)
    await declared(api, rfp)
    await indexed(api)
    first = await followed(api, tmp_path)
    assert first.findings == []
    assert (first.before, first.withheld, first.indexes) == (0, 1, 1)
    await api.raised()
    await indexed(api)
    second = await followed(api, tmp_path)
    assert second.findings == []
    assert (second.before, second.size, second.indexes) == (first.size, first.size + 2, 2)
    assert second.decisions == second.size - 2  # all but the indexes
    assert (await followed(api, tmp_path)).before == second.size


async def test_a_monitor_finds_a_forged_index_and_a_hidden_decision(api: Api, tmp_path: Path) -> None:
    await api.raised()
    pool, store = api.service.pool, api.service.store
    forged = CommitIndex(size=1, lines=2, root="A" * 43 + "=")
    await store.handle(INDEX_ID, forged, stamp("indexer"), blank=IndexedRecord(), absent=True)
    assert (await followed(api, tmp_path)).findings == [
        "The index at entry 2 is not that of the first 1 entries"
    ]
    await followed(api, tmp_path)
    await pool.execute("DELETE FROM decisions WHERE position = 1")
    assert (
        "The service lists 0 decisions; there are 1 on the record" in (await followed(api, tmp_path)).findings
    )


async def test_a_monitor_finds_a_log_that_was_cut_or_rewritten(api: Api, tmp_path: Path) -> None:
    """Whatever the service computes anew: what was there once must be there for ever."""
    for _ in range(3):
        await api.raised()
    seen = await followed(api, tmp_path)
    assert seen.findings == []
    leaves = (tmp_path / "leaves.bin").read_bytes()
    (tmp_path / "leaves.bin").write_bytes(leaves + bytes(32))
    [cut] = (await followed(api, tmp_path)).findings
    assert "it was cut" in cut
    (tmp_path / "leaves.bin").write_bytes(bytes(32) + leaves[32:])
    await api.raised()
    [rewritten] = (await followed(api, tmp_path)).findings
    assert "are not those that were there before" in rewritten


async def test_hashes_are_anybodys_where_the_council_says_so(api: Api, tmp_path: Path) -> None:
    await api.raised()
    paths = ("checkpoint", "keys", "tile/0/000.p/1")
    for path in paths:
        assert (await api.client.get(f"/log/{path}")).status_code == 404
    whole = api.service
    settings = whole.settings.model_copy(update={"audit_public": True})
    api.app.state.service = replace(whole, settings=settings)
    try:
        found = await followed(api, tmp_path, words=False)
        assert (found.findings, found.size) == ([], 1)
        for path in paths:
            assert (await api.client.get(f"/log/{path}")).status_code == 200
        for path in ("tile/entries/000.p/1", "tile/9/000", "tile/0/001", "tile/0/x"):
            assert (await api.client.get(f"/log/{path}")).status_code == 404
    finally:
        api.app.state.service = whole


def copies(pool: asyncpg.Pool, *targets: str, mails: list[EmailMessage] | None = None) -> Copies:
    async def hand_in(message: EmailMessage) -> None:
        if mails is None:
            raise aiosmtplib.SMTPConnectError("no server")
        mails.append(message)

    return Copies(pool, " ".join(targets), timedelta(), hand_in, "rfp@council.example")


async def test_digests_leave_the_house_and_nothing_is_overwritten(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    mails: list[EmailMessage] = []
    folder = f"file://{tmp_path}/worm"
    first = await kept(pool, store, 0, 20)
    sending = copies(pool, folder, "mailto:clerk@council.example", mails=mails)
    await sending.send()
    await sending.send()  # nothing is new
    second = await kept(pool, store, 20, 30)
    await sending.send()
    places = [tmp_path / "worm" / "council.example_log" / f"checkpoint-{n:012}.txt" for n in (20, 30)]
    assert [place.read_text() for place in places] == [first, second]
    assert [mail["Subject"] for mail in mails] == [
        "Checkpoint of council.example/log: 20 entries",
        "Checkpoint of council.example/log: 30 entries",
    ]
    assert second in mails[1].get_content()
    assert await alarms(pool) == []


async def test_what_can_not_be_copied_or_was_forged_is_an_alarm(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    await kept(pool, store, 0, 20)
    lying = tmp_path / "council.example_log" / "checkpoint-000000000020.txt"
    lying.parent.mkdir()
    lying.write_text("council.example/log\n20\nanother root\n\nsigned\n")
    (tmp_path / "full").write_text("no folder")
    targets = (f"file://{tmp_path}", f"file://{tmp_path}/full", "mailto:clerk@council.example")
    await copies(pool, *targets).send()
    told = await alarms(pool)
    assert len(told) == 3
    assert "AnotherLies" in told[0]
    assert "SMTPConnectError" in told[2]
    lying.unlink()
    await copies(pool, targets[0]).send()
    assert len(await alarms(pool)) == 2


async def test_a_folder_that_never_answers_is_an_alarm_and_takes_one_thread(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept(pool, store, 0, 20)
    asked, back = [], threading.Event()
    real = copy_targets.make_folder

    def hang(folder: str, made: "Future[None]") -> None:
        asked.append(folder)
        back.wait()
        real(folder, made)

    monkeypatch.setattr(copy_targets, "make_folder", hang)
    monkeypatch.setattr(copies_module, "SENT_SECONDS", 0.05)
    sending = copies(pool, f"file://{tmp_path}/far")
    await sending.send()
    assert "no answer in time" in (await alarms(pool))[0]
    await sending.send()
    assert "has not answered" in (await alarms(pool))[0]
    assert len(asked) == 1
    back.set()
    monkeypatch.setattr(copies_module, "SENT_SECONDS", 90)

    async def copied() -> bool:
        await sending.send()
        return await alarms(pool) == []

    await until_true(copied)


@pytest.mark.parametrize("target", ["http://council.example", "file", "ftp://x"])
def test_a_target_is_one_that_can_be_written_to(target: str) -> None:
    with pytest.raises(ValueError, match="audit_copies"):
        Settings(audit_copies=target)
