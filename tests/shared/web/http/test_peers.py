"""From which address a request comes, whatever it says of itself."""

from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from shared.settings import Settings
from shared.web.security.peers import peer_of

PROXIES = Settings(trusted_proxies="10.0.0.0/24 fd00::7").trusted_proxies


def asked(peer: str | None, *forwarded: str, header: str = "x-forwarded-for") -> Request:
    state = SimpleNamespace(service=SimpleNamespace(settings=SimpleNamespace(trusted_proxies=PROXIES)))
    headers = [(header.encode(), value.encode()) for value in forwarded]
    client = None if peer is None else (peer, 4711)
    app = SimpleNamespace(state=state)
    return Request({"type": "http", "client": client, "headers": headers, "app": app})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),  # whoever isn't trusted says what they like
        ("10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),  # the client itself said the first
        ("10.0.0.5", ["203.0.113.9", "198.51.100.1, 10.0.0.6"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1:443"], "198.51.100.1"),
        ("fd00::7", ["[2001:db8::1]:443"], "2001:db8::/64"),
        ("10.0.0.5", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["198.51.100.1, unknown"], "10.0.0.5"),
        ("10.0.0.5", [""], "10.0.0.5"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["198.51.100.1," + "10.0.0.6," * 500 + "10.0.0.7"], "10.0.0.6"),
        (None, ["198.51.100.1"], ""),
        ("not an address", [], ""),
    ],
)
def test_only_a_trusted_proxy_says_whose_request_it_is(
    peer: str | None, forwarded: list[str], address: str
) -> None:
    assert str(peer_of(asked(peer, *forwarded))) == address


def test_one_client_has_one_count_however_many_addresses_its_network_has() -> None:
    assert {str(peer_of(asked(f"2001:db8::{last}"))) for last in ("1", "2", "ffff:1")} == {"2001:db8::/64"}


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_what_a_stranger_passed_on_comes_from_nowhere(header: str) -> None:
    loopback = (ip_network("127.0.0.0/8"),)
    assert peer_of(asked("127.0.0.1")).is_within(loopback)
    assert not peer_of(asked("127.0.0.1", "127.0.0.1", header=header)).is_within(loopback)
