"""Text files of tables: which encoding and which delimiter somebody's spreadsheet program wrote."""

import codecs
import csv
import re
import unicodedata
from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_BYTES = 4 * 1024 * 1024
SAMPLE_ROWS = 20

TYPOGRAPHIC = frozenset("‘’“”–—…•£€§°©®™½¼¾\xa0")  # noqa: RUF001  # what people write
ODD = frozenset("¬¶¤¦¨¸ªº∂∆∑∏π∫Ω√≈◊˚˙¯˘ˇ˛˝ˆ")  # noqa: RUF001  # what they do not
FITS_NOT = -5

# Bytes that cp1252 leaves without a meaning are read as characters that nobody writes, so that they can
# be found in their cells; they say which byte it was.
UNDEFINED = "shared.web.tabular.undefined"
UNDEFINED_FROM = 0xF700
UNDEFINED_BYTES = "".join(chr(UNDEFINED_FROM + byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
NO_TABLES = {
    b"\xd0\xcf\x11\xe0": "an Excel file of before 2007, or with a password: save it as XLSX without one",
    b"%pdf-": "a PDF: save the table that it was made of",
    **dict.fromkeys((b"<!doctype", b"<html", b"<table", b"<?xml"), "a web page: save it as XLSX or CSV"),
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"{\\rtf": "a text document: save its table as XLSX or CSV",
}
SEPARATOR = re.compile(r"^\ufeff?sep=(.)\r?\n", re.IGNORECASE)


def _as_undefined(error: UnicodeError) -> tuple[str, int]:
    """Read a byte without a meaning as a character that says which it was; nothing of the kind elsewhere."""
    if not isinstance(error, UnicodeDecodeError) or error.encoding not in ("charmap", "cp1252"):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(UNDEFINED_FROM + byte) for byte in wrong), error.end


codecs.register_error(UNDEFINED, _as_undefined)


def encoding_of(path: Path) -> str:
    """Return the encoding of a file: by its mark, UTF-8 where it is that, else which of two reads better.

    cp1252 and Mac Roman give every byte a meaning, so that the better reading is the one with curly
    quotes, dashes and pounds where the other has accents in the middle of English words.
    """
    with path.open("rb") as file:
        content = file.read(SAMPLE_BYTES)
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if unmarked := _unmarked_utf_16(content[:SAMPLE_CHARACTERS]):
        return unmarked
    if decodes(path, "utf-8"):
        return "utf-8-sig"
    likely = {encoding: _likeness(content, encoding) for encoding in ("cp1252", "mac_roman")}
    return max(likely, key=lambda encoding: likely[encoding])


def _unmarked_utf_16(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is: most of its characters have a half of nought."""
    first, second = content[0::2].count(0), content[1::2].count(0)
    most, few = len(content) // 4, len(content) // 20
    if min(first, second) > few or max(first, second) <= most:
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def seen_instead(path: Path) -> str:
    """Return what a file is that is no table, where it is one of those that are taken for tables."""
    with path.open("rb") as file:
        begins = file.read(SAMPLE_CHARACTERS).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((seen for start, seen in NO_TABLES.items() if begins.startswith(start)), "")


def decodes(path: Path, encoding: str, errors: str = "strict") -> bool:
    """Say whether a whole file can be read in an encoding; read in pieces, for it may be large."""
    try:
        with path.open(encoding=encoding, newline="", errors=errors) as file:
            while file.read(SAMPLE_CHARACTERS):
                pass
    except (UnicodeError, LookupError):
        return False
    return True


def _likeness(content: bytes, encoding: str) -> int:
    """Return how much a reading looks like what people write."""
    text = content.decode(encoding, UNDEFINED)
    score, before = 0, " "
    for character in text:
        if ord(character) > 127:  # beyond ASCII
            score += _worth(character, before)
        before = character
    return score


def _worth(character: str, before: str) -> int:
    if character in ODD:
        return FITS_NOT
    if character in UNDEFINED_BYTES:
        return -1  # one slip is no other encoding
    if character in TYPOGRAPHIC:
        return 3
    if unicodedata.category(character) == "Lu" and before.islower():
        return -2  # as in "supplierÕs"
    return 1 if before.isalpha() and character.islower() else 0


def declared_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that a first line such as `sep=;` names; blank where there is none."""
    with path.open(encoding=encoding, newline="", errors=UNDEFINED) as file:
        found = SEPARATOR.match(file.readline(SAMPLE_CHARACTERS))
    may = found is not None and (found[1].isprintable() or found[1] == "\t") and found[1] not in '"\\'
    return found[1] if found and may else ""


def delimiter_of(path: Path, encoding: str) -> str:
    """Return the delimiter that cuts the first rows into most columns of one number."""
    with path.open(encoding=encoding, newline="", errors=UNDEFINED) as file:
        sample = file.read(SAMPLE_CHARACTERS)
    widths = {delimiter: _width(sample, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: widths[delimiter])


def _width(sample: str, delimiter: str) -> tuple[int, int]:
    """Return the columns of the heading, and how many of the first rows have as many."""
    try:
        rows = [
            row
            for row, _ in zip(
                csv.reader(sample.splitlines(keepends=True), delimiter=delimiter),
                range(SAMPLE_ROWS),
                strict=False,
            )
        ]
    except csv.Error:
        return 0, 0
    if not rows:
        return 0, 0
    return len(rows[0]), sum(len(row) == len(rows[0]) for row in rows)
