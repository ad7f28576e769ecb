"""Where something may be sent: what the allow-list names, at the address dialled, and nowhere else."""

import asyncio
import gzip
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpcore
import pytest

from shared.governance.notifications.addresses import AllowList, NotToBeReached
from shared.governance.notifications.transport import JudgedBackend, transport
from shared.settings import NotConfigured, Settings
from tests.shared.governance.notifications.hostile_targets import FOUND, WORDS
from tests.shared.governance.notifications.receiver import Got, receiving
from tests.support.patience import PATIENCE_SECONDS

ALLOWED = AllowList("hooks.example *.intranet.example=10.20.0.0/16,fd12::/16 alt.example:8443=10.1.0.0/16")


def test_there_are_enough_of_them() -> None:
    assert len(WORDS) + len(FOUND) >= 180
    assert len(set(WORDS)) == len(WORDS)


@pytest.mark.parametrize("url", WORDS)
def test_what_the_list_does_not_name_is_not_sent_to(url: str) -> None:
    with pytest.raises(NotToBeReached):
        ALLOWED.place(url)


@pytest.mark.parametrize("found", FOUND, ids=[" ".join(each) or "nothing" for each in FOUND])
async def test_a_name_that_is_found_elsewhere_is_never_dialled(found: Sequence[str]) -> None:
    dialled: list[str] = []

    async def find(_host: str, _port: int) -> Sequence[str]:
        return found

    backend = JudgedBackend(ALLOWED, find, Noting(dialled))
    with pytest.raises(NotToBeReached):
        await backend.connect_tcp("hooks.example", 443)
    assert dialled == []


class Noting(httpcore.AsyncNetworkBackend):
    """Notes what would be dialled."""

    def __init__(self, dialled: list[str]) -> None:
        self.dialled = dialled

    async def connect_tcp(self, address: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        self.dialled.append(address)
        raise ConnectionError


@pytest.mark.parametrize(
    ("host", "port", "found", "dialled"),
    [
        ("hooks.example", 443, ["8.8.8.8"], "8.8.8.8"),
        ("hooks.example", 443, ["::ffff:8.8.8.8"], "8.8.8.8"),
        ("a.intranet.example", 443, ["10.20.3.4"], "10.20.3.4"),
        ("a.intranet.example", 443, ["fd12::5"], "fd12::5"),
        ("alt.example", 8443, ["10.1.2.3"], "10.1.2.3"),
    ],
)
def test_what_an_entry_opens_is_dialled_as_it_was_judged(
    host: str, port: int, found: Sequence[str], dialled: str
) -> None:
    assert ALLOWED.dialled(host, port, found) == dialled


def test_a_network_of_one_entry_opens_nothing_of_another() -> None:
    for host, port, found in (
        ("a.intranet.example", 443, "10.1.2.3"),
        ("a.intranet.example", 443, "8.8.8.8"),
        ("alt.example", 443, "10.1.2.3"),
        ("intranet.example", 443, "10.20.3.4"),
    ):
        with pytest.raises(NotToBeReached):
            ALLOWED.dialled(host, port, [found])


@pytest.mark.parametrize(
    "found",
    [
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:42::42",
        "fd00:100::100:200",
    ],
)
def test_a_network_that_holds_a_cloud_s_own_address_does_not_open_it(found: str) -> None:
    wide = AllowList("a.example=100.64.0.0/10,168.63.0.0/16,fd00::/8")
    with pytest.raises(NotToBeReached):
        wide.dialled("a.example", 443, [found])
    assert wide.dialled("a.example", 443, ["fd20:ce::253"]) == "fd20:ce::253"


@pytest.mark.parametrize(
    "entries", ["http://hooks.example", "hooks.example=nonsense", "*", "a.example:x", "10.0.0.0/8"]
)
def test_a_list_that_cant_be_understood_is_refused(entries: str) -> None:
    with pytest.raises(NotConfigured):
        AllowList(entries)


def test_without_the_setting_this_machine_is_no_receiver() -> None:
    for url in ("http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"):
        with pytest.raises(NotToBeReached):
            AllowList().place(url)
        assert AllowList(loopback=True).place(url).port == 9


async def test_a_name_that_becomes_this_machine_later_is_judged_again_each_time() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def find(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    dialled: list[str] = []
    backend = JudgedBackend(ALLOWED, find, Noting(dialled))
    with pytest.raises(ConnectionError):
        await backend.connect_tcp("hooks.example", 443)
    with pytest.raises(NotToBeReached):
        await backend.connect_tcp("hooks.example", 443)
    assert dialled == ["8.8.8.8"]


async def test_nobody_is_followed_anywhere_and_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as elsewhere, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
        monkeypatch.setenv("ALL_PROXY", elsewhere.url)
        receiver.answer = lambda _: (307, {"location": elsewhere.url}, b"")
        async with transport(AllowList(loopback=True), PATIENCE_SECONDS) as through:
            answer = await through.post(receiver.url, b"{}", {"Content-Length": "2"})
        assert (answer.status, answer.is_yes) == (307, False)
        assert len(receiver.got) == 1
        assert elsewhere.got == []


async def test_an_answer_is_cut_and_one_that_never_ends_is_given_up() -> None:
    async def never(_: Got) -> tuple[int, dict[str, str], bytes]:
        await asyncio.sleep(3_600)
        return 200, {}, b""

    async with receiving() as receiver:
        receiver.answer = lambda _: (200, {}, b"x" * 100_000)
        async with transport(AllowList(loopback=True), PATIENCE_SECONDS) as through:
            answer = await through.post(receiver.url, b"{}", {"Content-Length": "2"})
        assert (answer.status, len(answer.body)) == (200, 16 * 1024)
        receiver.answer = never
        async with transport(AllowList(loopback=True), 0.3) as through:
            assert (await through.post(receiver.url, b"{}", {"Content-Length": "2"})).fault == "TimeoutError"


async def endless(writer: asyncio.StreamWriter, head: bytes, piece: bytes, pause: float = 0) -> None:
    writer.write(head)
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


REDIRECT = b"HTTP/1.1 308 X\r\nlocation: http://[::1]/\r\n\r\n"
OK, BOMB = b"HTTP/1.1 200 OK\r\n", gzip.compress(b"\0" * 10_000_000)
PACKED = b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(BOMB)
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
HOSTILE_ANSWERS: dict[str, tuple[bytes, bytes, float, str, int]] = {
    "a body without an end": (OK + b"\r\n", b"x" * 65_536, 0, "", 200),
    "chunks without an end": (CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n", 0, "", 200),
    "a body byte by byte": (OK + b"\r\n", b"x", 0.05, "TimeoutError", 0),
    "a head byte by byte": (OK, b"a", 0.05, "TimeoutError", 0),
    "headers without an end": (OK, b"a: b\r\n" * 10_000, 0, "RemoteProtocolError", 0),
    "one header without an end": (OK + b"a: ", b"b" * 65_536, 0, "RemoteProtocolError", 0),
    "interim answers without an end": (b"", b"HTTP/1.1 103 Early\r\n\r\n", 0.001, "TimeoutError", 0),
    "another protocol": (b"HTTP/1.1 101 X\r\nupgrade: h2c\r\n\r\n", b"\0", 0, "RemoteProtocolError", 0),
    "no HTTP at all": (b"", b"SSH-2.0-OpenSSH\r\n", 0, "RemoteProtocolError", 0),
    "a redirect with a body": (REDIRECT, b"x" * 65_536, 0, "", 308),
    "a bomb that is packed": (OK + PACKED, BOMB, 0, "", 200),
}


@pytest.mark.parametrize("which", HOSTILE_ANSWERS)
async def test_no_answer_holds_the_sender_up_or_fills_its_memory(which: str) -> None:
    head, piece, pause, fault, status = HOSTILE_ANSWERS[which]

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await endless(writer, head, piece, pause)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    seconds = 0.3 if fault == "TimeoutError" else PATIENCE_SECONDS
    async with server, transport(AllowList(loopback=True), seconds) as through:
        answer = await through.post(url, b"{}", {"Content-Length": "2"})
    assert (answer.fault, answer.status) == (fault, status)
    assert len(answer.body) <= 16 * 1024
    assert answer.is_yes is (status == 200)


def test_a_lease_that_is_no_longer_than_what_may_be_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="WEBHOOK_LEASE_SECONDS"):
        Settings(data_dir=tmp_path, webhook_seconds=15, webhook_lease_seconds=20).checked()
    Settings(data_dir=tmp_path, webhook_seconds=15, webhook_lease_seconds=25).checked()
