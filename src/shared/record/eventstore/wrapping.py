"""Keys under keys: what is kept in the database opens only with a secret that is not there.

Where several secrets are known, the first wraps and each opens, so that one can be changed for another
while the service answers.
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.kernel.errors import NotReady

NONCE_BYTES = 12


class UnderAnotherSecret(NotReady):
    """This is kept under a PERSONAL_SECRET that this process was not given: it must be restarted with it."""


class Wrapping:
    """Wraps under the first of some secrets of 32 bytes, and opens what is under any: AES-256-GCM."""

    def __init__(self, known: Sequence[bytes]) -> None:
        """Know these."""
        self._ciphers = [AESGCM(secret) for secret in known]

    def wrapped(self, name: bytes, key: bytes) -> bytes:
        """Return a key, wrapped, and bound to its name."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, key, name)

    def unwrapped(self, name: bytes, wrapped: bytes) -> bytes:
        """Return the key; refuse where none of the secrets opens it under that name."""
        return self._opened(name, wrapped)[1]

    def anew(self, name: bytes, wrapped: bytes) -> bytes | None:
        """Return a key wrapped under the first secret; nothing if it is under that already."""
        place, key = self._opened(name, wrapped)
        return self.wrapped(name, key) if place else None

    def _opened(self, name: bytes, wrapped: bytes) -> tuple[int, bytes]:
        """Return which of the secrets opens a key, and the key."""
        for place, cipher in enumerate(self._ciphers):
            try:
                return place, cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name)
            except InvalidTag:
                continue
        raise UnderAnotherSecret
