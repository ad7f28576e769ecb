"""Mail: plain text and HTML with a link and nothing else to know, threaded by case."""

import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Any

import aiosmtplib
import asyncpg
import orjson

from shared.governance.notifications.claims import Claimed
from shared.governance.notifications.notification_types import MEANINGS, SUBJECTS, NotificationType
from shared.governance.notifications.transport import ReceiverAnswer
from shared.settings import Settings

LIST_NAME = "rfp-service"
ADDRESS = "SELECT email FROM people WHERE id = $1 AND erased_at IS NULL"
TAKEN, NO_SUCH_PERSON = 250, 550
MAIL_FAULTS = (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError)
TEXT = "{meaning}\n\n{link}\n\nThis address takes no answers.\n"
HTML = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{subject}</title>'
    '<p>{meaning}</p><p><a href="{link}">{link}</a></p><p>This address takes no answers.</p></html>'
)


def mail_message(event: Mapping[str, Any], address: str, sender: str) -> EmailMessage:
    """Return the mail that tells somebody of an event: what kind of thing it is, and where to look."""
    kind, case = NotificationType(event["type"]), event["data"]["case"]
    domain = sender.rpartition("@")[2]
    subject, meaning = SUBJECTS[kind], MEANINGS[kind]
    message = EmailMessage()
    message["From"], message["To"] = sender, address
    message["Subject"] = f"{subject} ({case['kind']} {case['id'][:8]})"
    message["Date"] = format_datetime(datetime.fromisoformat(event["time"]))
    message["Message-ID"] = f"<{event['id']}@{domain}>"
    message["In-Reply-To"] = message["References"] = f"<{case['id']}@{domain}>"
    message["List-Id"] = f"{LIST_NAME} <{LIST_NAME}.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(TEXT.format(meaning=meaning, link=case["link"]))
    shown = {"subject": subject, "meaning": meaning, "link": case["link"]}
    message.add_alternative(
        HTML.format(**{name: escape(text) for name, text in shown.items()}), subtype="html"
    )
    return message


class Mailing:
    """Hands mail to the council's server."""

    def __init__(self, pool: asyncpg.Pool, settings: Settings) -> None:
        """Go by these settings."""
        self._pool = pool
        self._settings = settings

    @property
    def is_set_up(self) -> bool:
        """Say whether there is a server."""
        return bool(self._settings.smtp_host)

    async def send(self, claimed: Claimed) -> ReceiverAnswer:
        """Send one mail, and return what the server said; a fault is an answer, too."""
        address = await self._pool.fetchval(ADDRESS, claimed.target.removeprefix("mail:"))
        if not address:
            return ReceiverAnswer(status=NO_SUCH_PERSON, fault="NoMailAddress")
        message = mail_message(orjson.loads(claimed.body), address, self._settings.mail_from)
        try:
            await self.hand_in(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return ReceiverAnswer(status=error.recipients[0].code, fault=type(error).__name__)
        except aiosmtplib.SMTPResponseException as error:
            return ReceiverAnswer(status=error.code, fault=type(error).__name__)
        except MAIL_FAULTS as error:
            return ReceiverAnswer(fault=type(error).__name__)
        return ReceiverAnswer(status=TAKEN)

    async def hand_in(self, message: EmailMessage) -> None:
        """Hand a mail to the server; raise one of `MAIL_FAULTS` where it is not taken."""
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
