"""The service behind a provider of its own: production settings, real keys over HTTP, every forgery a 401."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.shared.web.access.forgeries import FORGERIES
from tests.support.api import Api, running_api
from tests.support.issuing import Issuer, council_settings, issuing
from tests.support.people import ADA
from tests.support.postgres import Base

RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as provider:
        yield provider


@pytest.fixture
async def council(base: Base, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Api]:
    settings = council_settings(base, issuer, tmp_path)
    async with running_api(base, settings=settings, worker=False) as running:
        yield running


async def asked(api: Api, token: str, method: str = "GET") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"}
    body = {"json": RAISE} if method == "POST" else {}
    answer = await api.client.request(method, "/v1/rfps", headers=headers, **body)
    return answer.status_code, answer.json().get("type", "")


async def test_an_account_of_the_council_reads_and_decides(council: Api, issuer: Issuer) -> None:
    assert await asked(council, issuer.token()) == (200, "")
    assert await asked(council, issuer.token(), "POST") == (201, "")


async def test_a_program_that_may_only_read_decides_nothing(council: Api, issuer: Issuer) -> None:
    token = issuer.token(scp="rfp.read")
    assert await asked(council, token) == (200, "")
    assert await asked(council, token, "POST") == (403, "/problems/reads-only")


async def test_no_forgery_is_accepted_anywhere(council: Api, issuer: Issuer) -> None:
    for name, forge in FORGERIES.items():
        forged = forge(issuer)
        if "\0" in forged or not forged.isascii():
            continue
        answer = await asked(council, forged)
        assert answer == (401, "/problems/not-authenticated"), name
    assert await council.service.record.head() == 0


async def test_demonstration_tokens_count_for_nothing_here(council: Api) -> None:
    assert (await asked(council, council.token(ADA)))[0] == 401


async def test_a_header_says_one_thing(council: Api, issuer: Issuer) -> None:
    for headers in (
        [("Authorization", f"Bearer {issuer.token()}")] * 2,
        [("Authorization", f"Basic {issuer.token()}")],
        [("Authorization", "Bearer ")],
        [("Authorization", issuer.token())],
    ):
        assert (await council.client.get("/v1/rfps", headers=headers)).status_code == 401
    query = {"access_token": issuer.token()}
    assert (await council.client.get("/v1/rfps", params=query)).status_code == 401
