"""security.txt names the contact that is configured, and expires within the year."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import ValidationError

from shared.settings import Settings
from shared.web.limits.rate_limits import RateLimits
from shared.web.security.security_txt import security_text
from tests.support.api import app_at_rest

CONTACT = "mailto:security@council.example"


class Configured:
    """As much of a service as this page asks for."""

    def __init__(self, contact: str) -> None:
        self.settings = Settings(security_contact=contact)
        self.limits = RateLimits(1_000)


async def asked(contact: str) -> httpx.Response:
    app = app_at_rest()
    app.state.service = Configured(contact)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/.well-known/security.txt")


def test_it_says_whom_to_tell_and_how_long_that_holds() -> None:
    assert security_text(CONTACT, datetime(2026, 1, 10, 15, 30, tzinfo=UTC)) == (
        f"Contact: {CONTACT}\nExpires: 2026-07-09T00:00:00Z\nPreferred-Languages: en\n"
    )


async def test_anybody_may_read_it_where_a_contact_is_configured() -> None:
    answer = await asked(CONTACT)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(f"Contact: {CONTACT}\nExpires: 20")
    assert (await asked("")).status_code == 404


@pytest.mark.parametrize("contact", ["security@council.example", "mailto:a\nExpires: never"])
def test_a_contact_is_one_address(contact: str) -> None:
    with pytest.raises(ValidationError):
        Settings(security_contact=contact)
