"""The issuer's keys, found by OpenID Connect discovery and fetched again within bounds."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog
from pydantic import JsonValue

from shared.kernel.errors import NotReady
from shared.web.access.token_keys import Key, NotTheIssuer, must_be_private, signing_keys

DISCOVERY = "/.well-known/openid-configuration"
FETCH_SECONDS = 5.0
DOCUMENT_BYTES_LIMIT = 256 * 1024
FRESH_SECONDS = 3_600.0  # older keys are fetched again before they are used
STALE_SECONDS = 24 * 3_600.0  # keys that could not be fetched again for a day count no longer
PAUSE_SECONDS = 30.0  # between two fetches, whatever is asked for meanwhile
ANY_PAUSE_SECONDS = 5.0  # while there are no keys at all, and nobody can be let in
NO_KEYS = "The identity provider's keys can't be fetched: nobody can be let in."

log = structlog.get_logger(__name__)


class KeysAway(NotReady):
    """The identity provider can't be asked for its keys just now: ask again in a moment."""


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
        if self._are_away:
            raise KeysAway
        return self._keys.get(kid)

    @property
    def _are_away(self) -> bool:
        return time.monotonic() - self._fetched_at > STALE_SECONDS

    async def fault(self) -> str:
        """Say that there are no keys, once they were asked for; those that were fetched count for a day."""
        if time.monotonic() - self._fetched_at > FRESH_SECONDS:
            await self._fetch_unless_just_tried()
        return NO_KEYS if self._are_away else ""

    async def _fetch_unless_just_tried(self) -> None:
        async with self._one_at_a_time:
            if time.monotonic() - self._tried_at < (ANY_PAUSE_SECONDS if self._are_away else PAUSE_SECONDS):
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


@asynccontextmanager
async def fetched_keys(issuer: str) -> AsyncIterator[FetchedKeys]:
    """Ask an issuer for its keys for as long as they are needed."""
    # No proxy and no certificates from the environment's say-so, and no redirects.
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
        yield FetchedKeys(issuer, client)
