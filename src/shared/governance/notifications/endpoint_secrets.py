"""Secrets of endpoints, kept encrypted: what webhooks are signed with, and addresses that are secrets.

Each is under AES-256-GCM with a key that is derived from the service's own secret, and bound to its id.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
SECRET_BYTES = 32
PREFIX = "whsec_"

KEEP = "INSERT INTO endpoint_secrets (id, wrapped) VALUES ($1, $2)"
FIND = "SELECT id, wrapped FROM endpoint_secrets WHERE id = ANY ($1)"
DESTROY = "DELETE FROM endpoint_secrets WHERE id = ANY ($1)"


def new_signing_secret() -> str:
    """Return a new secret as Standard Webhooks writes it: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class EndpointSecrets:
    """Keeps secrets, and opens them for the sender."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes) -> None:
        """Keep them in this database, under a key made of the service's secret."""
        self._pool = pool
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"endpoint secrets").derive(secret)
        self._cipher = AESGCM(derived)

    async def keep(self, text: str) -> UUID:
        """Keep a secret, and return the id that it is found by."""
        secret_id, nonce = uuid4(), secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + self._cipher.encrypt(nonce, text.encode(), secret_id.bytes)
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
        nonce, hidden = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, hidden, secret_id.bytes).decode()
        except InvalidTag:  # kept under another service's secret, or moved under another id
            return None
