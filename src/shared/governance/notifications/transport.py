"""One request to a receiver: to the very address that was judged, without proxies, without redirects.

httpcore is spoken to directly: nothing of the environment is read, and nobody is followed anywhere.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpcore

from shared.governance.notifications.addresses import AllowList, NotToBeReached

CONNECT_SECONDS = 5.0
ANSWER_BYTES_LIMIT = 16 * 1024
CONNECTIONS_LIMIT = 200
KEPT_SECONDS = 30.0

FindAddresses = Callable[[str, int], Awaitable[Sequence[str]]]
FAULTS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    NotToBeReached,
    TimeoutError,
    OSError,
    ssl.SSLError,
    UnicodeError,
)
# Without an answer nobody knows whether it came, unless nobody was reached.
MAY_HAVE_COME = frozenset(
    {
        "TimeoutError",
        "ReadTimeout",
        "WriteTimeout",
        "ReadError",
        "WriteError",
        "RemoteProtocolError",
        "ConnectionResetError",
        "BrokenPipeError",
        "SMTPTimeoutError",
        "SMTPReadTimeoutError",
        "SMTPServerDisconnected",
    }
)


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """What came back: a status and the beginning of a body, or why nothing did."""

    status: int = 0
    body: str = ""
    fault: str = ""
    retry_after_seconds: float | None = None

    @property
    def is_yes(self) -> bool:
        """Say whether the receiver took it."""
        return 200 <= self.status < 300

    @property
    def outcome(self) -> str:
        """Return what an attempt came to that was not taken: failed, or unknown where it may have come."""
        return "unknown" if not self.status and self.fault in MAY_HAVE_COME else "failed"


async def looked_up(host: str, port: int) -> Sequence[str]:
    """Return every address of a host, as the machine's resolver has them now."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class JudgedBackend(httpcore.AsyncNetworkBackend):
    """Dials a host at an address that was looked up once, judged, and is then the one dialled."""

    def __init__(
        self,
        allowed: AllowList,
        find: FindAddresses = looked_up,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Go by this list."""
        self._allowed = allowed
        self._find = find
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host's judged address, and to nothing else."""
        address = self._allowed.dialled(host, port, await self._find(host, port))
        stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        peer = stream.get_extra_info("server_addr")
        if not peer or peer[0].partition("%")[0] != address:
            await stream.aclose()
            raise NotToBeReached(host)
        return stream

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  # the same
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: a receiver is reached over the network."""
        raise NotToBeReached(path)

    async def sleep(self, seconds: float) -> None:
        """Wait, as the library asks for."""
        await self._inner.sleep(seconds)


class Transport:
    """Takes bodies to receivers, each within a total time."""

    def __init__(self, pool: httpcore.AsyncConnectionPool, allowed: AllowList, seconds: float) -> None:
        """Send through this pool, where this list allows it."""
        self._pool = pool
        self._allowed = allowed
        self._seconds = seconds

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Post a body, and return whatever came of it; a fault is an answer, too."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._posted(url, body, headers)
        except FAULTS as error:
            return ReceiverAnswer(fault=type(error).__name__)

    async def _posted(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        place = self._allowed.place(url)
        address = httpcore.URL(
            scheme=b"https" if place.tls else b"http",
            host=place.host.encode(),
            port=place.port,
            target=place.path.encode(),
        )
        sent = {"Host": _host_header(place.host, place.port, tls=place.tls), **headers}
        limits = {"connect": CONNECT_SECONDS, "read": self._seconds, "write": self._seconds}
        async with self._pool.stream(
            "POST",
            address,
            headers=[(name.encode(), value.encode()) for name, value in sent.items()],
            content=body,
            extensions={"timeout": {**limits, "pool": self._seconds}},
        ) as response:
            content = b""
            async for piece in response.aiter_stream():
                content += piece
                if len(content) >= ANSWER_BYTES_LIMIT:
                    break
            return ReceiverAnswer(
                status=response.status,
                body=content[:ANSWER_BYTES_LIMIT].decode(errors="replace").replace("\x00", "\ufffd"),
                retry_after_seconds=retry_after(response.headers, datetime.now(UTC)),
            )


@asynccontextmanager
async def transport(
    allowed: AllowList, seconds: float, *, ca: Path | None = None, certificate: Path | None = None
) -> AsyncIterator[Transport]:
    """Lend a transport for as long as something is sent."""
    context = _context(ca, certificate)
    async with httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=CONNECTIONS_LIMIT,
        keepalive_expiry=KEPT_SECONDS,
        network_backend=JudgedBackend(allowed),
    ) as pool:
        yield Transport(pool, allowed, seconds)


def _context(ca: Path | None, certificate: Path | None) -> ssl.SSLContext:
    """Return whom to trust, and who we are."""
    if ca is None and certificate is None:
        return _the_machines_own()
    context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context


@cache
def _the_machines_own() -> ssl.SSLContext:
    """Trust whom this machine trusts: to read them all takes a while."""
    return ssl.create_default_context()


def _host_header(host: str, port: int, *, tls: bool) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port == (443 if tls else 80) else f"{shown}:{port}"


def retry_after(headers: Sequence[tuple[bytes, bytes]], now: datetime) -> float | None:
    """Return for how many seconds, or until which date, a receiver asks; nonsense asks for nothing."""
    for name, value in headers:
        if name.lower() != b"retry-after":
            continue
        if value.isdigit() and len(value) < 10:
            return float(value)
        try:
            until = parsedate_to_datetime(value.decode())  # its oldest form names no zone, and means GMT
            return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
        except (ValueError, IndexError, OverflowError):
            return None
    return None
