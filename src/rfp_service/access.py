"""Whose tokens count, by the configuration: the council's issuer, or the demonstration's own."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from shared.settings import NotConfigured, Profile, Settings
from shared.web.access.claims import ALGORITHMS, Identity, Trust
from shared.web.access.issuer import demonstration_tokens, kept_secret
from shared.web.access.token_keys import KeptKeys, NotTheIssuer, must_be_private
from shared.web.access.tokens import Tokens

SECRET_BYTES = 32


@asynccontextmanager
async def trusted_tokens(settings: Settings) -> AsyncIterator[Tokens]:
    """Trust the council's issuer; in the demonstration profile, the issuer in the data folder."""
    if settings.profile is Profile.DEMONSTRATION:
        yield demonstration_tokens(settings.data_dir)
        return
    trust = _trust(settings)
    if settings.token_keys is not None:
        yield Tokens(_kept_keys(settings.token_keys), trust)
        return
    _must_be_an_address(trust.issuer)
    from shared.web.access.fetched_keys import fetched_keys  # only this one asks anybody, and needs HTTP

    async with fetched_keys(trust.issuer) as keys:
        yield Tokens(keys, trust)


def _kept_keys(path: Path) -> KeptKeys:
    try:
        return KeptKeys(json.loads(path.read_text()))
    except (ValueError, AttributeError, NotTheIssuer):
        raise NotConfigured(f'{path}, which TOKEN_KEYS names, is no JWKS: {{"keys": […]}}.') from None


def _trust(settings: Settings) -> Trust:
    assert settings.token_issuer is not None, "checked settings name it"
    algorithms = tuple(settings.token_algorithms.split()) or ALGORITHMS
    if unknown := set(algorithms) - set(ALGORITHMS):
        raise NotConfigured(f"TOKEN_ALGORITHMS may name {', '.join(ALGORITHMS)}; not {unknown}.")
    return Trust(settings.token_issuer, settings.token_audience, settings.token_tenant, algorithms)


def _must_be_an_address(issuer: str) -> None:
    try:
        must_be_private(issuer)
    except NotTheIssuer:
        raise NotConfigured(
            "TOKEN_ISSUER is an https address; give TOKEN_KEYS where keys can't be fetched from it."
        ) from None


def new_person_id(settings: Settings) -> Callable[[Identity], str]:
    """Name people at random; in the demonstration, by what its tokens call them."""
    if settings.profile is Profile.DEMONSTRATION:
        return lambda identity: identity.subject
    return lambda _: str(uuid4())


def personal_secrets(settings: Settings) -> tuple[bytes, ...]:
    """Return the secrets that personal keys are kept under: the first wraps, each opens.

    The demonstration makes its own.
    """
    if settings.personal_secret is None:
        return (kept_secret(settings.data_dir / "personal.key"),)
    found = tuple(map(_secret, settings.personal_secret.get_secret_value().split()))
    if not found or any(len(secret) != SECRET_BYTES for secret in found):
        raise NotConfigured("PERSONAL_SECRET is 32 random bytes in base64: openssl rand -base64 32")
    return found


def _secret(said: str) -> bytes:
    try:
        return base64.b64decode(said, validate=True)
    except ValueError:
        return b""
