"""The issuer's keys: from a file, or found by OpenID Connect discovery and fetched again within bounds."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import JsonValue

from shared.errors import NotReady

Key = RSAKey | ECKey | OKPKey
KINDS: Mapping[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
KEPT = frozenset(
    {"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"}
)  # all that verifying needs

DISCOVERY = "/.well-known/openid-configuration"
FETCH_SECONDS = 5.0
DOCUMENT_BYTES_LIMIT = 256 * 1024
KEYS_LIMIT = 100
RSA_CHARACTERS_LEAST = 2_048 // 6  # of a modulus in base64
FRESH_SECONDS = 3_600.0  # older keys are fetched again before they are used
STALE_SECONDS = 24 * 3_600.0  # keys that could not be fetched again for a day count no longer
PAUSE_SECONDS = 30.0  # between two fetches, whatever is asked for meanwhile

log = structlog.get_logger(__name__)


class KeysAway(NotReady):
    """The identity provider can't be asked for its keys just now: ask again in a moment."""


class NotTheIssuer(Exception):
    """What was found at the issuer's address is not the issuer's, or not safe to use."""


class Keys(Protocol):
    """Where the public key of a token is looked up by its id."""

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id; nothing where the issuer has none."""


class KeptKeys:
    """The keys of a JWKS that is at hand."""

    def __init__(self, document: Mapping[str, JsonValue]) -> None:
        """Trust these, and no other."""
        self._keys = signing_keys(document)

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id."""
        return self._keys.get(kid)


class FetchedKeys:
    """The keys that the issuer publishes; a key never seen before is asked for, but not too often."""

    def __init__(self, issuer: str, client: httpx.AsyncClient) -> None:
        """Ask this issuer, through this client."""
        self._issuer = issuer
        self._client = client
        self._keys: dict[str, Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id, asking the issuer again where it is unknown or has grown old."""
        age = time.monotonic() - self._fetched_at
        if kid not in self._keys or age > FRESH_SECONDS:
            await self._fetch_unless_just_tried()
        if time.monotonic() - self._fetched_at > STALE_SECONDS:
            raise KeysAway
        return self._keys.get(kid)

    async def _fetch_unless_just_tried(self) -> None:
        async with self._one_at_a_time:
            if time.monotonic() - self._tried_at < PAUSE_SECONDS:
                return
            self._tried_at = time.monotonic()
            try:
                self._keys = await self._fetched()
                self._fetched_at = time.monotonic()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, NotTheIssuer) as error:
                log.warning("issuer's keys not fetched", error=type(error).__name__)

    async def _fetched(self) -> dict[str, Key]:
        """Return the keys at the address that the issuer's own document names."""
        document = await self._document(self._issuer.rstrip("/") + DISCOVERY)
        if document.get("issuer") != self._issuer:
            raise NotTheIssuer
        return signing_keys(await self._document(str(document["jwks_uri"])))

    async def _document(self, url: str) -> dict[str, JsonValue]:
        """Fetch one JSON object, over TLS, without following anybody anywhere."""
        must_be_private(url)
        async with self._client.stream("GET", url, timeout=FETCH_SECONDS) as answer:
            if answer.status_code != httpx.codes.OK:
                raise NotTheIssuer
            content = b""
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > DOCUMENT_BYTES_LIMIT:
                    raise NotTheIssuer
        document = json.loads(content)
        if not isinstance(document, dict):
            raise NotTheIssuer
        return document


def must_be_private(url: str) -> None:
    """Refuse an address that others could answer at: plain HTTP beyond this machine."""
    parts = urlsplit(url)
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise NotTheIssuer


def signing_keys(document: Mapping[str, JsonValue]) -> dict[str, Key]:
    """Return the public keys of a JWKS that may sign, by id.

    Shared secrets, short keys, keys for encryption and what can't be read are passed over (RFC 7517, 5).
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > KEYS_LIMIT:
        raise NotTheIssuer
    return {str(key.kid): key for published in listed if (key := _signing_key(published))}


def _signing_key(published: JsonValue) -> Key | None:
    if not isinstance(published, dict) or published.get("use", "sig") != "sig":
        return None
    kind = KINDS.get(str(published.get("kty")))
    if kind is None or not isinstance(published.get("kid"), str):
        return None
    if kind is RSAKey and len(str(published.get("n"))) < RSA_CHARACTERS_LEAST:
        return None
    try:
        return kind.import_key(
            {name: str(value) for name, value in published.items() if name in KEPT}
        )
    except (JoseError, ValueError):
        return None
