"""What somebody is sent: thin, in two twins, threaded, safe in every place it is shown, and small enough."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from shared.governance.notifications.digests import digest_message
from shared.governance.notifications.mail import Mailing, mail_message
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.teams import adaptive_card
from shared.governance.notifications.transport import ReceiverAnswer
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.settings import Settings
from shared.web.access.names import PeopleNames
from tests.support.postgres import by_owner

CARD_BYTES_LIMIT = 28 * 1024  # of Teams
CASE = "aaaaaaaa-0000-4000-8000-000000000001"
# As hostile as a configured address may be: every printable character.
PAGE = "https://rfp.example/\"'<script>alert(1)</script>&amp;{0}%s/" + "x" * 200 + f"/{CASE}"


def event(kind: NotificationType, number: int = 1) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "type": kind.value,
        "time": "2026-03-29T01:30:00+00:00",
        "data": {"case": {"kind": "rfp", "id": CASE, "link": PAGE, "page": PAGE}},
    }


class Links(HTMLParser):
    """Reads a page as a browser does: what it links to, and which elements it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.elements = set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links += [value for name, value in attrs if name == "href"]


def as_sent(message: EmailMessage) -> EmailMessage:
    """Return a mail as whoever gets it reads it."""
    raw = message.as_bytes(policy=policy.SMTP)
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322
    assert raw.isascii()
    return message_from_bytes(raw, policy=policy.default)


@pytest.mark.parametrize("kind", NotificationType)
def test_a_mail_says_the_same_in_both_twins_and_is_threaded_by_its_case(kind: NotificationType) -> None:
    mail = as_sent(mail_message(event(kind), "hana@council.example", "rfp@council.example"))
    assert mail["List-Id"] == "rfp-service <rfp-service.council.example>"
    assert mail["References"] == mail["In-Reply-To"] == f"<{CASE}@council.example>"
    assert mail["Message-ID"] == "<msg_1@council.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [*mail.keys()].count("To") == 1
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert PAGE in plain.get_content().splitlines()
    read = Links(page.get_content())
    assert read.links == [PAGE]
    assert read.elements == {"html", "meta", "title", "p", "a"}


def test_a_full_digest_links_to_everything_in_both_twins() -> None:
    bodies = [orjson.dumps(event(NotificationType.APPROVAL_REQUESTED, number)) for number in range(200)]
    ids = [UUID(int=number) for number in range(200)]
    mail = as_sent(digest_message(bodies, ids, "hana@council.example", "rfp@council.example"))
    assert mail["Subject"] == "Your day: 200 things wait for you"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().count(PAGE) == 200
    assert Links(page.get_content()).links == [PAGE] * 200
    assert escape(PAGE) in page.get_content()


@pytest.mark.parametrize("kind", NotificationType)
def test_a_card_is_small_and_has_a_link_and_nothing_to_decide_with(kind: NotificationType) -> None:
    card = adaptive_card(event(kind))
    assert len(card) < CARD_BYTES_LIMIT
    content = orjson.loads(card)["attachments"][0]["content"]
    assert [(each["type"], each["url"]) for each in content["actions"]] == [("Action.OpenUrl", PAGE)]
    assert {each["type"] for each in content["body"]} == {"TextBlock"}


@pytest.mark.parametrize(
    "address",
    ["hana@council.example\r\nBcc: eve@evil.example", "hana@council.example\n\nHello", "@", "hana@\r"],
)
async def test_an_address_that_is_none_gets_nothing_and_holds_up_nobody(
    pool: asyncpg.Pool, address: str
) -> None:
    class Kept:
        def __init__(self) -> None:
            self.mails: list[EmailMessage] = []

        async def must_be_there(self) -> None: ...

        async def post(self, *_: Any) -> ReceiverAnswer:
            raise AssertionError

        async def mail(self, message: EmailMessage) -> ReceiverAnswer:
            self.mails.append(message)
            return ReceiverAnswer(250)

    outside = Kept()
    await by_owner(pool, "INSERT INTO people (id, email) VALUES ('hana', $1)", address)
    mailing = Mailing(PeopleNames(pool, PersonalTexts(pool, bytes(32))), Settings(), outside)

    def written(to: str, sender: str) -> EmailMessage:
        return mail_message(event(NotificationType.APPROVAL_REQUESTED), to, sender)

    answer = await mailing.send("hana", written)
    assert (answer.status, answer.fault) == (550, "NotAMailAddress")
    assert outside.mails == []
