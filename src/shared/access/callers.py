"""From the account that a token names to the person who decides."""

from typing import Protocol

from shared.access.claims import Identity, Scope
from shared.access.tokens import Person, Tokens


class Directory(Protocol):
    """Knows whose account is whose."""

    async def person_id(self, identity: Identity) -> str:
        """Return the person behind an account."""


class Callers:
    """Tells who stands behind a bearer token."""

    def __init__(self, tokens: Tokens, directory: Directory) -> None:
        """Ask these for the account that a token names, and for whose it is."""
        self._tokens = tokens
        self._directory = directory

    async def person(self, token: str) -> Person:
        """Return the person; refuse a token that does not count."""
        identity = await self._tokens.identity(token)
        person = await self._directory.person_id(identity)
        reads_only = Scope.DECIDE not in identity.scopes
        return Person(person, identity.roles, reads_only, identity.areas)
