"""A file that is handed in over several pages: it waits with its session, and ends with it."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

import orjson

from rfp_service.console.api_calls import SentFile
from rfp_service.console.sessions import NONCE_BYTES, SignedIn, seal, session_id
from shared.record.database import Pool

KEPT_FOR = timedelta(hours=2)
FILES_LIMIT = 3  # for one session: whoever begins again has done with what they began before

KEEP = "INSERT INTO console_files (id, session, sealed) VALUES ($1, $2, $3)"
FIND = "SELECT sealed FROM console_files WHERE id = $1 AND session = $2 AND kept_at >= now() - $3::interval"
CLEAR = """
DELETE FROM console_files WHERE kept_at < now() - $1::interval OR id IN (
    SELECT id FROM console_files WHERE session = $2 ORDER BY kept_at DESC OFFSET $3
)
"""


async def keep(pool: Pool, who: SignedIn, file: SentFile) -> UUID:
    """Keep a file; return by what it is found."""
    kept_as, nonce = uuid4(), secrets.token_bytes(NONCE_BYTES)
    head = orjson.dumps([file.name, file.media_type])
    content = len(head).to_bytes(4) + head + file.content
    session = session_id(who.secret)
    await pool.execute(CLEAR, KEPT_FOR, session, FILES_LIMIT - 1)
    await pool.execute(KEEP, kept_as, session, nonce + seal(who.secret).encrypt(nonce, content, None))
    return kept_as


async def kept(pool: Pool, who: SignedIn, kept_as: UUID) -> SentFile | None:
    """Return a file that this session keeps; none if it was kept for too long."""
    sealed = await pool.fetchval(FIND, kept_as, session_id(who.secret), KEPT_FOR)
    if sealed is None:
        return None
    content = seal(who.secret).decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), None)
    end = 4 + int.from_bytes(content[:4])
    name, media_type = orjson.loads(content[4:end])
    return SentFile(name, content[end:], media_type)
