"""Signing in at the council's own provider: OpenID Connect, by a code, with PKCE, state and nonce."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import JsonValue

from shared.kernel.errors import NotAllowed, NotReady
from shared.settings import Settings
from shared.web.access.claims import ALGORITHMS, EARLY_SECONDS, LEEWAY_SECONDS
from shared.web.access.fetched_keys import DISCOVERY, FETCH_SECONDS
from shared.web.access.token_keys import NotTheIssuer, must_be_private, signing_keys

if TYPE_CHECKING:
    from httpx import AsyncClient

VERIFIER_BYTES = 48
STATE_BYTES = 24
FRESH_SECONDS = 300  # within which somebody said who they are, where they must say it again

log = structlog.get_logger(__name__)


class ProviderAway(NotReady):
    """The council's sign-in can't be reached just now: try again in a moment."""


class SignInFailed(NotAllowed):
    """The council's sign-in did not say who you are: start again, in one window only."""


@dataclass(frozen=True, slots=True)
class AskedAtProvider:
    """What a browser keeps while its person is at the provider: only it can come back with the code."""

    state: str
    nonce: str
    verifier: str
    back: str
    again: bool = False  # whether they must say again who they are

    @classmethod
    def anew(cls, back: str, *, again: bool) -> "AskedAtProvider":
        """Return what nobody can guess."""
        state, nonce = secrets.token_urlsafe(STATE_BYTES), secrets.token_urlsafe(STATE_BYTES)
        return cls(state, nonce, secrets.token_urlsafe(VERIFIER_BYTES), back, again)

    def kept(self) -> str:
        """Return it as it stands in a cookie."""
        return json.dumps(asdict(self), separators=(",", ":")).encode().hex()

    def is_answered_by(self, state: str) -> bool:
        """Say whether somebody came back from what was asked here."""
        return secrets.compare_digest(self.state.encode(), state.encode())

    @classmethod
    def found(cls, kept: str) -> "AskedAtProvider | None":
        """Return what a cookie holds; nothing if it is not ours."""
        try:
            return cls(**json.loads(bytes.fromhex(kept)))
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class AtProvider:
    """Who has signed in at the provider, and the token by which they act."""

    token: str
    name: str
    signed_in_at: int


def redirect_uri(settings: Settings) -> str:
    """Return where the provider sends a browser back to."""
    return f"{settings.public_url}/console/sign-in/done"


async def address_at_provider(settings: Settings, asked: AskedAtProvider) -> str:
    """Return where somebody says who they are."""
    async with _client() as client:
        document = await _document(client, settings)
    more = {"prompt": "login", "max_age": "0"} if asked.again else {}
    address = prepare_grant_uri(
        str(document["authorization_endpoint"]),
        settings.sign_in_client_id,
        "code",
        redirect_uri=redirect_uri(settings),
        scope=settings.sign_in_scopes,
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=create_s256_code_challenge(asked.verifier),
        code_challenge_method="S256",
        **more,
    )
    return str(address)


async def exchanged(settings: Settings, asked: AskedAtProvider, code: str) -> AtProvider:
    """Return who somebody is, for the code that they came back with."""
    from httpx import HTTPStatusError, TransportError

    try:
        async with _client() as client:
            document = await _document(client, settings)
            token = await _tokens(client, settings, document, asked, code)
            claims = await _claims(client, document, str(token["id_token"]))
        access = str(token["access_token"])
    except TransportError:
        raise ProviderAway from None
    except (HTTPStatusError, KeyError, JoseError, ValueError) as error:
        log.warning("sign-in failed", error=type(error).__name__)
        raise SignInFailed from None
    _must_be_ours(claims, settings, asked)
    issued = int(str(claims["iat"]))
    # As this clock tells it: were it behind the provider's, "just now" would last for longer.
    behind = max(0, issued - int(time.time()))
    signed_in_at = int(str(claims.get("auth_time", issued))) - behind
    return AtProvider(access, str(claims.get("name", "")), signed_in_at)


async def _tokens(
    client: "AsyncClient",
    settings: Settings,
    document: Mapping[str, JsonValue],
    asked: AskedAtProvider,
    code: str,
) -> Mapping[str, Any]:
    """Return the tokens of a code, given out to whoever holds the verifier."""
    endpoint, secret = str(document["token_endpoint"]), settings.sign_in_client_secret
    must_be_private(endpoint)
    body = prepare_token_request(
        "authorization_code",
        redirect_uri=redirect_uri(settings),
        code=code,
        code_verifier=asked.verifier,
        client_id=settings.sign_in_client_id,
        **({"client_secret": secret.get_secret_value()} if secret else {}),
    )
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    answer = await client.post(endpoint, content=body, headers=form)
    answer.raise_for_status()
    return dict(answer.json())


def _client() -> "AsyncClient":
    from httpx import AsyncClient  # slow to load, for signing in only

    # No proxy and no certificates from the environment's say-so, and no redirects.
    return AsyncClient(trust_env=False, follow_redirects=False, timeout=FETCH_SECONDS)


async def _document(client: "AsyncClient", settings: Settings) -> Mapping[str, JsonValue]:
    """Return what the provider says of itself."""
    from httpx import HTTPError

    issuer = str(settings.token_issuer)
    try:
        document = await _fetched(client, issuer.rstrip("/") + DISCOVERY)
        must_be_private(str(document["authorization_endpoint"]))
    except (HTTPError, ValueError, KeyError, NotTheIssuer):
        raise ProviderAway from None
    if document.get("issuer") != issuer:
        raise ProviderAway
    return document


async def _fetched(client: "AsyncClient", url: str) -> dict[str, Any]:
    must_be_private(url)
    answer = await client.get(url)
    answer.raise_for_status()
    return dict(answer.json())


async def _claims(
    client: "AsyncClient", document: Mapping[str, JsonValue], id_token: str
) -> Mapping[str, JsonValue]:
    """Return what an ID token says, once the provider's own key has signed it."""
    keys = signing_keys(await _fetched(client, str(document["jwks_uri"])))
    return jwt.decode(
        id_token, lambda signed: keys[str(signed.headers()["kid"])], algorithms=list(ALGORITHMS)
    ).claims


def _must_be_ours(claims: Mapping[str, JsonValue], settings: Settings, asked: AskedAtProvider) -> None:
    """Refuse an ID token that is not this provider's, for this program, of this very sign-in."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now = time.time()
    issued, expires = claims.get("iat"), claims.get("exp")
    in_date = (
        isinstance(issued, int)
        and isinstance(expires, int)
        and issued - EARLY_SECONDS <= now < expires + LEEWAY_SECONDS
    )
    said_anew = claims.get("auth_time", issued)
    is_fresh = not asked.again or (
        isinstance(issued, int)
        and isinstance(said_anew, int)
        and max(now, issued) - said_anew < FRESH_SECONDS
    )
    if (
        claims.get("iss") != settings.token_issuer
        or settings.sign_in_client_id not in audiences
        or (len(audiences) > 1 and claims.get("azp") != settings.sign_in_client_id)
        or not in_date
        or not is_fresh
        or not secrets.compare_digest(str(claims.get("nonce", "")), asked.nonce)
    ):
        raise SignInFailed
