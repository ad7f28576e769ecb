"""Small files, each kept once under its hash: looked at on the way in, and compared on the way out."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from shared.governance.documents.domain import (
    FILE_BYTES_LIMIT,
    DocumentTooLarge,
    DocumentType,
    FileDamaged,
    FileDestroyed,
    FileNotAsSaid,
)
from shared.record.database import Pool
from shared.record.projecting.views import STILL_VALID

KEEP = "INSERT INTO document_files (sha256, content) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING"
DESTROY = "SELECT destroy_document_files($1)"  # the database looks at what the record says was disposed of
GONE = f"SELECT true FROM disposals WHERE record_id = ANY ($1) AND valid_to = {STILL_VALID} LIMIT 1"
THERE = "SELECT EXISTS (SELECT FROM document_files WHERE sha256 = $1)"
KEPT = "SELECT content FROM document_files WHERE sha256 = $1"

ZIP = b"PK\x03\x04"
CONTROL = frozenset(range(32)) - {9, 10, 12, 13}


def _is_text(content: bytes) -> bool:
    """Say whether this is text in UTF-8 that holds nothing to be run."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return CONTROL.isdisjoint(content)


def _is_package(member: bytes) -> Callable[[bytes], bool]:
    """Return whether this is a zip that names a member which only such documents have."""
    return lambda content: content.startswith(ZIP) and member in content


# What a file of each type is known by.
LOOKS_LIKE: Mapping[DocumentType, Callable[[bytes], bool]] = {
    DocumentType.PDF: lambda content: content.startswith(b"%PDF-"),
    DocumentType.PNG: lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    DocumentType.JPEG: lambda content: content.startswith(b"\xff\xd8\xff"),
    DocumentType.TEXT: _is_text,
    DocumentType.CSV: _is_text,
    DocumentType.DOCX: _is_package(b"word/"),
    DocumentType.XLSX: _is_package(b"xl/"),
    DocumentType.ODT: _is_package(b"application/vnd.oasis.opendocument.text"),
    DocumentType.ODS: _is_package(b"application/vnd.oasis.opendocument.spreadsheet"),
}


def hash_of_file(content: bytes, media_type: DocumentType, said: str | None) -> str:
    """Return a file's hash, once it is neither empty nor too large, and what it was said to be."""
    if len(content) > FILE_BYTES_LIMIT:
        raise DocumentTooLarge(at_most_bytes=FILE_BYTES_LIMIT)
    found = hashlib.sha256(content).hexdigest()
    if not content or not LOOKS_LIKE[media_type](content) or said not in (None, found):
        raise FileNotAsSaid(media_type=media_type.value, sha256=found)
    return found


async def keep_file(pool: Pool, sha256: str, content: bytes) -> None:
    """Keep a file; the same one again is kept once."""
    if not await pool.fetchval(THERE, sha256):
        await pool.execute(KEEP, sha256, content)


async def kept_file(pool: Pool, sha256: str, *records: UUID) -> bytes:
    """Return a file as it was kept, of these records; refuse one that is not, or went with one of them."""
    content: bytes | None = await pool.fetchval(KEPT, sha256)
    if content is None and await pool.fetchval(GONE, list(records)):
        raise FileDestroyed
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(sha256=sha256)
    return bytes(content)


async def destroy_files(pool: Pool, records: Iterable[UUID]) -> None:
    """Destroy the files of records that were disposed of, but those that another document still holds."""
    await pool.execute(DESTROY, list(records))
