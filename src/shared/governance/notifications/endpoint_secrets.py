"""Secrets of endpoints, kept encrypted: what webhooks are signed with, and addresses that are secrets.

Each is under AES-256-GCM with a key that is derived from the service's own secret, and bound to its id.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

import asyncpg
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.record.eventstore.wrapping import UnderAnotherSecret, Wrapping

KEY_BYTES = 32
SECRET_BYTES = 32
PREFIX = "whsec_"

KEEP = "INSERT INTO endpoint_secrets (id, wrapped) VALUES ($1, $2)"
FIND = "SELECT id, wrapped FROM endpoint_secrets WHERE id = ANY ($1)"
DESTROY = "DELETE FROM endpoint_secrets WHERE id = ANY ($1)"


def new_signing_secret() -> str:
    """Return a new secret as Standard Webhooks writes it: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def endpoint_wrapping(secrets_known: Iterable[bytes]) -> Wrapping:
    """Return what wraps endpoints' secrets, by the service's own: the first wraps, each opens."""
    return Wrapping(
        [
            HKDF(SHA256(), KEY_BYTES, salt=None, info=b"endpoint secrets").derive(secret)
            for secret in secrets_known
        ]
    )


class EndpointSecrets:
    """Keeps secrets, and opens them for the sender."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes, *others: bytes) -> None:
        """Keep them in this database, under a key made of the service's secret; others open them as well."""
        self._pool = pool
        self._wrapping = endpoint_wrapping((secret, *others))

    async def keep(self, text: str) -> UUID:
        """Keep a secret, and return the id that it is found by."""
        secret_id = uuid4()
        wrapped = self._wrapping.wrapped(secret_id.bytes, text.encode())
        await self._pool.execute(KEEP, secret_id, wrapped)
        return secret_id

    async def opened(self, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """Return those secrets that are there and whole."""
        rows = await self._pool.fetch(FIND, list(ids))
        found = {UUID(str(row["id"])): self._opened(row["id"], row["wrapped"]) for row in rows}
        return {secret_id: text for secret_id, text in found.items() if text is not None}

    async def destroy(self, ids: Iterable[UUID]) -> None:
        """Destroy secrets for good."""
        await self._pool.execute(DESTROY, list(ids))

    def _opened(self, secret_id: UUID, wrapped: bytes) -> str | None:
        try:
            return self._wrapping.unwrapped(secret_id.bytes, wrapped).decode()
        except UnderAnotherSecret:  # kept under another service's secret, or moved under another id
            return None
