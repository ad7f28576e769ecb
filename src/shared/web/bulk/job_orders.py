"""What a job is to do, in words that outlive the process which began it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.kernel.messages import Stamp
from shared.web.bulk.batches import Mode
from shared.web.bulk.requests import BatchRequest

PIECE_BYTES = 1 << 20


class JobOrder(BaseModel):
    """How a batch was asked for: enough to ask for it again, word for word, in the same name."""

    model_config = ConfigDict(frozen=True)

    operation: str
    said: dict[str, JsonValue]
    media_type: str
    request_hash: str
    stamp: Stamp
    mode: Mode
    dry_run: bool
    known_position: int | None
    areas: tuple[str, ...] | None
    undoes: UUID | None

    @property
    def asked(self) -> BatchRequest:
        """Return how it is to be carried out, and by whom."""
        areas = None if self.areas is None else frozenset(self.areas)
        return BatchRequest(self.stamp, self.mode, self.dry_run, self.known_position, areas)


def words_of_asked(asked: BatchRequest) -> dict[str, Any]:
    """Return how a batch is to be carried out, as it is kept."""
    return {
        "stamp": asked.stamp,
        "mode": asked.mode,
        "dry_run": asked.dry_run,
        "known_position": asked.known_position,
        "areas": None if asked.areas is None else tuple(sorted(asked.areas)),
    }


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
