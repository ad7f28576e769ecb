"""Bearer tokens: signed by the issuer we know, meant for us, in date, and naming somebody with a role."""

import base64
import binascii
import json
import time

from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import JsonValue

from shared.kernel.errors import NotAuthenticated
from shared.web.access.claims import Claims, Identity, Trust, expires_at, identity_of
from shared.web.access.token_keys import Key, TokenKeys

REMEMBERED = 10_000
TOKEN_CHARACTERS_LIMIT = 16_000
KID_LIMIT = 255
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

# All that a signature by a known key needs. Whatever else stands in a header (`jku`, `jwk`, `x5u`, `x5c`
# that bring their own key, `crit` and `b64` that change how to read it, `zip`, `enc`) is no business of
# an access token, so it is refused rather than ignored. `x5t` is a fingerprint, and harmless.
HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})


class Tokens:
    """Verifies tokens of one issuer for one audience; what was verified counts until it expires."""

    def __init__(self, keys: TokenKeys, trust: Trust) -> None:
        """Trust this issuer, by these keys."""
        self._keys = keys
        self._trust = trust
        self._verified: dict[str, tuple[float, Identity]] = {}

    async def identity(self, token: str) -> Identity:
        """Return whom a token names; refuse one that is forged, stale or not for us."""
        known = self._verified.get(token)
        if known is not None and time.time() < known[0]:
            return known[1]
        claims = await self._verified_claims(token)
        identity = identity_of(claims, self._trust, time.time())
        if len(self._verified) >= REMEMBERED:
            self._verified.clear()
        self._verified[token] = (expires_at(claims), identity)
        return identity

    async def fault(self) -> str:
        """Return why nobody's token can be verified just now; blank if nothing is known against it."""
        return await self._keys.fault()

    async def _verified_claims(self, token: str) -> Claims:
        algorithm, kid = self._named_in(token)
        key = await self._keys.key(kid)
        if key is None or key.get("alg", algorithm) != algorithm:
            raise NotAuthenticated
        claims = _signed_claims(token, key, algorithm)
        _members(token.split(".")[1])
        return claims

    def _named_in(self, token: str) -> tuple[str, str]:
        """Return the algorithm and the key that a token's header names, once nothing is wrong with it."""
        if len(token) > TOKEN_CHARACTERS_LIMIT or token.count(".") != 2:
            raise NotAuthenticated
        header = _members(token.partition(".")[0])
        kid, kind, algorithm = header.get("kid"), header.get("typ"), header.get("alg")
        if not HEADER_MEMBERS.issuperset(header) or algorithm not in self._trust.algorithms:
            raise NotAuthenticated
        if not isinstance(kid, str) or not isinstance(kind, str) or not 0 < len(kid) <= KID_LIMIT:
            raise NotAuthenticated
        if kind.lower() not in TYPES:
            raise NotAuthenticated
        return str(algorithm), kid


def _signed_claims(token: str, key: Key, algorithm: str) -> Claims:
    try:
        return jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise NotAuthenticated from None


def _members(part: str) -> dict[str, JsonValue]:
    """Return what a header or the claims say, each thing once."""
    try:
        content = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        members = json.loads(content, object_pairs_hook=_each_once)
    except (ValueError, binascii.Error, RecursionError):
        raise NotAuthenticated from None
    if not isinstance(members, dict):
        raise NotAuthenticated
    return members


def _each_once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Return an object; two members of one name are two readings of one token."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a member stands twice")
    return made
