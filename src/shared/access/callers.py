"""From the account that a token names to the person who decides."""

from shared.access.claims import Scope
from shared.access.tokens import Person, Tokens


class Callers:
    """Tells who stands behind a bearer token."""

    def __init__(self, tokens: Tokens) -> None:
        """Ask these for whom a token names."""
        self._tokens = tokens

    async def person(self, token: str) -> Person:
        """Return the person; refuse a token that does not count."""
        identity = await self._tokens.identity(token)
        reads_only = Scope.DECIDE not in identity.scopes
        return Person(
            identity.subject.rpartition("/")[2], identity.roles, reads_only, identity.areas
        )
