"""Mail: plain text and HTML with a link and nothing else to know, threaded by case."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Any

from shared.governance.notifications.notification_types import words_of
from shared.governance.notifications.outside import CourierAway, Outside
from shared.governance.notifications.transport import ReceiverAnswer
from shared.settings import Settings
from shared.web.access.names import PeopleNames, PersonDetails

LIST_NAME = "rfp-service"
# One, and nothing that a header or a list of addresses could be made of.
ONE_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,255}")
NO_SUCH_PERSON = 550
MAIL_REFUSED = 500
# What is wrong with one mail, or with its reader: others are taken all the same. Whatever else a server
# refuses (a password that has run out, a sender that it does not let in) it refuses of every mail.
OF_ONE_MAIL = frozenset({"NoMailAddress", "NotAMailAddress", "SMTPRecipientsRefused", "SMTPDataError"})
NO_ANSWERS = "This address takes no answers."
TEXT = "{meaning}\n\n{link}\n\n" + NO_ANSWERS + "\n"
HTML = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{subject}</title>'
    '<p>{meaning}</p><p><a href="{link}">{link}</a></p><p>' + NO_ANSWERS + "</p></html>"
)


def opened_at(case: Mapping[str, Any]) -> str:
    """Return where somebody opens a case: its page, where it has one."""
    return str(case.get("page") or case["link"])


def addressed(address: str, sender: str, told_at: str) -> EmailMessage:
    """Return a mail of this list's to somebody, with nothing in it yet."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage()
    message["From"], message["To"] = sender, address
    message["Date"] = format_datetime(datetime.fromisoformat(told_at))
    message["List-Id"] = f"{LIST_NAME} <{LIST_NAME}.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def mail_message(event: Mapping[str, Any], address: str, sender: str) -> EmailMessage:
    """Return the mail that tells somebody of an event: what kind of thing it is, and where to look."""
    case = event["data"]["case"]
    domain = sender.rpartition("@")[2]
    subject, meaning = words_of(event)
    message = addressed(address, sender, event["time"])
    message["Subject"] = f"{subject} ({case['kind']} {case['id'][:8]})"
    message["Message-ID"] = f"<{event['id']}@{domain}>"
    message["In-Reply-To"] = message["References"] = f"<{case['id']}@{domain}>"
    shown = {"subject": subject, "meaning": meaning, "link": opened_at(case)}
    message.set_content(TEXT.format(**shown))
    message.add_alternative(
        HTML.format(**{name: escape(text) for name, text in shown.items()}), subtype="html"
    )
    return message


def is_refused_for_good(answer: ReceiverAnswer) -> bool:
    """Say whether this mail, or its reader, will not be taken later either."""
    return answer.status >= MAIL_REFUSED and answer.fault in OF_ONE_MAIL


class MailNotTaken(OSError):
    """The council's server did not take a mail."""


class Mailing:
    """Writes to people, and has it handed to the council's server."""

    def __init__(self, names: PeopleNames, settings: Settings, outside: Outside) -> None:
        """Go by these settings."""
        self._names = names
        self._settings = settings
        self._outside = outside

    @property
    def is_set_up(self) -> bool:
        """Say whether there is a server."""
        return bool(self._settings.smtp_host)

    async def send(self, person: str, written: Callable[[str, str], EmailMessage]) -> ReceiverAnswer:
        """Send somebody a mail, and return what the server said; a fault is an answer, too.

        It is written to an address, from another.
        """
        address = (await self._names.of([person])).get(person, PersonDetails()).email
        if not address:
            return ReceiverAnswer(status=NO_SUCH_PERSON, fault="NoMailAddress")
        if not ONE_ADDRESS.fullmatch(address):
            return ReceiverAnswer(status=NO_SUCH_PERSON, fault="NotAMailAddress")
        return await self._outside.mail(written(address, self._settings.mail_from))

    async def hand_in(self, message: EmailMessage) -> None:
        """Have a mail handed to the server; raise `MailNotTaken` where it is not taken."""
        try:
            answer = await self._outside.mail(message)
        except CourierAway as error:
            raise MailNotTaken(type(error).__name__) from None
        if not answer.is_yes:
            raise MailNotTaken(f"{answer.status} {answer.fault}")
