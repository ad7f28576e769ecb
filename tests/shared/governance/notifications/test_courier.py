"""The courier: it knows no database, it is begun again when it ends, and nothing is lost with it."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from shared.governance.notifications.courier import serve_at
from shared.governance.notifications.courier_channel import (
    CourierChannel,
    CourierLine,
    begun_as_child,
    way_out,
)
from shared.governance.notifications.outside import CourierAway, DirectOutside, Outside
from shared.governance.notifications.transport import ReceiverAnswer
from shared.record.database import stop
from shared.settings import NotConfigured, Settings
from tests.shared.governance.notifications.ground import ground
from tests.shared.governance.notifications.receiver import Got, polite, receiving

DATABASE = "postgresql://rfp_service:not-to-be-known@127.0.0.1/rfp"
BODY = b'{"data": {}}'
SECONDS = 90


def settings(folder: Path, **more: Any) -> Settings:
    """Return a worker's own settings: it has a database and a secret."""
    own = {"database_url": DATABASE, "personal_secret": SecretStr("not-to-be-known")}
    own |= {"webhook_seconds": SECONDS, "webhook_lease_seconds": 2 * SECONDS}
    return Settings(data_dir=folder, webhook_loopback=True, **own, **more)


async def posted(outside: Outside, url: str) -> ReceiverAnswer:
    return await outside.post(url, BODY, {"Content-Length": str(len(BODY))})


def children_of_this_process() -> set[str]:
    """Return the numbers of the processes that it, by whichever thread, has begun."""
    return {pid for each in Path("/proc/self/task").glob("*/children") for pid in each.read_text().split()}


class Children:
    """A channel whose children are known, so that they can be looked at and killed."""

    def __init__(self, settings: Settings, seconds: float = SECONDS) -> None:
        self.pids: list[int] = []
        self.settings = settings
        self.channel = CourierChannel(self.begin, seconds)

    async def begin(self) -> CourierLine:
        line = await begun_as_child(self.settings)
        assert line.pid is not None
        self.pids.append(line.pid)
        return line


@asynccontextmanager
async def children(settings: Settings, seconds: float = SECONDS) -> AsyncIterator[Children]:
    """Lend it, and end its child."""
    begun = Children(settings, seconds)
    try:
        yield begun
    finally:
        await begun.channel.close()


async def test_a_child_knows_no_database_and_no_key_and_holds_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    monkeypatch.setenv("PGPASSWORD", "not-to-be-known")
    worker = settings(tmp_path, smtp_host="127.0.0.1", smtp_password=SecretStr("of-the-mail-server"))
    async with children(worker) as begun:
        await begun.channel.must_be_there()
        process = Path("/proc", str(begun.pids[0]))
        said = dict(line.split("=", 1) for line in (process / "environ").read_text().split("\0") if line)
        held = {int(each.name): str(each.readlink()) for each in (process / "fd").iterdir()}
    assert said["SMTP_PASSWORD"] == "of-the-mail-server"
    assert "not-to-be-known" not in repr(said)
    assert not {name for name in said if name.startswith(("DATABASE", "PG", "PERSONAL", "AUDIT", "TOKEN"))}
    opened = [each for number, each in held.items() if number > 2]
    its_errors = held[2]  # uvloop hands the stream on twice
    allowed = ("socket:", "anon_inode:", "/dev/", "pipe:", its_errors)
    assert [each for each in opened if not each.startswith(allowed)] == []
    assert sum(each.startswith("socket:") for each in opened) <= 3  # its channel, and its loop's own pair


async def test_it_posts_what_it_is_given_and_nothing_where_the_list_does_not_allow_it(tmp_path: Path) -> None:
    async with receiving() as receiver, way_out(settings(tmp_path)) as outside:
        body = b'{"data": {"challenge": "k3Q\xc3\xbc"}}'
        headers = {"Content-Length": str(len(body)), "webhook-id": "msg_1"}
        answer = await outside.post(receiver.url, body, headers)
        assert (answer.status, answer.body) == (200, '{"challenge":"k3Qü"}')
        assert (receiver.got[0].body, receiver.got[0].id) == (body, "msg_1")
        refused = await posted(outside, "https://10.0.0.1/")
        assert (refused.status, refused.fault) == (0, "NotToBeReached")
        for _ in range(4):  # few enough that none waits for long to be connected on a machine that is busy
            many = await asyncio.gather(*(posted(outside, receiver.url) for _ in range(50)))
            assert {(each.status, each.fault) for each in many} == {(200, "")}
        assert len(receiver.got) == 201


async def test_when_it_dies_it_is_begun_again_and_nothing_is_lost(pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with (
        receiving() as receiver,
        children(settings(tmp_path)) as begun,
        ground(pool, outside=begun.channel) as here,
    ):
        endpoint, _ = await here.endpoint(receiver.url)

        def killed_by_the_third(got: Got) -> Any:
            if len(receiver.got) == 3:
                os.kill(begun.pids[-1], signal.SIGKILL)
            return polite(got)

        receiver.answer = killed_by_the_third
        await here.tell(20)
        async with asyncio.timeout(SECONDS):
            while await here.statuses(endpoint) != ["delivered"] * 20:
                await here.leases_run_out()
                await here.send()
        attempts = await here.attempts()
    assert len(begun.pids) == 2
    unknown = [attempt for attempt in attempts if attempt["outcome"] == "unknown"]
    assert {attempt["outcome"] for attempt in attempts} == {"delivered", "unknown"}
    taken = [got.id for got in receiver.got]
    assert len(set(taken)) == 20
    assert len(taken) - 20 <= len(unknown)
    assert (
        await pool.fetchval("SELECT count(*) FROM target_health WHERE failures > 0") == 0
    )  # nobody is blamed


async def test_one_that_hangs_is_given_up_and_another_is_begun(tmp_path: Path) -> None:
    async with receiving() as receiver, children(settings(tmp_path), 1.0) as begun:
        await begun.channel.must_be_there()
        os.kill(begun.pids[0], signal.SIGSTOP)
        with pytest.raises(CourierAway):
            await posted(begun.channel, receiver.url)
        async with asyncio.timeout(SECONDS):
            while len(begun.pids) < 2:
                await begun.channel.must_be_there()
        with pytest.raises(ProcessLookupError):
            os.kill(begun.pids[0], 0)


async def test_it_ends_with_its_worker(tmp_path: Path) -> None:
    async with children(settings(tmp_path)) as begun:
        await begun.channel.must_be_there()
        line = begun.channel._line  # noqa: SLF001  # as the system does when the worker is killed
        assert line is not None
        line._writer.close()  # noqa: SLF001  # the same
        assert line._process is not None  # noqa: SLF001  # the same
        async with asyncio.timeout(SECONDS):
            assert await line._process.wait() == 0  # noqa: SLF001  # the same


@pytest.mark.slow
async def test_whoever_begins_one_and_is_stopped_anywhere_on_the_way_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    worker, before = settings(tmp_path), children_of_this_process()

    async def begin_and_end() -> None:
        async with children(worker) as begun:
            await begun.channel.must_be_there()

    for turns in range(60):  # of the loop; what is left behind is a warning, and so an error
        beginning = asyncio.create_task(begin_and_end())
        for _ in range(turns):
            await asyncio.sleep(0)
        await stop(beginning)
    gc.collect()
    assert children_of_this_process() <= before


async def test_one_by_itself_listens_at_a_path_and_comes_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "courier"
    own = Settings(data_dir=tmp_path, webhook_loopback=True)
    async with receiving() as receiver, way_out(settings(tmp_path, webhook_courier=path)) as outside:
        with pytest.raises(CourierAway):
            await outside.must_be_there()
        for _ in range(2):
            listening = asyncio.create_task(serve_at(own, path))
            async with asyncio.timeout(SECONDS):
                while True:
                    try:
                        answer = await posted(outside, receiver.url)
                        break
                    except CourierAway:
                        await asyncio.sleep(0.01)
            assert answer.status == 200
            assert path.stat().st_mode & 0o777 == 0o600
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def test_a_worker_that_can_reach_nobody_begins_none(tmp_path: Path) -> None:
    async with way_out(Settings(data_dir=tmp_path)) as outside:
        assert isinstance(outside, DirectOutside)
        assert (await posted(outside, "https://hooks.example/")).fault == "NotToBeReached"


@pytest.mark.parametrize(
    "given", ["database_url", "database_owner_url", "database_reader_url", "personal_secret", "audit_keys"]
)
def test_it_refuses_to_begin_with_what_it_must_not_have(tmp_path: Path, given: str) -> None:
    with pytest.raises(NotConfigured, match=given.upper()):
        Settings(data_dir=tmp_path, **{given: "x"}).checked_for_courier()


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b"[]\n", b'{"number": 1}\n', b'{"number": 1, "length": -1}\n']
)
async def test_whatever_else_is_said_to_it_ends_the_channel(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "courier"
    listening = asyncio.create_task(serve_at(Settings(data_dir=tmp_path), path))
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(path)
                break
            except OSError:
                await asyncio.sleep(0.01)
        writer.write(line)
        assert await reader.read() == b'"ready"\n'
    writer.close()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
