"""What a client gets and how much of it: limits with their headers, and headers for browsers."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from rfp_service import logs
from rfp_service.costs import COSTS
from shared.settings import NotConfigured, Settings
from shared.web.limits import rate_limits
from shared.web.limits.rate_limits import RateLimits
from tests.support.api import Api, running_api
from tests.support.people import LEO, RITA
from tests.support.postgres import Base

RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}


def tried_out(base: Base, folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder, database_url=base.service, **more)


@contextlib.asynccontextmanager
async def at_one_moment(settings: Settings, base: Base) -> AsyncIterator[Api]:
    """Run the service with limits whose clock stands still."""
    async with running_api(base, settings=settings) as api:
        limits = RateLimits(settings.requests_a_minute, clock=lambda: 7.0, costs=COSTS)
        api.app.state.service = replace(api.service, limits=limits)
        yield api


async def test_a_client_is_told_what_is_left_and_how_long_to_wait(base: Base, tmp_path: Path) -> None:
    async with at_one_moment(tried_out(base, tmp_path, rate_limit=6), base) as api:
        left = []
        for _ in range(3):
            answer = await api.get("/v1/rfps")
            assert answer.headers["ratelimit-policy"] == '"minute";q=6;w=60'
            left.append(answer.headers["ratelimit"])
        # A list costs two: the window before must weigh less than five, 10 s into the next one.
        assert left == ['"minute";r=4;t=54', '"minute";r=2;t=54', '"minute";r=0;t=64']
        listed, raised = await api.get("/v1/rfps", expect=429), await api.post("/v1/rfps", RAISE, expect=429)
        for refused, seconds in ((listed, "64"), (raised, "54")):
            assert refused.json()["type"] == "/problems/too-many-requests"
            assert refused.json()["a_minute"] == 6
            assert refused.headers["retry-after"] == seconds
        await api.get("/v1/rfps", LEO)  # somebody else's allowance is their own
        assert (await api.get("/healthz", None)).status_code == 200
        assert await api.service.record.head() == 0


async def test_several_processes_together_allow_no_more_than_the_limit(base: Base, tmp_path: Path) -> None:
    settings = tried_out(base, tmp_path, rate_limit=10, processes=3)
    async with at_one_moment(settings, base) as one, at_one_moment(settings, base) as two:
        answered = [
            (await api.client.get("/v1/scheme", headers=api.headers(RITA))).status_code
            for api in (one, two) * 10
        ]
    assert answered.count(429) == 20 - 2 * 3
    assert Settings(rate_limit=2, processes=3).requests_a_minute == 1


async def test_bad_tokens_are_not_tried_for_ever_and_good_ones_always(base: Base, tmp_path: Path) -> None:
    async with at_one_moment(tried_out(base, tmp_path, rate_limit=100), base) as api:
        bad = {"Authorization": "Bearer x.y.z"}
        statuses = [(await api.client.get("/v1/rfps", headers=bad)).status_code for _ in range(10)]
        assert statuses == [401] * 10
        refused = await api.client.get("/v1/rfps", headers=bad)
        assert refused.status_code == 429
        assert refused.json()["type"] == "/problems/too-many-failed-sign-ins"
        assert refused.headers["retry-after"] == "60"
        await api.get("/v1/rfps")


async def test_one_client_runs_so_many_requests_at_once_and_no_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "AT_ONCE_LIMIT", 4)
    answers = await asyncio.gather(
        *(api.client.get("/v1/rfps", headers=api.headers(RITA)) for _ in range(40))
    )
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["type"] for answer in refused} == {"/problems/too-many-at-once"}
    assert sum(answer.status_code == 200 for answer in answers) >= 4
    await api.get("/v1/rfps")  # and all is well again


async def test_refusals_for_too_much_wait_for_their_turn_like_everything_else(
    base: Base, tmp_path: Path
) -> None:
    async with at_one_moment(tried_out(base, tmp_path, rate_limit=2), base) as api:
        await api.get("/v1/rfps", limit=1)
        limits: RateLimits = api.service.limits
        async with AsyncExitStack() as turns:
            for _ in range(rate_limits.RUNNING_LIMIT):
                await turns.enter_async_context(limits.running("rita"))
            asked = asyncio.create_task(api.client.get("/v1/rfps", headers=api.headers(RITA)))
            assert await asyncio.wait([asked], timeout=0.5) == (set(), {asked})
        assert (await asked).status_code == 429


async def test_bad_tokens_wait_for_the_turn_of_their_address_and_good_ones_do_not(api: Api) -> None:
    limits: RateLimits = api.service.limits
    async with AsyncExitStack() as turns:
        for _ in range(rate_limits.RUNNING_LIMIT):
            await turns.enter_async_context(limits.running("address 127.0.0.1"))
        bad = {"Authorization": "Bearer x.y.z"}
        asked = asyncio.create_task(api.client.get("/v1/rfps", headers=bad))
        assert await asyncio.wait([asked], timeout=0.5) == (set(), {asked})
        await api.get("/v1/rfps")
    assert (await asked).status_code == 401


async def test_every_answer_tells_browsers_to_do_nothing_with_it(api: Api) -> None:
    rfp = await api.raised()
    for path, who, expect in (
        ("/v1/rfps", RITA, 200),
        (f"/v1/rfps/{rfp}", RITA, 200),
        ("/v1/rfps", None, 401),
        ("/v1/nowhere", RITA, 404),
        ("/healthz", None, 200),
        ("/v1/audit/decisions", RITA, 403),
    ):
        headers = (await api.get(path, who, expect, after=None)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "private, no-cache"
        assert headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in headers  # this is not reached by TLS
        assert "server" not in headers


async def asked_by_a_page(api: Api, origin: str) -> tuple[str | None, int]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked = await api.client.options("/v1/rfps", headers=headers)
    got = await api.client.get("/v1/rfps", headers={"Origin": origin, **api.headers(RITA)})
    allowed = got.headers.get("access-control-allow-origin")
    assert asked.headers.get("access-control-allow-origin") == allowed
    return allowed, asked.status_code


async def test_other_peoples_pages_may_not_ask_unless_named(base: Base, tmp_path: Path) -> None:
    async with running_api(base) as api:
        assert (await asked_by_a_page(api, "https://intranet.example"))[0] is None
    origins = "https://intranet.example https://console.example"
    settings = tried_out(base, tmp_path, cors_origins=origins).checked()
    async with running_api(base, settings=settings) as api:
        assert await asked_by_a_page(api, "https://intranet.example") == ("https://intranet.example", 200)
        assert (await asked_by_a_page(api, "https://evil.example"))[0] is None


@pytest.mark.parametrize(
    "origins", ["*", "https://*.example", "intranet.example", "https://a.example/page", "httpx://a.example"]
)
def test_origins_are_named_one_by_one(origins: str) -> None:
    with pytest.raises(NotConfigured, match="CORS_ORIGINS"):
        Settings(cors_origins=origins).checked()


FOR_REAL = {
    "profile": "production",
    "database_url": "postgresql://db/rfp",
    "personal_secret": "x",
    "token_issuer": "https://issuer.example",
}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"token_issuer": "http://issuer.example"}, "TOKEN_ISSUER can't be a plain http address"),
        ({"token_issuer": "HTTP://127.0.0.1:9000/tenant"}, "TOKEN_ISSUER can't be a plain http address"),
        ({"token_issuer": "http://issuer.example", "token_keys": "keys.json"}, "TOKEN_ISSUER can't be"),
        ({"cors_origins": "https://a.example http://b.example"}, "CORS_ORIGINS are https origins"),
    ],
)
def test_nothing_goes_in_the_open_once_it_is_for_real(given: dict[str, str], sentence: str) -> None:
    Settings(**FOR_REAL, cors_origins="https://a.example:8443").checked()
    with pytest.raises(NotConfigured, match=sentence):
        Settings(**{**FOR_REAL, **given}).checked()
    Settings(cors_origins="http://127.0.0.1:5173").checked()  # as a console under development


@pytest.mark.parametrize("path", ["/v1/rfps/", "/healthz/", "/v1/scheme/", "/docs/"])
async def test_a_path_with_a_slash_too_many_is_not_there(api: Api, path: str) -> None:
    answer = await api.client.get(path, headers={**api.headers(RITA), "Host": "evil.example"})
    assert answer.status_code == 404
    assert "evil.example" not in answer.text + str(answer.headers)


async def test_a_name_twice_is_named_and_refused(api: Api) -> None:
    headers = {**api.headers(RITA), "Content-Type": "application/json"}
    body = b'{"title": "A", "description": "B", "service_area": "C", "title": "D"}'
    answer = await api.client.post("/v1/rfps", content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/name-twice")
    assert answer.json()["name"] == "title"
    assert await api.service.record.head() == 0


async def test_bad_tokens_are_counted_where_they_come_from(base: Base, tmp_path: Path) -> None:
    settings = tried_out(base, tmp_path, rate_limit=20, trusted_proxies="10.0.0.0/24")

    async def tried(api: Api, peer: str, said: str) -> int:
        transport = httpx.ASGITransport(api.app, client=(peer, 4711))
        headers = {"Authorization": "Bearer x.y.z", "X-Forwarded-For": said}
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return (await client.get("/v1/rfps", headers=headers)).status_code

    async with at_one_moment(settings, base) as api:
        lies = [await tried(api, "192.0.2.7", f"198.51.100.{number}") for number in range(4)]
        assert lies == [401, 401, 429, 429]  # whatever it says of itself, it is one client
        told = [await tried(api, "10.0.0.5", f"198.51.100.{number}") for number in range(4)]
        assert told == [401] * 4  # a trusted proxy's clients have a count each
        assert await tried(api, "10.0.0.5", "203.0.113.1, 198.51.100.1") == 401
        assert await tried(api, "10.0.0.5", "203.0.113.2, 198.51.100.1") == 429


def test_secrets_come_from_the_environment_or_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://rfp_service:secret@db/rfp\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(path))
    assert Settings().database_url == "postgresql://rfp_service:secret@db/rfp"
    monkeypatch.setenv("DATABASE_URL", "postgresql://other@db/rfp")
    with pytest.raises(NotConfigured, match="not both"):
        Settings()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(NotConfigured, match="can't be read"):
        Settings()


def test_logs_hold_no_token_no_password_and_nobodys_address(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    try:
        token = "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJyaXRhIn0.c2lnbmF0dXJl"
        said = (
            f"Bearer {token} for rita@council.example at postgresql://rfp:hunter2@db/rfp"
            f" with rfpkey_abcdefghijklmnop\nDETAIL:  Key (name)=(Rita Requester) exists."
        )
        try:
            _fail(said)
        except ValueError:
            structlog.get_logger("spec").exception("unforeseen", path="/v1", headers=[said])
    finally:
        logs.configure("critical")
    written = capsys.readouterr().err
    assert json.loads(written)["event"] == "unforeseen"
    for secret in (token, "rita@council", "hunter2", "rfpkey_abc", "Rita Requester"):
        assert secret not in written


def test_a_log_goes_where_errors_go_when_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever they went to when the log was set up may have been closed since."""
    with io.StringIO() as closed_soon, contextlib.redirect_stderr(closed_soon):
        logs.configure("critical")
    structlog.get_logger("spec").critical("told")
    assert json.loads(capsys.readouterr().err)["event"] == "told"


def _fail(said: str) -> None:
    raise ValueError(said)
