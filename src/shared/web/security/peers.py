"""From which address a request comes: the peer's, or what a proxy that is trusted says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

from shared.settings import Networks
from shared.web.core_service import core_service

Address = IPv4Address | IPv6Address

FORWARDED_FOR = "x-forwarded-for"
# What says that somebody passed a request on.
PASSED_ON = (FORWARDED_FOR, "forwarded", "via", "x-real-ip")
HOPS_LIMIT = 20
SITE_BITS = 64  # of an IPv6 address: within them one client has as many addresses as it likes


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a request comes from. It is hearsay where one that isn't trusted passed it on."""

    address: Address | None
    hearsay: bool = False

    def __str__(self) -> str:
        """Return what to count a client by: its address, or its network where that is its own."""
        if isinstance(self.address, IPv6Address):
            return str(ip_network((self.address, SITE_BITS), strict=False))
        return "" if self.address is None else str(self.address)

    def is_within(self, networks: Networks) -> bool:
        """Say whether it surely comes from one of these networks."""
        return not self.hearsay and self.address is not None and _within(self.address, networks)


def peer_of(request: Request) -> Peer:
    """Return where a request comes from: the first address from the right that is no trusted proxy's."""
    proxies: Networks = core_service(request).settings.trusted_proxies
    address = _read(request.client.host) if request.client else None
    if address is None or not _within(address, proxies):
        return Peer(address, hearsay=any(name in request.headers for name in PASSED_ON))
    for said in _from_the_right(request):
        hop = _read(said)
        if hop is None:
            return Peer(address, hearsay=True)
        address = hop
        if not _within(hop, proxies):
            break
    return Peer(address)


def _from_the_right(request: Request) -> Iterator[str]:
    hops = ",".join(request.headers.getlist(FORWARDED_FOR)).rsplit(",", HOPS_LIMIT)[-HOPS_LIMIT:]
    return (hop.strip() for hop in reversed(hops) if hop.strip())


def _read(said: str) -> Address | None:
    """Return an address; some proxies add the port, with brackets around IPv6."""
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        address = ip_address(said)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _within(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)
