"""The way out: posts to receivers and mail, for whoever says what is sent and need not go there itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Protocol

from shared.governance.notifications.addresses import AllowList
from shared.governance.notifications.mail_server import MailServer
from shared.governance.notifications.transport import ReceiverAnswer, Transport, transport
from shared.settings import Settings


class CourierAway(Exception):
    """The courier is not there, or ended with what it was given: nobody knows what came of that."""


class Outside(Protocol):
    """Takes bodies and mail out of the house, and brings back what was said."""

    async def must_be_there(self) -> None:
        """Raise `CourierAway` where nothing could be taken out just now."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Post a body; a fault is an answer, too."""

    async def mail(self, message: EmailMessage) -> ReceiverAnswer:
        """Hand in a mail; a fault is an answer, too."""


class DirectOutside:
    """Goes there itself: what a courier does, and a process that can reach nobody anyway."""

    def __init__(self, transport: Transport, server: MailServer) -> None:
        """Go through these."""
        self._transport = transport
        self._server = server

    async def must_be_there(self) -> None:
        """Be there."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Post a body where the allow-list allows it."""
        return await self._transport.post(url, body, headers)

    async def mail(self, message: EmailMessage) -> ReceiverAnswer:
        """Hand a mail to the council's server."""
        return await self._server.take(message)


@asynccontextmanager
async def direct(settings: Settings) -> AsyncIterator[DirectOutside]:
    """Lend what goes out by these settings, from this very process."""
    allowed = AllowList(settings.webhook_receivers, loopback=settings.webhook_loopback)
    async with transport(
        allowed, settings.webhook_seconds, ca=settings.webhook_ca, certificate=settings.webhook_certificate
    ) as through:
        yield DirectOutside(through, MailServer(settings))
