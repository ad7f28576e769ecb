"""Where something may be sent: the council's own allow-list, judged by the address that is really dialled.

Receivers are inside an intranet, so an entry may name private networks; without one it means public
addresses. What no entry opens: loopback (but in the demonstration, where a setting says so), link-local and
with it the metadata of clouds, multicast, and forms that hide another address (NAT64, 6to4, Teredo).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.settings import NotConfigured

HTTPS, HTTP = 443, 80
IP = IPv4Address | IPv6Address
# What carries another address inside: RFC 6052, 3056, 4380, 8215; and IPv4-compatible ones.
CARRIERS = tuple(
    IPv6Network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96")
)
# What is no public address, whatever the library says: site-local, for examples, of relays and anycast.
NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        *("fec0::/10", "3fff::/20", "5f00::/16", "2001:20::/28", "2620:4f:8000::/48"),
        *("192.88.99.0/24", "192.52.193.0/24", "192.31.196.0/24", "192.175.48.0/24"),
    )
)
# Where clouds answer what runs in them, beside the link-local addresses: Alibaba's, Azure's, which is a
# public one, and Oracle's older one; then Amazon's, Google's, Oracle's, Scaleway's, Alibaba's and Linode's.
METADATA = tuple(
    ip_network(network)
    for network in (
        *("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
        *("fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128"),
        *("fd00:42::42/128", "fd00:100::100:200/128", "fd00:a9fe:a9fe::1/128"),
    )
)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_LOOKS_LIKE_A_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_PATTERN = re.compile(r"(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")

UNNAMED = "The allow-list does not name its host with that port."
UNREADABLE = "It can't be read as an address: a scheme, a host, perhaps a port, and a path."


class NotToBeReached(Exception):
    """Nothing is sent there: to this host, where one can be told, and why not."""

    def __init__(
        self, host: str = "", why: str = "The allow-list does not name its host with that port."
    ) -> None:
        """Say so; the host is all that may be shown of an address that is a secret."""
        super().__init__(host)
        self.host = host
        self.why = why


class Place(NamedTuple):
    """A receiver's address, in parts that mean one thing only."""

    host: str
    port: int
    path: str
    tls: bool


@dataclass(frozen=True, slots=True)
class Receiver:
    """One entry of the allow-list."""

    pattern: str
    port: int
    networks: tuple[object, ...]

    def names(self, host: str, port: int) -> bool:
        """Say whether it names a host and port."""
        return port == self.port and fnmatchcase(host, self.pattern)

    def opens(self, address: IP) -> bool:
        """Say whether it opens an address: one of its networks, or without any a public one."""
        if not self.networks:
            return address.is_global and not any(address in network for network in NOT_PUBLIC)
        return any(address in network for network in self.networks)  # type: ignore[operator]  # of either kind


class AllowList:
    """Every receiver that something may be sent to."""

    def __init__(self, entries: str = "", *, loopback: bool = False) -> None:
        """Read the setting; refuse one that can't be understood."""
        self._receivers = [_receiver(entry) for entry in entries.split()]
        self._loopback = loopback

    def place(self, url: str) -> Place:
        """Return an address in its parts where the list names it; nothing has been looked up yet."""
        place = _place(url)
        if self._loopback and _is_loopback(place.host):
            return place
        if not place.tls:
            raise NotToBeReached(place.host, "It must begin with https.")
        if not self._named(place.host, place.port):
            raise NotToBeReached(place.host)
        return place

    def dialled(self, host: str, port: int, found: Sequence[str]) -> str:
        """Return which of the addresses found for a host may be dialled; one that may not spoils all."""
        addresses = [_plain(ip_address(each.partition("%")[0])) for each in found]
        if not addresses or not all(self._may_dial(host, port, address) for address in addresses):
            raise NotToBeReached(host)
        return str(addresses[0])

    def _may_dial(self, host: str, port: int, address: IP) -> bool:
        if address.is_loopback:
            return self._loopback and _is_loopback(host)
        if (
            any((address.is_link_local, address.is_multicast, address.is_unspecified, address.is_reserved))
            or any(address in network for network in METADATA)
            or _carries_another(address)
        ):
            return False
        return any(receiver.opens(address) for receiver in self._named(host, port))

    def _named(self, host: str, port: int) -> list[Receiver]:
        return [receiver for receiver in self._receivers if receiver.names(host, port)]


def _receiver(entry: str) -> Receiver:
    """Read `HOST[:PORT][=NETWORK,NETWORK]`."""
    named, _, networks = entry.partition("=")
    host, _, port = named.lower().partition(":")
    wrong = NotConfigured(f"WEBHOOK_RECEIVERS can't be understood at {entry!r}.")
    if not _PATTERN.fullmatch(host):
        raise wrong
    try:
        opened = tuple(ip_network(each) for each in networks.split(",") if each)
        return Receiver(host, int(port or HTTPS), opened)
    except ValueError:
        raise wrong from None


def _place(url: str) -> Place:
    """Take an address apart; refuse what two readers could read differently."""
    if not re.fullmatch(r"[!-~]{1,2000}", url) or "\\" in url:
        raise NotToBeReached(why=UNREADABLE)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotToBeReached(why=UNREADABLE) from None
    host = parts.hostname or ""
    tls = parts.scheme == "https"
    if not _is_name(host):
        raise NotToBeReached(why="Its host must be a name, not a number.")
    if parts.scheme not in ("https", "http") or "@" in parts.netloc or parts.fragment:
        raise NotToBeReached(host, "It must hold no user name, and no fragment.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, (HTTPS if tls else HTTP) if port is None else port, path, tls)


def _is_name(host: str) -> bool:
    """Say whether a host is a name, or loopback's plain address: no other number, however written, is one."""
    if _is_loopback(host):
        return True
    last = host.rpartition(".")[2]
    return _HOST.fullmatch(host) is not None and not _LOOKS_LIKE_A_NUMBER.fullmatch(last)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _plain(address: IP) -> IP:
    """Return the address that an IPv4-mapped one is."""
    mapped = getattr(address, "ipv4_mapped", None)
    return address if mapped is None else mapped


def _carries_another(address: IP) -> bool:
    return isinstance(address, IPv6Address) and any(address in network for network in CARRIERS)
