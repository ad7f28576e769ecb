"""Bearer tokens: signed by the issuer we know, meant for us, in date, and naming somebody with a role."""

import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.access.roles import Role
from shared.errors import NotAuthenticated

ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "RS256", "PS256"]
LEEWAY_SECONDS = 30
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks: an id that stays the same for ever, and the roles they hold now."""

    id: str
    roles: tuple[Role, ...]


class Tokens:
    """Verifies tokens of one issuer for one audience; what was verified counts until it expires."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        """Trust these keys for this issuer and audience."""
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._verified: dict[str, tuple[float, Person]] = {}

    def person(self, token: str) -> Person:
        """Return whom a token names; refuse one that is forged, stale or not for us."""
        known = self._verified.get(token)
        if known is not None and time.time() < known[0]:
            return known[1]
        try:
            claims = jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except (JoseError, ValueError):
            raise NotAuthenticated from None
        person = _person(claims)
        if len(self._verified) >= REMEMBERED:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), person)
        return person


def _person(claims: dict[str, Any]) -> Person:
    """Return the person of verified claims; roles this service does not know count for nothing."""
    given = claims.get("roles", [])
    if not isinstance(given, list):
        raise NotAuthenticated
    known = {role.value for role in Role}
    return Person(str(claims["sub"]), tuple(Role(role) for role in given if role in known))
