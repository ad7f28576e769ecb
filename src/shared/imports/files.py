"""The files of an import: plain or gzip, told apart by content, hashed as they read, bounded."""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from shared.errors import Unacceptable

GZIP_MAGIC = b"\x1f\x8b"
PLAIN_BYTES_LIMIT = 512 * 1024 * 1024  # after decompression: a bomb goes off no further than this
LINE_CHARACTERS_LIMIT = 64 * 1024
CHUNK = 1 << 20


class FileTooLarge(Unacceptable):
    """The file is larger, once decompressed, than an import may be."""


class NotReadable(Unacceptable):
    """The file can't be read: plain or gzip CSV in UTF-8 is needed."""


class ColumnMissing(Unacceptable):
    """The file lacks a column that is needed."""


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]  # both read bytes


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's decompressed content."""
    sha, size = hashlib.sha256(), 0
    try:
        with _open(path) as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > PLAIN_BYTES_LIMIT:
                    raise FileTooLarge(limit_bytes=PLAIN_BYTES_LIMIT)
                sha.update(chunk)
    except (OSError, EOFError) as error:
        raise NotReadable from error
    return sha.hexdigest()


def rows(
    path: Path, file_name: str, needed: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its number as a spreadsheet counts; columns are found by their headings."""
    csv.field_size_limit(LINE_CHARACTERS_LIMIT)
    try:
        with _open(path) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restkey="", restval="")
            headings = [heading.strip() for heading in reader.fieldnames or []]
            if missing := [name for name in needed if name not in headings]:
                raise ColumnMissing(file=file_name, missing=missing)
            reader.fieldnames = headings
            yield from enumerate(reader, start=2)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise NotReadable(file=file_name) from error
