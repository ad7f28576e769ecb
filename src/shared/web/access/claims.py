"""What a token must say before it names anybody: from whom, for whom, in date, and meant for access."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from shared.kernel.errors import NotAuthenticated
from shared.kernel.roles import Role

Claims = Mapping[str, JsonValue]

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
LEEWAY_SECONDS = 30  # after a token's end
EARLY_SECONDS = 300  # before its beginning: "a few minutes" (RFC 7519, 4.1.5); no token lasts longer by it
NAME_LIMIT = 200
SUBJECT_LIMIT = 255  # OpenID Connect Core, section 2

# An ID token tells a program who has signed in; it gives access to nothing (OpenID Connect Core, 2 and
# 3.3.2.11). A logout token (Back-Channel Logout, 2.4) even less. `cnf` binds a token to a key of its
# holder (RFC 7800), which is never shown to us here.
MARKS_OF_OTHER_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events", "cnf"})
ISSUERS_OWN_WORD_FOR_ACCESS = {"typ": "Bearer", "token_use": "access"}  # Keycloak, Cognito


class Scope(StrEnum):
    """What a person lets the program that they use do in their name."""

    READ = "rfp.read"
    DECIDE = "rfp.decide"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens count: one issuer's, for one audience, of one tenant where it has several."""

    issuer: str
    audience: str
    tenant: str = ""
    algorithms: tuple[str, ...] = ALGORITHMS


@dataclass(frozen=True, slots=True)
class Identity:
    """An account at the issuer, as its token describes it; `subject` stays the same for ever."""

    issuer: str
    subject: str
    roles: tuple[Role, ...]
    scopes: frozenset[Scope]
    program: bool = False
    areas: frozenset[str] | None = None
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


def identity_of(claims: Claims, trust: Trust, now: float) -> Identity:
    """Return whom verified claims name; refuse what is stale, for somebody else, or no access token."""
    _must_be_for_us(claims, trust)
    _must_be_in_date(claims, now)
    _must_give_access(claims)
    subject = _subject(claims, trust)
    scopes = _scopes(claims)
    program = not scopes
    if program and not _names_a_program(claims):
        raise NotAuthenticated
    return Identity(
        issuer=trust.issuer,
        subject=subject,
        roles=_roles(claims, program=program),
        scopes=frozenset(Scope) if program else scopes,
        program=program,
        areas=_areas(claims),
        name=_said(claims, "name"),
        email=_said(claims, "email") or _said(claims, "preferred_username"),
    )


def expires_at(claims: Claims) -> float:
    """Return until when claims count, leeway included."""
    return _instant(claims, "exp") + LEEWAY_SECONDS


def _must_be_for_us(claims: Claims, trust: Trust) -> None:
    if claims.get("iss") != trust.issuer:
        raise NotAuthenticated
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if trust.audience not in named:
        raise NotAuthenticated
    if trust.tenant and claims.get("tid") != trust.tenant:
        raise NotAuthenticated


def _must_be_in_date(claims: Claims, now: float) -> None:
    if expires_at(claims) <= now:
        raise NotAuthenticated
    for name in ("nbf", "iat"):
        if name in claims and _instant(claims, name) > now + EARLY_SECONDS:
            raise NotAuthenticated


def _must_give_access(claims: Claims) -> None:
    if not MARKS_OF_OTHER_TOKENS.isdisjoint(claims):
        raise NotAuthenticated
    for name, word in ISSUERS_OWN_WORD_FOR_ACCESS.items():
        if claims.get(name, word) != word:
            raise NotAuthenticated


def _instant(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAuthenticated
    try:
        instant = float(value)
    except OverflowError:
        raise NotAuthenticated from None
    if not math.isfinite(instant):
        raise NotAuthenticated
    return instant


def _scopes(claims: Claims) -> frozenset[Scope]:
    """Return our scopes that a token carries: `scp` at Entra ID, `scope` by RFC 9068."""
    given = claims.get("scp", claims.get("scope", ""))
    words = given.split() if isinstance(given, str) else given
    if not isinstance(words, list):
        raise NotAuthenticated
    return frozenset(scope for scope in Scope if scope in words)


def _names_a_program(claims: Claims) -> bool:
    """Say whether a token without scopes is a program's own, by the issuer's express word.

    Entra ID says `idtyp`; by RFC 9068 the subject is then the client itself.
    """
    if "scp" in claims or "scope" in claims:
        return False
    return claims.get("idtyp") == "app" or bool(claims["sub"] == claims.get("client_id"))


def _subject(claims: Claims, trust: Trust) -> str:
    """Return the account: tenant and object where there are tenants, else the issuer's subject."""
    _text(claims, "sub")
    return f"{trust.tenant}/{_text(claims, 'oid')}" if trust.tenant else _text(claims, "sub")


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= SUBJECT_LIMIT or not value.isprintable():
        raise NotAuthenticated
    return value


def _said(claims: Claims, name: str) -> str:
    value = claims.get(name, "")
    return value[:NAME_LIMIT] if isinstance(value, str) and value.isprintable() else ""


def _roles(claims: Claims, *, program: bool) -> tuple[Role, ...]:
    """Return the roles known here; a program is a service account and nothing else, a person never one."""
    given = claims.get("roles", [])
    if not isinstance(given, list):
        raise NotAuthenticated
    known = tuple(role for role in Role if role.value in given)
    return tuple(role for role in known if (role is Role.SERVICE_ACCOUNT) is program)


def _areas(claims: Claims) -> frozenset[str] | None:
    """Return the service areas somebody is limited to; None if the provider names none."""
    given = claims.get("service_areas")
    if given is None:
        return None
    if not isinstance(given, list) or not all(map(_names_an_area, given)):
        raise NotAuthenticated
    return frozenset(map(str, given))


def _names_an_area(value: JsonValue) -> bool:
    """Say whether a claim is a name that the database can be asked for: no NUL, no half of a pair."""
    return isinstance(value, str) and len(value) <= NAME_LIMIT and value.isprintable()
