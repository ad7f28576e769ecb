"""The demonstration's own receivers: a webhook endpoint and a mail server, which print what comes."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid5

import uvicorn

from rfp_service.demonstration.storyboard import DEMONSTRATION
from rfp_service.operator.webhooks import Listening
from rfp_service.service import Service
from rfp_service.terminal import say
from shared.governance.notifications.commands import RegisterEndpoint
from shared.governance.notifications.domain import WebhookEndpoint
from shared.governance.notifications.endpoint_secrets import new_signing_secret
from shared.kernel.messages import Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.settings import Settings

LOOPBACK = "127.0.0.1"
ADA = Person("ada-admin", (Role.ADMINISTRATOR,))
CAST_IN_DIRECTORY = "SELECT id FROM people WHERE source = 'demonstration' AND erased_at IS NULL"
LINES_LIMIT = 10_000  # of one mail


class Receivers:
    """Where a demonstration's tellings go: by which settings, signed with which secrets."""

    def __init__(self, settings: Settings, url: str, secrets: list[str]) -> None:
        """Be there at this address."""
        self.settings = settings
        self._url = url
        self._secrets = secrets

    async def introduce(self, service: Service) -> None:
        """Register the endpoint, as an administrator would, and give everybody an address; once each."""
        people = [row["id"] for row in await service.pool.fetch(CAST_IN_DIRECTORY)]
        known = await service.people.details.of(people)
        addresses = {who: each._replace(email=f"{who}@council.example") for who, each in known.items()}
        await service.people.details.write({w: addresses[w] for w, each in known.items() if not each.email})
        endpoint = uuid5(DEMONSTRATION, f"receiver {self._url}")
        there = await service.store.load(endpoint, WebhookEndpoint())
        if there.version == 0:
            secret_id = await service.endpoint_secrets.keep(new_signing_secret())
            facts = await service.known(ADA)
            facts = facts.model_copy(update={"facts": {"allowed": True, "secret_id": str(secret_id)}})
            stamp = Stamp(by=ADA.id, authority=Role.ADMINISTRATOR, at=datetime.now(UTC), known=facts)
            register = RegisterEndpoint(
                name="The demonstration's receiver", owner=ADA.id, host=LOOPBACK, url=self._url
            )
            await service.store.handle(endpoint, register, stamp, blank=WebhookEndpoint(), absent=True)
            there = await service.store.load(endpoint, WebhookEndpoint())
        live = await service.endpoint_secrets.opened(there.state.live_secrets(datetime.now(UTC)))
        self._secrets.extend(live.values())


@contextmanager
def receivers(settings: Settings) -> Iterator[Receivers]:
    """Run them on loopback, at ports that are remembered; a mail server that is named already is used."""
    secrets: list[str] = []
    with ExitStack() as stack:
        listening = stack.enter_context(_bound(settings, "receiver-port"))
        stack.enter_context(_running(_door(secrets, listening)))
        changes: dict[str, Any] = {"webhook_loopback": True}
        if not settings.smtp_host:
            mail = stack.enter_context(_bound(settings, "mail-port"))
            stack.enter_context(_running(lambda: _mail_server(mail)))
            changes |= {"smtp_host": LOOPBACK, "smtp_port": _port(mail), "smtp_security": "none"}
            changes |= {"mail_from": "rfp-service@council.example"}
        url = f"http://{LOOPBACK}:{_port(listening)}/"
        yield Receivers(settings.model_copy(update=changes), url, secrets)


@contextmanager
def _bound(settings: Settings, name: str) -> Iterator[socket.socket]:
    """Yield a socket at the port that a file remembers, or at any that is free."""
    path = settings.data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((LOOPBACK, int(path.read_text())))
        except (OSError, ValueError):
            made.bind((LOOPBACK, 0))
            path.write_text(f"{_port(made)}\n")
        yield made


def _port(made: socket.socket) -> int:
    port: int = made.getsockname()[1]
    return port


@contextmanager
def _running(work: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Run something on an event loop of its own until it is no longer wanted."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(work())

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        finally:
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def _door(secrets: list[str], listening: socket.socket) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return the work of the webhook receiver."""
    config = uvicorn.Config(Listening(secrets), log_config=None, access_log=False, lifespan="off")

    async def serve() -> None:
        server = uvicorn.Server(config)
        server.capture_signals = _no_signals  # type: ignore[method-assign]  # they are the service's own
        await server.serve(sockets=[listening])

    return serve


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


async def _mail_server(listening: socket.socket) -> None:
    """Take every mail (RFC 5321, as much of it as a client on this machine needs), and print it."""
    server = await asyncio.start_server(_mails, sock=listening)
    async with server:
        await server.serve_forever()


async def _mails(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak to one client until it leaves."""
    try:
        await _answer(writer, "220 the demonstration's mail server")
        while line := (await reader.readline()).decode(errors="replace").strip():
            match line.partition(" ")[0].upper():
                case "QUIT":
                    await _answer(writer, "221 Bye")
                    return
                case "DATA":
                    await _answer(writer, "354 Go on")
                    _print_mail(await _content(reader))
                    await _answer(writer, "250 OK")
                case _:
                    await _answer(writer, "250 OK")
    except ConnectionError:
        pass
    finally:
        writer.close()


async def _answer(writer: asyncio.StreamWriter, said: str) -> None:
    writer.write(f"{said}\r\n".encode())
    await writer.drain()


async def _content(reader: asyncio.StreamReader) -> bytes:
    lines = []
    for _ in range(LINES_LIMIT):
        line = await reader.readline()
        if line in (b".\r\n", b""):
            break
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)


def _print_mail(content: bytes) -> None:
    """Print whom a mail is for, what it is about, and its plain text."""
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content().strip() if body is not None else ""
    say(f"mail to {mail['To']}: {mail['Subject']}\n  " + text.replace("\n", "\n  "))
