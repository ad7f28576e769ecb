"""Bearer tokens: the good ones name somebody, and none of the others does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import KeySet, RSAKey

from shared.kernel.errors import NotAuthenticated
from shared.kernel.roles import Role
from shared.web.access import fetched_keys as keys_module
from shared.web.access.claims import Scope, Trust
from shared.web.access.fetched_keys import FetchedKeys, KeysAway
from shared.web.access.token_keys import KeptKeys
from shared.web.access.tokens import Tokens
from tests.shared.web.access.forgeries import FORGERIES
from tests.support.issuing import AUDIENCE, EC, OBJECT, OKP, RSA, TENANT, Issuer, issuing


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as provider:
        yield provider


@pytest.fixture
async def tokens(issuer: Issuer) -> AsyncIterator[Tokens]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Tokens(FetchedKeys(issuer.url, client), Trust(issuer.url, AUDIENCE, TENANT))


@pytest.mark.parametrize("key", [RSA, EC, OKP], ids=["RS256", "ES256", "Ed25519"])
async def test_a_good_token_names_an_account_by_tenant_and_object(
    issuer: Issuer, tokens: Tokens, key: RSAKey
) -> None:
    identity = await tokens.identity(issuer.token(key))
    assert identity.subject == f"{TENANT}/{OBJECT}"
    assert identity.roles == (Role.REQUESTER,)
    assert identity.scopes == {Scope.READ, Scope.DECIDE}
    assert (identity.name, identity.email) == ("Rita Requester", "rita@council.example")
    assert "Rita" not in repr(identity)


def test_the_corpus_is_large() -> None:
    assert len(FORGERIES) >= 40


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_stale_or_confused_token_names_nobody(
    issuer: Issuer, tokens: Tokens, name: str
) -> None:
    await tokens.identity(issuer.token())  # the issuer's keys are at hand
    forged = FORGERIES[name](issuer)
    assert forged != issuer.token()
    for _ in range(2):  # a no is not remembered as a yes either
        with pytest.raises(NotAuthenticated):
            await tokens.identity(forged)


async def test_any_provider_will_do(issuer: Issuer) -> None:
    """Without tenants it is the subject that stays the same, and `scope` that says what for."""
    async with httpx.AsyncClient(trust_env=False) as client:
        plain = Tokens(FetchedKeys(issuer.url, client), Trust(issuer.url, "rfp-service"))
        identity = await plain.identity(
            issuer.token(
                header={"typ": "at+jwt"},
                aud=["account", "rfp-service"],
                tid=None,
                oid=None,
                scp=None,
                scope="openid rfp.read",
                typ="Bearer",
                email="rita@council.example",
            )
        )
    assert identity.subject == "pairwise-1"
    assert identity.scopes == {Scope.READ}


@pytest.mark.parametrize(
    "word", [{"idtyp": "app"}, {"sub": "intranet", "client_id": "intranet"}], ids=["Entra", "RFC"]
)
async def test_a_programs_own_token_makes_a_service_account_and_nothing_else(
    issuer: Issuer, tokens: Tokens, word: dict[str, str]
) -> None:
    roles = ["service_account", "approver", "administrator"]
    program = await tokens.identity(issuer.token(scp=None, roles=roles, **word))
    assert (program.program, program.roles) == (True, (Role.SERVICE_ACCOUNT,))
    person = await tokens.identity(issuer.token(roles=roles))
    assert (person.program, person.roles) == (False, (Role.APPROVER, Role.ADMINISTRATOR))


async def test_clocks_may_differ_a_little(issuer: Issuer, tokens: Tokens) -> None:
    now = int(time.time())
    await tokens.identity(issuer.token(exp=now - 25))
    await tokens.identity(issuer.token(nbf=now + 25, iat=now + 25))


async def test_a_clock_minutes_behind_the_issuers_lets_in_whoever_has_just_signed_in_and_not_for_longer(
    issuer: Issuer, tokens: Tokens
) -> None:
    now = int(time.time())
    issuers = now + 290
    await tokens.identity(issuer.token(nbf=issuers, iat=issuers, exp=issuers + 600))
    with pytest.raises(NotAuthenticated):
        await tokens.identity(issuer.token(exp=now - 40))


async def test_what_was_verified_counts_until_it_expires_and_no_longer(
    issuer: Issuer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.token()
    await tokens.identity(token)
    later = time.time() + 600 + 31
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(NotAuthenticated):
        await tokens.identity(token)


async def test_a_new_key_is_fetched_when_it_is_first_seen(
    issuer: Issuer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tokens.identity(issuer.token())
    fresh = RSAKey.generate_key(2048, {"kid": "rotated"})
    issuer.keys = [fresh]
    monkeypatch.setattr(keys_module, "PAUSE_SECONDS", 0.0)
    assert (await tokens.identity(issuer.token(fresh))).roles == (Role.REQUESTER,)
    with pytest.raises(NotAuthenticated):  # and the old one is gone
        await tokens.identity(issuer.token(roles=["approver"]))


async def test_a_flood_of_unknown_keys_does_not_become_a_flood_at_the_issuer(
    issuer: Issuer, tokens: Tokens
) -> None:
    await tokens.identity(issuer.token())
    asked = len(issuer.asked)
    unknown = [issuer.token(header={"kid": f"unknown-{n}"}) for n in range(50)]
    answers = await asyncio.gather(*map(tokens.identity, unknown), return_exceptions=True)
    assert {type(answer) for answer in answers} == {NotAuthenticated}
    assert len(issuer.asked) == asked == 2


async def test_an_issuer_that_is_away_is_no_reason_to_doubt_a_token(
    issuer: Issuer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.status = 503
    with pytest.raises(KeysAway):
        await tokens.identity(issuer.token())
    issuer.status = 200
    for pause in ("PAUSE_SECONDS", "ANY_PAUSE_SECONDS"):
        monkeypatch.setattr(keys_module, pause, 0.0)
    await tokens.identity(issuer.token())
    issuer.status = 503
    monkeypatch.setattr(keys_module, "FRESH_SECONDS", 0.0)
    await tokens.identity(issuer.token(name="Rita, an hour later"))
    monkeypatch.setattr(keys_module, "STALE_SECONDS", 0.0)
    with pytest.raises(KeysAway):
        await tokens.identity(issuer.token(name="Rita, a day later"))


@pytest.mark.parametrize(
    "lie",
    [
        {"says_it_is": "https://login.evil.example"},
        {"jwks_uri": "http://login.evil.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"extra_keys": [{"kty": "RSA", "kid": str(n)} for n in range(101)]},
        {"extra_keys": ["x" * 300_000]},
    ],
    ids=["another issuer", "keys in the clear", "keys in a file", "101 keys", "300 kB"],
)
async def test_only_the_issuers_own_keys_count(
    issuer: Issuer, tokens: Tokens, lie: dict[str, object]
) -> None:
    for name, value in lie.items():
        setattr(issuer, name, value)
    with pytest.raises(KeysAway):
        await tokens.identity(issuer.token())


async def test_keys_may_come_from_a_file(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(KeySet([RSA]).as_dict(private=False)))
    keys = KeptKeys(json.loads(path.read_text()))
    tokens = Tokens(keys, Trust(issuer.url, AUDIENCE, TENANT, ("RS256",)))
    await tokens.identity(issuer.token())
    for forged in (issuer.token(EC), issuer.token(RSA, {"alg": "PS256"})):
        with pytest.raises(NotAuthenticated):
            await tokens.identity(forged)
    assert issuer.asked == []
