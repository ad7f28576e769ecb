"""The committee's papers as they were issued: which bytes, of which reading, for which meeting, by when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from outcomes.domain.tags import Sha256
from shared.kernel.messages import Event


class IssuedDocument(BaseModel):
    """One form of a paper: its media type, the SHA-256 of its bytes, and how many there are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    media_type: str
    sha256: Sha256
    size: int


@dataclass(frozen=True)
class Paper:
    """A paper; blank until it is issued, and never changed afterwards."""

    kind: ClassVar[str] = "paper"

    programme: UUID | None = None
    meeting: str = ""
    meeting_on: date | None = None
    publish_by: date | None = None
    issued_on: date | None = None
    late_because: str = ""
    as_of: datetime | None = None
    since: datetime | None = None
    position: int = 0
    since_position: int = 0
    release: str = ""
    documents: tuple[IssuedDocument, ...] = ()


class PaperIssued(Event[Paper]):
    """A paper was issued for a meeting: these bytes, of the record at this position."""

    kind: ClassVar[str] = "paper"

    programme: UUID
    meeting: str
    meeting_on: date
    publish_by: date
    issued_on: date
    late_because: str | None = None
    as_of: datetime
    since: datetime | None = None
    position: int
    since_position: int = 0
    release: str
    documents: tuple[IssuedDocument, ...]

    def apply(self, paper: Paper) -> Paper:
        """Return the paper as issued."""
        return Paper(
            self.programme,
            self.meeting,
            self.meeting_on,
            self.publish_by,
            self.issued_on,
            self.late_because or "",
            self.as_of,
            self.since,
            self.position,
            self.since_position,
            self.release,
            self.documents,
        )


PAPER_EVENTS = (PaperIssued,)
