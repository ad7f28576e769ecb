"""By when a witness had seen an entry: from then on nobody could have changed it unnoticed."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from pydantic import BaseModel

from shared.ledger.log_reader import LogReader
from shared.ledger.notes import Verifier


class Countersigned(BaseModel):
    """A witness's signature of a checkpoint, and when it was made."""

    name: str
    verifier: str
    signed_at: datetime


async def countersigned(pool: asyncpg.Pool, positions: Sequence[int]) -> dict[int, list[Countersigned]]:
    """Return, of each entry, which witnesses first signed a checkpoint that covers it; earliest first."""
    seen = await LogReader(pool).first_seen(positions)
    return {position: [countersigned_by(*each) for each in found] for position, found in seen.items()}


def countersigned_by(key: str, at: datetime) -> Countersigned:
    """Return a signature by the key that the log knows its witness by."""
    return Countersigned(name=Verifier.parse(key).name, verifier=key, signed_at=at)
