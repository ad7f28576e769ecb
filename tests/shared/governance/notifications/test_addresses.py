"""Where something may be sent: what the allow-list names, at the address dialled, and nowhere else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpcore
import pytest

from shared.governance.notifications.addresses import AllowList, NotToBeReached
from shared.governance.notifications.transport import JudgedBackend, transport
from shared.settings import NotConfigured, Settings
from tests.shared.governance.notifications.hostile_targets import FOUND, WORDS
from tests.shared.governance.notifications.receiver import Got, receiving

ALLOWED = AllowList("hooks.example *.intranet.example=10.20.0.0/16,fd12::/16 alt.example:8443=10.1.0.0/16")


def test_there_are_enough_of_them() -> None:
    assert len(WORDS) + len(FOUND) >= 60
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
        async with transport(AllowList(loopback=True), 5) as through:
            answer = await through.post(receiver.url, b"{}", {"Content-Length": "2"})
        assert (answer.status, answer.is_yes) == (307, False)
        assert len(receiver.got) == 1
        assert elsewhere.got == []


async def test_an_answer_is_cut_and_one_that_never_ends_is_given_up() -> None:
    async def never(_: Got) -> tuple[int, dict[str, str], bytes]:
        await asyncio.sleep(3_600)
        return 200, {}, b""

    async with receiving() as receiver, transport(AllowList(loopback=True), 0.3) as through:
        receiver.answer = lambda _: (200, {}, b"x" * 100_000)
        answer = await through.post(receiver.url, b"{}", {"Content-Length": "2"})
        assert (answer.status, len(answer.body)) == (200, 16 * 1024)
        receiver.answer = never
        assert (await through.post(receiver.url, b"{}", {"Content-Length": "2"})).fault == "TimeoutError"


def test_a_lease_that_is_no_longer_than_what_may_be_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="WEBHOOK_LEASE_SECONDS"):
        Settings(data_dir=tmp_path, webhook_seconds=15, webhook_lease_seconds=20).checked()
    Settings(data_dir=tmp_path, webhook_seconds=15, webhook_lease_seconds=25).checked()
