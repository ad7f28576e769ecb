"""The public keys that tokens are verified by, from a JWKS that is at hand."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import JsonValue

Key = RSAKey | ECKey | OKPKey
KINDS: Mapping[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
KEPT = frozenset({"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"})  # all that verifying needs

KEYS_LIMIT = 100
RSA_CHARACTERS_LEAST = 2_048 // 6  # of a modulus in base64


class NotTheIssuer(Exception):
    """What was found at the issuer's address is not the issuer's, or not safe to use."""


class TokenKeys(Protocol):
    """Where the public key of a token is looked up by its id."""

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id; nothing if the issuer has none."""

    async def fault(self) -> str:
        """Return why keys can't be fetched; blank if they can."""


class KeptKeys:
    """The keys of a JWKS that is at hand."""

    def __init__(self, document: Mapping[str, JsonValue]) -> None:
        """Trust these, and no other."""
        self._keys = signing_keys(document)

    async def key(self, kid: str) -> Key | None:
        """Return the key of that id."""
        return self._keys.get(kid)

    async def fault(self) -> str:
        """Miss nothing."""
        return ""


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
        return kind.import_key({name: str(value) for name, value in published.items() if name in KEPT})
    except (JoseError, ValueError):
        return None
