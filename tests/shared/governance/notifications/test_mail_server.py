"""A real mail server: over TLS at once or after STARTTLS, signed in to, trusted by its certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpcore
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr

from shared.governance.notifications.addresses import AllowList
from shared.governance.notifications.mail import Mailing, mail_message
from shared.governance.notifications.mail_server import MailServer
from shared.governance.notifications.outside import DirectOutside
from shared.governance.notifications.transport import Transport
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.settings import Settings
from shared.web.access.names import PeopleNames
from tests.shared.governance.notifications.certificates import certificate
from tests.support.postgres import by_owner

PASSWORD = "correct-horse-battery"  # nobody's
CASE = "aaaaaaaa-0000-4000-8000-000000000001"
EVENT = {
    "id": "msg_1",
    "type": "approval.requested",
    "time": "2026-03-02T10:00:00+00:00",
    "data": {"case": {"kind": "rfp", "id": CASE, "link": f"https://rfp.example/v1/rfps/{CASE}"}},
}
WRITTEN = partial(mail_message, EVENT)


@dataclass
class Kept:
    """What a mail server has taken, and whom it let in."""

    mails: list[Any] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # its own name
        self.mails.append((session.authenticated, envelope.rcpt_tos))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        self.signed_in.append(said.login.decode())
        return AuthResult(success=said.password == PASSWORD.encode(), handled=False)


def by(people: asyncpg.Pool, settings: Settings) -> Mailing:
    """Return what sends mail by these settings, from this process."""
    transport = Transport(httpcore.AsyncConnectionPool(), AllowList(), 1)
    return Mailing(
        PeopleNames(people, PersonalTexts(people, bytes(32))),
        settings,
        DirectOutside(transport, MailServer(settings)),
    )


@asynccontextmanager
async def server(kept: Kept, security: str, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Listen as a mail server that takes mail from whoever has signed in, and over TLS only."""
    direct = security == "tls"

    def made() -> SMTP:
        return SMTP(
            kept,
            tls_context=None if direct else context,
            require_starttls=not direct,
            authenticator=kept.authenticate,
            auth_required=True,
            auth_require_tls=not direct,  # it doesn't see what the listener itself does
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(made, "127.0.0.1", 0, ssl=context if direct else None)
    yield listening.sockets[0].getsockname()[1]
    listening.close()


@pytest.fixture
async def people(pool: asyncpg.Pool) -> asyncpg.Pool:
    await by_owner(
        pool, "INSERT INTO people (id, name, email) VALUES ('hana', 'Hana', 'hana@council.example')"
    )
    return pool


def settings(folder: Path, port: int, security: str, **more: Any) -> Settings:
    said = {"smtp_security": security, "smtp_user": "rfp", "smtp_password": SecretStr(PASSWORD), **more}
    return Settings(data_dir=folder, smtp_host="127.0.0.1", smtp_port=port, **said)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the listener has it
@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_over_tls_to_a_server_that_is_trusted_and_signed_in_to(
    people: asyncpg.Pool, tmp_path: Path, security: str
) -> None:
    public, context = certificate(tmp_path)
    kept = Kept()
    async with server(kept, security, context) as port:
        right = settings(tmp_path, port, security, smtp_ca=public)
        assert (await by(people, right).send("hana", WRITTEN)).is_yes
        stranger = await by(people, settings(tmp_path, port, security)).send("hana", WRITTEN)
        assert (stranger.is_yes, stranger.status) == (False, 0)
        assert kept.signed_in == ["rfp"]  # a stranger is not told the password
        wrong = settings(tmp_path, port, security, smtp_ca=public, smtp_password=SecretStr("guess"))
        refused = await by(people, wrong).send("hana", WRITTEN)
        assert (refused.status, refused.fault) == (535, "SMTPAuthenticationError")
        assert PASSWORD not in repr((right, refused, stranger))
    assert kept.mails == [(True, ["hana@council.example"])]


async def test_whoever_does_not_offer_tls_is_sent_nothing(people: asyncpg.Pool, tmp_path: Path) -> None:
    kept = Kept()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(kept), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    answer = await by(people, settings(tmp_path, port, "starttls")).send("hana", WRITTEN)
    listening.close()
    assert not answer.is_yes
    assert kept.mails == kept.signed_in == []
