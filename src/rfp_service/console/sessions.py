"""Who has signed in: kept here, opened only by what their browser alone holds.

A session's row is found by the hash of its secret, and what it holds is sealed under a key made of that
secret: whoever reads the database can act as nobody.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rfp_service.permissions import PERMISSIONS
from shared.record.database import Pool

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=10)
SECRET_BYTES = 32
NONCE_BYTES = 12
SECRET_CHARACTERS = 43  # as it is written in a cookie

BEGIN = "INSERT INTO console_sessions (id, person, sealed) VALUES ($1, $2, $3)"
CLEAR = "DELETE FROM console_sessions WHERE begun_at < now() - $1::interval OR seen_at < now() - $2::interval"
FIND = """
SELECT sealed, position, seen_at < now() - interval '1 minute' AS stale FROM console_sessions
WHERE id = $1 AND begun_at >= now() - $2::interval AND seen_at >= now() - $3::interval
"""
SEEN = "UPDATE console_sessions SET seen_at = now() WHERE id = $1"
DECIDED = "UPDATE console_sessions SET position = greatest(position, $2), seen_at = now() WHERE id = $1"
END = "DELETE FROM console_sessions WHERE id = $1"
END_ALL = "DELETE FROM console_sessions WHERE person = $1"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has signed in, and how far they have changed the record themselves."""

    person: str
    name: str
    roles: tuple[str, ...]
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    position: int = 0
    signed_in_at: int = 0  # when they last said who they are, in seconds

    @property
    def reads_record(self) -> bool:
        """Say whether the record's pages are for them."""
        return self.may("read-audit")

    def may(self, name: str) -> bool:
        """Say whether one of their roles is allowed to read or decide this."""
        return any(role in self.roles for role in PERMISSIONS.table[name])

    @property
    def form_token(self) -> str:
        """Return what every form of this session carries, and no other page can know."""
        return hmac.new(self.secret.encode(), b"form", hashlib.sha256).hexdigest()


async def begin(pool: Pool, who: SignedIn) -> str:
    """Begin a session; return the secret that opens it."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    kept = orjson.dumps(
        {
            "person": who.person,
            "name": who.name,
            "roles": who.roles,
            "token": who.token,
            "at": who.signed_in_at,
        }
    )
    nonce = secrets.token_bytes(NONCE_BYTES)
    await pool.execute(CLEAR, ABSOLUTE_LIMIT, IDLE_LIMIT)
    await pool.execute(BEGIN, session_id(secret), who.person, nonce + seal(secret).encrypt(nonce, kept, None))
    return secret


async def found(pool: Pool, secret: str) -> SignedIn | None:
    """Return who holds a secret, unless they were idle or signed in for too long."""
    if len(secret) != SECRET_CHARACTERS:
        return None
    row = await pool.fetchrow(FIND, session_id(secret), ABSOLUTE_LIMIT, IDLE_LIMIT)
    if row is None:
        return None
    sealed = bytes(row["sealed"])
    try:
        kept = orjson.loads(seal(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None))
    except InvalidTag:
        return None
    if row["stale"]:
        await pool.execute(SEEN, session_id(secret))
    return SignedIn(
        kept["person"],
        kept["name"],
        tuple(kept["roles"]),
        kept["token"],
        secret,
        row["position"],
        kept.get("at", 0),
    )


async def has_decided(pool: Pool, who: SignedIn, position: int) -> None:
    """Keep how far somebody has changed the record: their next pages wait for it."""
    await pool.execute(DECIDED, session_id(who.secret), position)


async def end(pool: Pool, who: SignedIn) -> None:
    """End a session for good."""
    await pool.execute(END, session_id(who.secret))


async def end_all(pool: Pool, who: SignedIn) -> None:
    """End every session of somebody, wherever they have signed in."""
    await pool.execute(END_ALL, who.person)


def session_id(secret: str) -> bytes:
    """Return by what a session is found, which opens nothing."""
    return hashlib.sha256(b"id:" + secret.encode()).digest()


def seal(secret: str) -> AESGCM:
    """Return what seals, under a key made of a session's secret, what only its holder may read."""
    return AESGCM(hashlib.sha256(b"seal:" + secret.encode()).digest())
