"""Personal texts are encrypted here, when an event is written: AES-256-GCM, a random key a person and thing.

Keys are kept wrapped under the service's own secret, so that neither a dump of the database nor the
secret alone shows anything. Destroying a key is all that erasing takes; ciphertext and proofs stay.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Refused
from shared.messages import Event
from shared.personal import Personal

KEY_BITS = 256
NONCE_BYTES = 12
ALL_THINGS = UUID(int=0)  # the key row that says a person was erased altogether
NOBODY = ""  # the one that says a thing was

MADE = (
    "INSERT INTO personal_keys (id, person, stream_id, wrapped) SELECT $1, $2, $3, $4"
    " WHERE NOT EXISTS (SELECT 1 FROM personal_keys"
    " WHERE (person = $2 AND stream_id = $5) OR (person = '' AND stream_id = $3))"
    " ON CONFLICT (person, stream_id) DO NOTHING"
)
FOUND = "SELECT id, wrapped FROM personal_keys WHERE person = $1 AND stream_id = $2"
WRAPPED = "SELECT id, wrapped FROM personal_keys WHERE id = ANY ($1) AND wrapped IS NOT NULL"
DESTROYED = (
    "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now()"
    " WHERE (person = ANY ($1) OR stream_id = ANY ($2)) AND wrapped IS NOT NULL"
)
NO_MORE = (
    "INSERT INTO personal_keys (id, person, stream_id, destroyed_at)"
    " SELECT gen_random_uuid(), person, stream_id, now()"
    " FROM unnest($1::text[], $2::uuid[]) AS gone (person, stream_id)"
    " ON CONFLICT (person, stream_id) DO NOTHING"
)


class WasErased(Refused):
    """Nothing personal is kept any more of somebody, or on something, that was erased."""


class PersonalTexts:
    """Seals what is personal, opens it again, and forgets how."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes) -> None:
        """Keep keys in this database, wrapped under this secret of 32 bytes."""
        self._pool = pool
        self._wrap = AESGCM(secret)

    async def sealed(self, stream_id: UUID, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        """Return the events with every personal text in them encrypted."""
        keys = {
            person: await self._key(person, stream_id)
            for person in sorted({p.about for event in events for p in _open_texts(event)})
        }
        return [_sealed(event, keys) for event in events] if keys else list(events)

    async def opened(self, sealed: Sequence[Mapping[str, str]]) -> list[str | None]:
        """Return the texts of stored fields; nothing where the key was destroyed."""
        wanted = [UUID(field["key"]) for field in sealed]
        rows = await self._pool.fetch(WRAPPED, wanted) if wanted else []
        keys = {UUID(str(row["id"])): self._unwrapped(row["id"], row["wrapped"]) for row in rows}
        return [
            None if (key := keys.get(name)) is None else _text(key, field)
            for name, field in zip(wanted, sealed, strict=True)
        ]

    async def destroy(self, people: Iterable[str] = (), things: Iterable[UUID] = ()) -> None:
        """Destroy the keys of people, and of whatever is said on some things; again does no harm."""
        erased, disposed = list(people), list(things)
        names = [*erased, *[NOBODY] * len(disposed)]
        streams = [*[ALL_THINGS] * len(erased), *disposed]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(NO_MORE, names, streams)
            await connection.execute(DESTROYED, erased, disposed)

    async def _key(self, person: str, stream_id: UUID) -> tuple[UUID, bytes]:
        """Return the key of a person's texts on one thing; make it where it is the first."""
        made = uuid4()
        wrapped = self._wrapped(made, secrets.token_bytes(KEY_BITS // 8))
        await self._pool.execute(MADE, made, person, stream_id, wrapped, ALL_THINGS)
        row = await self._pool.fetchrow(FOUND, person, stream_id)
        if row is None or row["wrapped"] is None:
            raise WasErased(person=person)
        name = UUID(str(row["id"]))
        return name, self._unwrapped(name, row["wrapped"])

    def _wrapped(self, name: UUID, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, key, str(name).encode())

    def _unwrapped(self, name: object, wrapped: bytes) -> bytes:
        return self._wrap.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], str(name).encode())


def _open_texts(value: object) -> list[Personal]:
    """Return the personal texts of an event that are still in the clear, at any depth."""
    if isinstance(value, Personal):
        return [] if value.sealed else [value]
    if isinstance(value, Event):
        return [p for name in type(value).model_fields for p in _open_texts(getattr(value, name))]
    if isinstance(value, tuple | list):
        return [p for inner in value for p in _open_texts(inner)]
    return []


def _sealed(event: Event[Any], keys: Mapping[str, tuple[UUID, bytes]]) -> Event[Any]:
    fields = {name: getattr(event, name) for name in type(event).model_fields}
    changed = {name: _each(value, keys) for name, value in fields.items() if _open_texts(value)}
    return event.model_copy(update=changed)


def _each(value: object, keys: Mapping[str, tuple[UUID, bytes]]) -> object:
    if isinstance(value, Personal) and not value.sealed:
        name, key = keys[value.about]
        nonce = secrets.token_bytes(NONCE_BYTES)
        hidden = nonce + AESGCM(key).encrypt(nonce, value.text.encode(), value.about.encode())
        text = base64.b64encode(hidden).decode()
        return Personal(about=value.about, key=str(name), sealed=text)
    if isinstance(value, tuple | list):
        return type(value)(_each(inner, keys) for inner in value)
    return value


def _text(key: bytes, field: Mapping[str, str]) -> str | None:
    hidden = base64.b64decode(field["sealed"])
    try:
        said = AESGCM(key).decrypt(
            hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], field["about"].encode()
        )
    except InvalidTag:  # moved under another name
        return None
    return said.decode()
