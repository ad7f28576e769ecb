"""The directory at work: who stands behind an account, which ids are one person, and what is to be erased."""

import time
from collections.abc import Callable, Iterable

import asyncpg

from shared.governance.disclosure.field_redaction import ERASED as ERASED_MARK
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.record.eventstore.changes import Looked
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.web.access.claims import Identity
from shared.web.access.names import PeopleNames, PersonDetails

LINKS_SECONDS = 1.0  # how long reads go by the links they know; decisions always look
REMEMBERED = 20_000

Account = tuple[str, str]
NewId = Callable[[Identity], str]

FOUND = "SELECT person_id FROM identities WHERE issuer = $1 AND subject = $2"
CALLED = "SELECT id, sealed, name, email, erased_at IS NOT NULL AS erased FROM people WHERE id = ANY ($1)"
MET = """
WITH met AS (
    INSERT INTO people (id, source) VALUES ($3, $1) ON CONFLICT (id) DO NOTHING
)
INSERT INTO identities (issuer, subject, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
ROLES = """
UPDATE people SET roles = $2, roles_at = now()
WHERE id = $1 AND erased_at IS NULL
  AND (roles <> $2 OR roles_at IS NULL OR roles_at < now() - interval '1 day')
"""
INVITED = """
INSERT INTO people (id, source) SELECT id, 'invited' FROM unnest($1::text[]) AS id
ON CONFLICT (id) DO NOTHING
"""
ERASED = """
UPDATE people SET sealed = NULL, name = '', email = '', roles = '{}', erased_at = coalesce(erased_at, now())
WHERE id = ANY ($1)
  AND (erased_at IS NULL OR sealed IS NOT NULL OR name <> '' OR email <> '' OR roles <> '{}')
"""


class People:
    """Knows people by their accounts, and accounts by their people."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore, texts: PersonalTexts, new_id: NewId) -> None:
        """Know the people of this record; `new_id` names one who comes for the first time."""
        self._pool = pool
        self._store = store
        self._texts = texts
        self.details = PeopleNames(pool, texts)
        self._new_id = new_id
        self._met: dict[Account, tuple[str, Identity]] = {}
        self._read: Looked | None = None
        self._looked_at = float("-inf")
        self.directory = Directory()

    async def person_id(self, identity: Identity) -> str:
        """Return the person behind an account, who is written down when they first come."""
        account = (identity.issuer, identity.subject)
        met = self._met.get(account)
        if met is None or met[1] is not identity:
            met = (await self._meet(identity), identity)
            if len(self._met) >= REMEMBERED:
                self._met.clear()
            self._met[account] = met
        if time.monotonic() - self._looked_at > LINKS_SECONDS:
            await self.refresh()
        return self.directory.person(met[0])

    def aliases(self, person: str) -> tuple[str, ...]:
        """Return the other ids of a person, as last looked up."""
        if not self.directory.links:
            return ()
        return tuple(each for each in self.directory.same(person) if each != person)

    def ids_of(self, person: str) -> tuple[str, ...]:
        """Return all ids of one person, that one among them, as the directory was last read."""
        return self.directory.same(person)

    async def same(self, identities: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return which ids are one person, as the record says now."""
        await self.refresh()
        return self.directory.groups(identities)

    async def names(self, identities: Iterable[str | None]) -> dict[str, str]:
        """Return what people are called today: a mark once erased, the id where no name is known."""
        whose = {each: self.directory.person(each) for each in sorted({each for each in identities if each})}
        if not whose:
            return {}
        rows = await self._pool.fetch(CALLED, sorted({*whose, *whose.values()}))
        details = await self.details.opened(rows)
        called = {
            row["id"]: ERASED_MARK if row["erased"] else known.name
            for row, known in zip(rows, details, strict=True)
        }
        return {each: called.get(person) or called.get(each) or each for each, person in whose.items()}

    async def refresh(self) -> None:
        """Read the directory again where it has changed."""
        looked = await self._store.changes.look()
        if self._read is None or not self._store.changes.unchanged(DIRECTORY_ID, self._read):
            self.directory = (await self._store.load(DIRECTORY_ID, Directory())).state
            self._read = looked
        self._looked_at = time.monotonic()

    async def carry_out_erasures(self) -> None:
        """Destroy what is left of those who were erased; after a restore, too, and again without harm."""
        await self.refresh()
        erased = sorted(self.directory.erased)
        if erased:
            await self._pool.execute(ERASED, erased)
            await self._texts.destroy(people=erased)

    async def carry_out_invitations(self) -> None:
        """Write down whoever was invited; again without harm."""
        await self.refresh()
        if self.directory.invited:
            await self._pool.execute(INVITED, sorted(self.directory.invited))

    async def _meet(self, identity: Identity) -> str:
        account = (identity.issuer, identity.subject)
        found = await self._pool.fetchval(FOUND, *account)
        if found is None:
            await self._pool.execute(MET, *account, self._new_id(identity))
            found = await self._pool.fetchval(FOUND, *account)
        known = (await self.details.of([found])).get(found, PersonDetails())
        now = PersonDetails(identity.name or known.name, identity.email or known.email)
        if now != known:
            await self.details.write({found: now})
        await self._pool.execute(ROLES, found, [] if identity.program else sorted(identity.roles))
        return str(found)
