"""From the account that a token names to the person who decides."""

from typing import Protocol

from shared.kernel.person import Person
from shared.web.access.claims import Identity, Scope
from shared.web.access.tokens import Tokens

KEY_PREFIX = "rfpkey_"


class AccountDirectory(Protocol):
    """Knows whose account is whose."""

    async def person_id(self, identity: Identity) -> str:
        """Return the person behind an account."""

    def aliases(self, person: str) -> tuple[str, ...]:
        """Return the other ids of a person."""


class ApiKeyDirectory(Protocol):
    """Knows which service account an API key opens."""

    async def person(self, key: str) -> Person:
        """Return the account, or refuse."""


class Callers:
    """Tells who stands behind a bearer token."""

    def __init__(self, tokens: Tokens, directory: AccountDirectory, keys: ApiKeyDirectory) -> None:
        """Ask these for the account that a token names, for whose it is, and for a program's keys."""
        self._tokens = tokens
        self._directory = directory
        self._keys = keys

    async def person(self, token: str) -> Person:
        """Return the person; refuse a token that does not count."""
        if token.startswith(KEY_PREFIX):
            return await self._keys.person(token)
        identity = await self._tokens.identity(token)
        person = await self._directory.person_id(identity)
        reads_only = Scope.DECIDE not in identity.scopes
        aliases = self._directory.aliases(person)
        return Person(person, identity.roles, reads_only, identity.areas, aliases)
