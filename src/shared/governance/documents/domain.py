"""A document about a case: what it is, its hash, where it is, and which decisions it is evidence of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid5

from shared.kernel.errors import NotReady, Refused, TooLarge, Unacceptable
from shared.kernel.messages import Event
from shared.kernel.states import replace

FILE_BYTES_LIMIT = 5 * 1024 * 1024


class DocumentType(StrEnum):
    """What a document may be: nothing that a browser would run."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"
    CSV = "text/csv"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Document:
    """One document, from when it was added; `evidence_of` are the positions of decisions."""

    kind: ClassVar[str] = "document"

    case_id: UUID | None = None
    case_kind: str = ""
    service_area: str | None = None
    title: str = ""
    media_type: str = ""
    content_sha256: str = ""
    size_bytes: int | None = None
    link: str = ""
    kept: bool = False
    added_by: str = ""
    evidence_of: tuple[int, ...] = ()
    withdrawn: bool = False


def kept_document_id(case_id: UUID, title: str, content_sha256: str) -> UUID:
    """Return the id of a file of one name about one case: it is taken in once."""
    return uuid5(case_id, f"{title}\n{content_sha256}")


class DocumentEvent(Event[Document]):
    """Something that happened to a document."""

    kind: ClassVar[str] = "document"


class DocumentAdded(DocumentEvent):
    """A document was added to a case: by its link, or as a file that is kept here under its hash."""

    case_id: UUID
    case_kind: str
    service_area: str | None = None
    title: str
    media_type: str
    content_sha256: str
    size_bytes: int | None = None
    link: str = ""
    kept: bool = False
    added_by: str
    evidence_of: tuple[int, ...] = ()

    def apply(self, document: Document) -> Document:
        return Document(**{name: getattr(self, name) for name in type(self).model_fields})


class DocumentAttached(DocumentEvent):
    """The document is evidence of one more decision on its case."""

    position: int

    def apply(self, document: Document) -> Document:
        """Return the document with that decision."""
        return replace(document, evidence_of=(*document.evidence_of, self.position))


class DocumentWithdrawn(DocumentEvent):
    """The document counts no longer, and its file is not given out any more; that it was there stays."""

    reason: str

    def apply(self, document: Document) -> Document:
        """Return the document, withdrawn."""
        return replace(document, withdrawn=True)


class NoSuchCaseForIt(Refused):
    """There is no such case."""


class NotADecisionOnIt(Refused):
    """There is no decision at this position on the document's case."""


class AttachedAlready(Refused):
    """The document is already evidence of this decision."""


class DocumentIsWithdrawn(Refused):
    """The document has been withdrawn."""


class NotYourDocument(Refused):
    """Only whoever added a document, procurement, legal or an administrator can withdraw it."""


class DocumentTooLarge(TooLarge):
    """A file that is kept here is small: link to a larger one where it is."""


class FileNotAsSaid(Unacceptable):
    """The file is empty, or does not have the type or hash that was stated."""


class FileDestroyed(Refused):
    """The file was destroyed when its record was disposed of; its hash stays."""


class FileDamaged(NotReady):
    """The file is not what was kept: an operator must look after it."""


DOCUMENT_EVENTS: tuple[type[DocumentEvent], ...] = (DocumentAdded, DocumentAttached, DocumentWithdrawn)
