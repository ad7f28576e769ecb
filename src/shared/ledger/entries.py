"""An entry of the log: the event in its place, as bytes, and how it is read back from them."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
PLACE_BYTES = 8 + 16 + 8 + 8
ENTRY_BYTES_LIMIT = 65_535


@dataclass(frozen=True, slots=True)
class Entry:
    """What a leaf's hash covers; see the decision record on leaf bytes."""

    position: int
    stream_id: UUID
    version: int
    recorded_at: datetime
    topic: str
    state: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Entry":
        """Read an entry; raise `ValueError` where it is none."""
        place, (topic, divider, state) = raw[:PLACE_BYTES], raw[PLACE_BYTES:].partition(b"\x00")
        if len(place) < PLACE_BYTES or not divider or len(raw) > ENTRY_BYTES_LIMIT:
            raise ValueError("This is no entry of the log.")
        at = EPOCH + timedelta(microseconds=int.from_bytes(place[32:40], "big", signed=True))
        return cls(
            int.from_bytes(place[:8], "big"),
            UUID(bytes=place[8:24]),
            int.from_bytes(place[24:32], "big"),
            at,
            topic.decode(),
            state,
        )

    def raw(self) -> bytes:
        """Return its bytes."""
        at = (self.recorded_at - EPOCH) // timedelta(microseconds=1)
        return (
            self.position.to_bytes(8, "big")
            + self.stream_id.bytes
            + self.version.to_bytes(8, "big")
            + at.to_bytes(8, "big", signed=True)
            + self.topic.encode()
            + b"\x00"
            + self.state
        )

    @property
    def leaf(self) -> bytes:
        """Return its hash as a leaf."""
        return hashlib.sha256(b"\x00" + self.raw()).digest()

    @property
    def envelope(self) -> dict[str, Any]:
        """Return what is stored, as JSON says it."""
        envelope: dict[str, Any] = orjson.loads(self.state)
        return envelope

    def item(self) -> dict[str, Any]:
        """Return what the disclosure filter looks at: whose it is, who said it, and what."""
        try:
            envelope, topic = self.envelope, self.topic
            by, said = envelope["by"], envelope["data"]
        except (ValueError, LookupError, TypeError):
            topic, by, said = "", "", {}  # nobody can say what is in it
        return {
            "position": self.position,
            "stream_id": self.stream_id,
            "version": self.version,
            "topic": topic,
            "by": by,
            "said": said,
        }

    @classmethod
    def of_row(cls, row: asyncpg.Record) -> "Entry":
        """Return a row of the record as an entry."""
        return cls(
            row["notification_id"],
            UUID(bytes=row["originator_id"].bytes),
            row["originator_version"],
            row["recorded_at"],
            row["topic"],
            row["state"],
        )
