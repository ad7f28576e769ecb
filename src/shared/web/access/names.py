"""The people directory: names and addresses by id, each sealed under its person's own key.

They stand in no event, and in no row in the clear: of somebody who was erased a disk, a log of writes or a
backup keeps a ciphertext, and no key to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import orjson

from shared.record.eventstore.personal_texts import PersonalTexts

DIRECTORY_NAMES = UUID(int=1)  # what the key of a person's name and address is kept for
AT_HAND = 20_000
AT_A_TIME = 1_000

DETAILS = "SELECT id, sealed, name, email FROM people WHERE id = ANY ($1) AND erased_at IS NULL"
OPEN = "SELECT id, sealed, name, email FROM people WHERE (name <> '' OR email <> '') AND erased_at IS NULL"
KNOWN = "SELECT id FROM people WHERE id = ANY ($1)"
REMEMBERED = """
INSERT INTO people (id, source, sealed) SELECT id, $3, sealed::jsonb
FROM unnest($1::text[], $2::text[]) AS p (id, sealed) ON CONFLICT (id) DO NOTHING
"""
WRITTEN = """
UPDATE people SET sealed = p.sealed::jsonb, name = '', email = ''
FROM unnest($1::text[], $2::text[]) AS p (id, sealed) WHERE people.id = p.id AND erased_at IS NULL
"""


class PersonDetails(NamedTuple):
    """What somebody is called, and their address; blank if it is not known."""

    name: str = ""
    email: str = ""


class PeopleNames:
    """Keeps what people are called, and tells it."""

    def __init__(self, pool: asyncpg.Pool, texts: PersonalTexts) -> None:
        """Keep them in this database, sealed as personal texts are."""
        self._pool = pool
        self._texts = texts
        self._opened: dict[str, PersonDetails] = {}

    async def remember(self, people: Sequence[tuple[str, str]], source: str) -> None:
        """Write down who stands behind some ids, unless it is known already."""
        ids = [person for person, _ in people]
        known = {row["id"] for row in await self._pool.fetch(KNOWN, ids)} if ids else set()
        new = {person: PersonDetails(name) for person, name in people if person not in known}
        if new:
            await self._pool.execute(REMEMBERED, list(new), await self._sealed(new), source)

    async def write(self, people: Mapping[str, PersonDetails]) -> None:
        """Write down what people in the directory are called now; of who was erased, nothing is."""
        if people:
            await self._pool.execute(WRITTEN, list(people), await self._sealed(people))

    async def of(self, people: Iterable[str]) -> dict[str, PersonDetails]:
        """Return what is known of those in the directory who were not erased."""
        rows = await self._pool.fetch(DETAILS, sorted(people))
        return dict(zip([row["id"] for row in rows], await self.opened(rows), strict=True))

    async def opened(self, rows: Sequence[asyncpg.Record]) -> list[PersonDetails]:
        """Return what rows of the directory hold; what an earlier release wrote in the clear goes first."""
        await self._open({row["sealed"] for row in rows if row["sealed"]} - self._opened.keys())
        nothing = PersonDetails()
        found = [self._opened.get(row["sealed"] or "", nothing) for row in rows]
        return [
            PersonDetails(row["name"] or known.name, row["email"] or known.email)
            for row, known in zip(rows, found, strict=True)
        ]

    async def encrypt_plain_names(self) -> None:
        """Encrypt what an earlier release wrote in the clear."""
        rows = await self._pool.fetch(OPEN)
        for first in range(0, len(rows), AT_A_TIME):
            some = rows[first : first + AT_A_TIME]
            await self.write(dict(zip([row["id"] for row in some], await self.opened(some), strict=True)))

    async def _sealed(self, people: Mapping[str, PersonDetails]) -> list[str]:
        texts = {person: orjson.dumps([*details]).decode() for person, details in people.items()}
        sealed = await self._texts.sealed_about(DIRECTORY_NAMES, texts)
        return [orjson.dumps(sealed[person]).decode() for person in people]

    async def _open(self, wanted: Iterable[str]) -> None:
        """Open what has not been opened yet; what can't be opened any more stays closed."""
        sealed = sorted(wanted)
        if len(self._opened) + len(sealed) > AT_HAND:
            self._opened.clear()
        for first in range(0, len(sealed), AT_A_TIME):
            some = sealed[first : first + AT_A_TIME]
            texts = await self._texts.opened([orjson.loads(each) for each in some])
            for each, text in zip(some, texts, strict=True):
                if text is not None:
                    self._opened[each] = PersonDetails(*orjson.loads(text))
