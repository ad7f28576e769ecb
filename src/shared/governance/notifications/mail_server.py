"""The council's mail server: takes one mail at a time, over TLS, within a total time."""

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib

from shared.governance.notifications.transport import ReceiverAnswer
from shared.settings import Settings

TAKEN = 250
MAIL_FAULTS = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError)


class MailServer:
    """Hands mail in."""

    def __init__(self, settings: Settings) -> None:
        """Go by these settings."""
        self._settings = settings

    async def take(self, message: EmailMessage) -> ReceiverAnswer:
        """Hand in a mail, and return what the server said; a fault is an answer, too."""
        try:
            async with asyncio.timeout(self._settings.webhook_seconds):
                await self._handed_in(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return ReceiverAnswer(status=error.recipients[0].code, fault=type(error).__name__)
        except aiosmtplib.SMTPResponseException as error:
            return ReceiverAnswer(status=error.code, fault=type(error).__name__)
        except MAIL_FAULTS as error:
            return ReceiverAnswer(fault=type(error).__name__)
        return ReceiverAnswer(status=TAKEN)

    async def _handed_in(self, message: EmailMessage) -> None:
        settings = self._settings
        secure = settings.smtp_security != "none"
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=password,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=ssl.create_default_context(cafile=settings.smtp_ca) if secure else None,
            timeout=settings.webhook_seconds,
        )
