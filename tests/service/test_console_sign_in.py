"""Signing in to the console at a provider of its own: PKCE, state and nonce; and out everywhere."""

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from rfp_service.console import visits
from tests.support.api import Api, running_api
from tests.support.issuing import Issuer, council_settings, issuing
from tests.support.postgres import Base
from tests.support.visiting import said

CLIENT = "console-client"
PUBLIC = "https://service"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as provider:
        yield provider


@pytest.fixture
async def council(base: Base, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Api]:
    settings = council_settings(base, issuer, tmp_path, public_url=PUBLIC, sign_in_client_id=CLIENT)
    async with running_api(base, settings=settings) as running:
        running.client.base_url = httpx.URL(PUBLIC)
        yield running


async def at_provider(api: Api, query: str = "") -> dict[str, str]:
    """Begin to sign in; return what the provider is asked."""
    answer = await api.client.get(f"/console/sign-in/begin{query}")
    assert answer.status_code == 303, answer.text
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: one for name, (one,) in asked.items()}


async def come_back(api: Api, issuer: Issuer, asked: dict[str, str], **claims: Any) -> httpx.Response:
    """Come back from the provider with a code."""
    issuer.codes["c"] = issuer.signed_in(CLIENT, asked["nonce"], asked["code_challenge"], **claims)
    return await api.client.get("/console/sign-in/done", params={"code": "c", "state": asked["state"]})


async def test_one_signs_in_at_the_provider_and_is_led_back(council: Api, issuer: Issuer) -> None:
    there = await council.client.get("/console/sign-in?back=/console/rfps")
    assert "Sign in with your council account" in there.text
    asked = await at_provider(council, "?back=/console/rfps")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{PUBLIC}/console/sign-in/done"
    answer = await come_back(council, issuer, asked)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/console/rfps"
    verifier = issuer.exchanged[0]["code_verifier"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    assert challenge.decode() == asked["code_challenge"]
    cookie = next(each for each in answer.headers.get_list("set-cookie") if "__Host-rfp-console" in each)
    assert {"secure", "httponly", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain=" not in cookie.lower()
    page = await council.client.get("/console/rfps")
    assert (page.status_code, "Rita Requester" in page.text) == (200, True)
    raised = await council.client.get("/console/raise")
    assert raised.status_code == 200


async def test_nobody_signs_in_with_what_was_not_asked_for(council: Api, issuer: Issuer) -> None:
    for wrong in (
        {"nonce": "another"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"iat": None},
    ):
        asked = await at_provider(council)
        assert (await come_back(council, issuer, asked, **wrong)).status_code == 403, wrong
    asked = await at_provider(council)
    forged = {**asked, "state": "guessed"}
    assert (await come_back(council, issuer, forged)).status_code == 403
    council.client.cookies.clear()
    assert (await come_back(council, issuer, asked)).status_code == 403  # in another browser
    asked = await at_provider(council)
    assert (await come_back(council, issuer, {**asked, "code_challenge": "x"})).status_code == 403
    assert (await council.client.get("/console")).status_code == 303


async def test_who_must_say_it_anew_is_asked_to_and_may_not_pass_with_an_old_sign_in(
    council: Api, issuer: Issuer
) -> None:
    asked = await at_provider(council, "?again=yes")
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert (await come_back(council, issuer, asked, auth_time=1_000_000_000)).status_code == 403
    asked = await at_provider(council, "?again=yes&back=https://elsewhere.example/")
    answer = await come_back(council, issuer, asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


async def test_a_clock_behind_the_providers_lets_in_whoever_has_just_signed_in(
    council: Api, issuer: Issuer
) -> None:
    asked = await at_provider(council)
    assert (await come_back(council, issuer, asked, iat=int(time.time()) + 310)).status_code == 403
    asked = await at_provider(council)
    assert (await come_back(council, issuer, asked, iat=int(time.time()) + 280)).status_code == 303


async def test_a_clock_behind_the_providers_makes_no_old_sign_in_a_fresh_one(
    council: Api, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = int(time.time()) + 200
    asked = await at_provider(council, "?again=yes")
    old = await come_back(council, issuer, asked, iat=ahead, auth_time=ahead - 301)
    assert old.status_code == 403
    asked = await at_provider(council, "?again=yes")
    fresh = await come_back(council, issuer, asked, iat=ahead, auth_time=ahead - 100)
    assert fresh.status_code == 303
    path = "/console/people/somebody/decisions/erase"
    assert (await council.client.get(path)).status_code in (403, 404)
    later = time.time() + 250
    monkeypatch.setattr(visits.time, "time", lambda: later)  # 350 seconds after they said who they are
    again = f"/console/sign-in/begin?again=yes&back={quote(path, safe='')}"
    assert (await council.client.get(path)).headers["location"] == again


async def test_signing_out_everywhere_ends_every_session(council: Api, issuer: Issuer) -> None:
    secrets = []
    for _ in range(2):
        await come_back(council, issuer, await at_provider(council))
        secrets.append(council.client.cookies["__Host-rfp-console"])
    page = await council.client.get("/console/account")
    token = page.text.split('everywhere">')[1].split('value="')[1].split('"')[0]
    path = "/console/sign-out/everywhere"
    left = await council.client.post(path, data={"form_token": token}, headers={"Origin": PUBLIC})
    assert left.status_code == 303
    for secret in secrets:
        council.client.cookies.clear()
        council.client.cookies.set("__Host-rfp-console", secret)
        assert (await council.client.get("/console")).status_code == 303


async def test_a_provider_that_is_away_is_said(council: Api, issuer: Issuer) -> None:
    issuer.status = 500
    away = await council.client.get("/console/sign-in/begin")
    assert (away.status_code, "reached just now" in away.text) == (503, True)


async def test_who_erases_somebody_says_anew_who_they_are(
    council: Api, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await come_back(council, issuer, await at_provider(council))
    path = "/console/people/somebody/decisions/erase"
    long_ago = time.time() + 60 * 60
    form = {"form_token": await form_token(council), "reason": "They left."}
    with monkeypatch.context() as later:
        later.setattr(visits.time, "time", lambda: long_ago)
        for answer in (
            await council.client.get(path),
            await council.client.post(path, data=form, headers={"Origin": PUBLIC}),
        ):
            assert (answer.status_code, answer.headers["location"]) == (
                303,
                f"/console/sign-in/begin?again=yes&back={quote(path, safe='')}",
            )
        asked = await at_provider(council, f"?again=yes&back={path}")
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    back = await come_back(council, issuer, asked)
    assert (back.status_code, back.headers["location"]) == (303, path)
    # Having just said so, they are let through: to the rules, which know no such person, or not for them.
    assert (await council.client.get(path)).status_code in (403, 404)


async def form_token(council: Api) -> str:
    page = await council.client.get("/console/account")
    return page.text.split('everywhere">')[1].split('value="')[1].split('"')[0]


async def test_people_are_called_by_the_names_of_their_accounts(council: Api, issuer: Issuer) -> None:
    await come_back(council, issuer, await at_provider(council))
    headers = {"Authorization": f"Bearer {issuer.token()}"}
    body = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
    made = await council.client.post("/v1/rfps", json=body, headers=headers)
    assert made.status_code == 201, made.text
    rfp = await council.client.get(f"/v1/rfps/{made.json()['id']}", headers=headers)
    page = await council.client.get(f"/console/rfps/{rfp.json()['id']}")
    shown = said(page.text.split("<main")[1])
    assert "Asked for by Rita Requester" in shown
    assert rfp.json()["raised_by"] not in shown  # a random id, which says nothing to anybody
