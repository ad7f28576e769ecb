"""Personal texts are encrypted here, when an event is written: AES-256-GCM, a random key a person and thing.

Keys are kept wrapped under the service's own secret, so that neither a dump of the database nor the
secret alone shows anything. Destroying a key is all that erasing takes; ciphertext and proofs stay.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel

from shared.kernel.messages import Event
from shared.kernel.personal import Personal, personal_texts_in
from shared.record.eventstore.wrapping import NONCE_BYTES, UnderAnotherSecret, Wrapping

KEY_BITS = 256
Keys = Mapping[str, tuple[UUID, bytes]]

ALL_THINGS = UUID(int=0)  # the key row that says a person was erased altogether

MADE = (
    "INSERT INTO personal_keys (id, person, stream_id, wrapped) SELECT n.id, n.person, $3, n.wrapped"
    " FROM unnest($1::uuid[], $2::text[], $4::bytea[]) AS n (id, person, wrapped)"
    " WHERE NOT EXISTS (SELECT 1 FROM personal_keys k"
    " WHERE (k.person = n.person AND k.stream_id = $5) OR (k.person = '' AND k.stream_id = $3))"
    " ON CONFLICT (person, stream_id) DO NOTHING"
)
FOUND = (
    "SELECT id, person, wrapped FROM personal_keys"
    " WHERE person = ANY ($1) AND stream_id = $2 AND wrapped IS NOT NULL"
)
WRAPPED = "SELECT id, wrapped FROM personal_keys WHERE id = ANY ($1) AND wrapped IS NOT NULL"
# The newest, and the one that is wrapped anew last.
SAMPLES = """
(SELECT id, wrapped FROM personal_keys WHERE wrapped IS NOT NULL ORDER BY made_at DESC LIMIT 1)
UNION ALL (SELECT id, wrapped FROM personal_keys WHERE wrapped IS NOT NULL ORDER BY id DESC LIMIT 1)
"""
DESTROYED = "SELECT destroy_personal_keys($1, $2)"


class PersonalTexts:
    """Seals what is personal, opens it again, and forgets how."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes, *others: bytes) -> None:
        """Keep keys in this database, wrapped under this secret of 32 bytes; others open them as well."""
        self._pool = pool
        self._wrapping = Wrapping((secret, *others))
        self._prints = hmac.digest(secret, b"requests", hashlib.sha256)

    def fingerprint(self, request: bytes) -> bytes:
        """Return what tells a request from others; without the secret, nobody tries texts out on it."""
        return hmac.digest(self._prints, request, hashlib.sha256)

    async def sealed(self, stream_id: UUID, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        """Return the events with every personal text in them encrypted.

        What is said of somebody who was erased, or on something that was disposed of, is destroyed at once.
        """
        people = {who for event in events for text in _open_texts(event) for who in text.people}
        keys = await self._keys(sorted(people), stream_id)
        return [sealed_under(event, keys) for event in events] if keys else list(events)

    async def sealed_about(self, stream_id: UUID, texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return what is said of each person on one thing, in its stored form; of the erased, destroyed."""
        keys = await self._keys(sorted(texts), stream_id)
        return {person: _sealed_form(person, text, keys[person]) for person, text in texts.items()}

    async def opened(self, sealed: Sequence[Mapping[str, str]]) -> list[str | None]:
        """Return the texts of stored fields; nothing if one of the keys was destroyed."""
        wanted = [[UUID(key) for key in field["key"].split()] for field in sealed]
        names = sorted({name for each in wanted for name in each})
        rows = await self._pool.fetch(WRAPPED, names) if names else []
        keys = {UUID(str(row["id"])): self._unwrapped(row["id"], row["wrapped"]) for row in rows}
        return [
            _text([keys[name] for name in each], field) if keys.keys() >= {*each} else None
            for each, field in zip(wanted, sealed, strict=True)
        ]

    async def fits(self) -> bool:
        """Say whether the keys that are kept open, as far as there are any."""
        try:
            return all(self._unwrapped(row["id"], row["wrapped"]) for row in await self._pool.fetch(SAMPLES))
        except UnderAnotherSecret:
            return False

    async def destroy(self, people: Iterable[str] = (), things: Iterable[UUID] = ()) -> None:
        """Destroy the keys of people, and of whatever is said on some things; again does no harm.

        Only of those whom the record says were erased, and of what it says was disposed of.
        """
        await self._pool.execute(DESTROYED, list(people), list(things))

    async def _keys(self, people: Sequence[str], stream_id: UUID) -> dict[str, tuple[UUID, bytes]]:
        """Return the key of each person's texts on one thing; make it where it is the first.

        Whoever was erased gets one that nobody keeps.
        """
        if not people:
            return {}
        made = [uuid4() for _ in people]
        wrapped = [self._wrapped(name, secrets.token_bytes(KEY_BITS // 8)) for name in made]
        await self._pool.execute(MADE, made, people, stream_id, wrapped, ALL_THINGS)
        keys = {person: (uuid4(), secrets.token_bytes(KEY_BITS // 8)) for person in people}
        for row in await self._pool.fetch(FOUND, people, stream_id):
            name = UUID(str(row["id"]))
            keys[row["person"]] = (name, self._unwrapped(name, row["wrapped"]))
        return keys

    def _wrapped(self, name: UUID, key: bytes) -> bytes:
        return self._wrapping.wrapped(key_name(name), key)

    def _unwrapped(self, name: object, wrapped: bytes) -> bytes:
        return self._wrapping.unwrapped(key_name(name), wrapped)


def key_name(key_id: object) -> bytes:
    """Return what a wrapped key is bound to."""
    return str(key_id).encode()


def _open_texts(value: object) -> list[Personal]:
    """Return the personal texts of an event that are still in the clear, at any depth."""
    return [found for found in personal_texts_in(value) if not (found.sealed or found.clear)]


def sealed_under(value: Any, keys: Keys) -> Any:  # the same, with its texts encrypted
    """Return an event, or a field of one, with every personal text in it encrypted."""
    if not _open_texts(value):
        return value
    match value:
        case Personal():
            return _encrypted(value, keys)
        case BaseModel():
            inner = {name: sealed_under(getattr(value, name), keys) for name in type(value).model_fields}
            return value.model_copy(update=inner)
        case dict():
            return {name: sealed_under(kept, keys) for name, kept in value.items()}
        case _:
            return type(value)(sealed_under(kept, keys) for kept in value)


def _sealed_form(person: str, text: str, key: tuple[UUID, bytes]) -> dict[str, str]:
    hidden = base64.b64encode(_hidden(text.encode(), key[1], person)).decode()
    return {"about": person, "key": str(key[0]), "sealed": hidden}


def _hidden(text: bytes, key: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, about.encode())


def _encrypted(personal: Personal, keys: Keys) -> Personal:
    """Return a text under one key around the other, so that each of them is needed."""
    hidden, names = personal.text.encode(), []
    for person in personal.people:
        name, key = keys[person]
        hidden = _hidden(hidden, key, personal.about)
        names.append(str(name))
    text = base64.b64encode(hidden).decode() if names else ""
    return Personal(about=personal.about, key=" ".join(names), sealed=text)


def _text(keys: Sequence[bytes], field: Mapping[str, str]) -> str | None:
    said = base64.b64decode(field["sealed"])
    try:
        for key in reversed(keys):
            nonce, hidden = said[:NONCE_BYTES], said[NONCE_BYTES:]
            said = AESGCM(key).decrypt(nonce, hidden, field["about"].encode())
    except InvalidTag:  # moved under another name
        return None
    return said.decode()
