"""Text files of tables: which encoding and which delimiter somebody's spreadsheet program wrote."""

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from shared.kernel.fields import TURNS
from shared.web.tabular.headings import key_words
from shared.web.tabular.marks import MONTH_ALONE

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_BYTES = 4 * 1024 * 1024
SAMPLE_ROWS = 20

TYPOGRAPHIC = frozenset("‘’“”–—…•£€§°©®™½¼¾\xa0")  # noqa: RUF001  # what people write
ODD = frozenset("¬¶¤¦¨¸ªº∂∆∑∏π∫Ω√≈◊˚˙¯˘ˇ˛˝ˆ")  # noqa: RUF001  # what they do not
FITS_NOT = -5
UTF_8 = "utf-8-sig"  # with or without a mark

# Bytes that cp1252 leaves without a meaning, and those of a UTF-8 file that are none, are read as characters
# that nobody writes, so that they can be found in their cells; they say which byte it was.
UNDEFINED = "shared.web.tabular.undefined"
UNDEFINED_FROM = 0xF700
UNDEFINED_BYTES = "".join(chr(UNDEFINED_FROM + byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
STRAY_FROM = 0xF500
STRAY_BYTES = "".join(chr(STRAY_FROM + byte) for byte in range(0x80, 0x100))
GUESSED = ("cp1252", "mac_roman", "iso8859_15")  # the first where they read alike
NO_TABLES = {
    b"\xd0\xcf\x11\xe0": "an Excel file of before 2007, or with a password: save it as XLSX without one",
    b"%pdf-": "a PDF: save the table that it was made of",
    **dict.fromkeys((b"<!doctype", b"<html", b"<table", b"<?xml"), "a web page: save it as XLSX or CSV"),
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"{\\rtf": "a text document: save its table as XLSX or CSV",
}
UNSEEN = re.compile(f"[\\u00ad\\u200b\\u2060\\ufeff{MONTH_ALONE}{TURNS}]")
SEPARATOR = re.compile(r"^\ufeff?sep=(.)\r?\n", re.IGNORECASE)


_WITHOUT_MEANING = re.compile(f"[{UNDEFINED_BYTES}{STRAY_BYTES}]")
_READ_AS = {"charmap": UNDEFINED_FROM, "cp1252": UNDEFINED_FROM, "utf-8": STRAY_FROM}


def _as_undefined(error: UnicodeError) -> tuple[str, int]:
    """Read a byte without a meaning as a character that says which it was; nothing of the kind elsewhere."""
    if not isinstance(error, UnicodeDecodeError) or error.encoding not in _READ_AS:
        raise error
    wrong, first = error.object[error.start : error.end], _READ_AS[error.encoding]
    return "".join(chr(first + byte) for byte in wrong), error.end


codecs.register_error(UNDEFINED, _as_undefined)


def byte_without_meaning(text: str) -> str:
    """Return the first byte in a text that means nothing in its encoding, in words; blank if none."""
    found = None if text.isascii() else _WITHOUT_MEANING.search(text)
    if found is None:
        return ""
    first, encoding = (STRAY_FROM, "UTF-8") if found[0] in STRAY_BYTES else (UNDEFINED_FROM, "cp1252")
    return f"the byte 0x{ord(found[0]) - first:02X}, which means nothing in {encoding}"


def with_question_marks(text: str) -> str:
    """Return a text with a mark in place of each byte that means nothing."""
    return _WITHOUT_MEANING.sub("\ufffd", text)


def encoding_of(path: Path) -> str:
    """Return the encoding of a file: by its mark, UTF-8 where it is that, else which of three reads better.

    UTF-8 it is too where a few bytes are not, as after a paste: hardly any other text has letters that
    would be some of its own. cp1252 and Mac Roman give every byte a meaning, so that the better reading is
    the one with curly quotes, dashes and pounds where the other has accents in the middle of English words.
    """
    with path.open("rb") as file:
        content = file.read(SAMPLE_BYTES)
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if unmarked := _unmarked_utf_16(content[:SAMPLE_CHARACTERS]):
        return unmarked
    if decodes(path, "utf-8") or _is_nearly_utf_8(content):
        return UTF_8
    likely = {encoding: _likeness(content, encoding) for encoding in GUESSED}
    return max(likely, key=lambda encoding: likely[encoding])


def _unmarked_utf_16(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is: most of its characters have a half of nought."""
    first, second = content[0::2].count(0), content[1::2].count(0)
    most, few = len(content) // 4, len(content) // 20
    if min(first, second) > few or max(first, second) <= most:
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def _is_nearly_utf_8(content: bytes) -> bool:
    """Say whether a text has at least as many letters of UTF-8 as bytes that are none of it."""
    beyond = [character for character in content.decode("utf-8", UNDEFINED) if ord(character) > 127]
    stray = sum(character in STRAY_BYTES for character in beyond)
    return stray < len(beyond) and 2 * stray <= len(beyond)


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
    if character in ODD or unicodedata.category(character) == "Cc":
        return FITS_NOT
    if character in UNDEFINED_BYTES:
        return -1  # one slip is no other encoding
    if character in TYPOGRAPHIC:
        return 3
    if unicodedata.category(character) == "Lu" and before.islower():
        return -2  # as in "supplierÕs"
    plain_letter = before.isascii() and before.isalpha()  # accents stand alone in English
    return 1 if plain_letter and character.islower() else 0


def declared_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that a first line such as `sep=;` names; blank if there is none."""
    with path.open(encoding=encoding, newline="", errors=UNDEFINED) as file:
        found = SEPARATOR.match(file.readline(SAMPLE_CHARACTERS))
    may = found is not None and (found[1].isprintable() or found[1] == "\t") and found[1] not in '"\\'
    return found[1] if found and may else ""


def delimiter_of(path: Path, encoding: str, known: Collection[str] = ()) -> str:
    """Return the delimiter that cuts a row into most names that are known, or most rows into as many cells.

    Titles above the table may hold any of them, and are cut into fewer.
    """
    with path.open(encoding=encoding, newline="", errors=UNDEFINED) as file:
        sample = file.read(SAMPLE_CHARACTERS).splitlines(keepends=True)
    fits = {delimiter: _fit(sample, delimiter, known) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: fits[delimiter])


def _fit(sample: list[str], delimiter: str, known: Collection[str]) -> tuple[int, int, int]:
    """Return how many cells of a row are known names, how many rows have the usual width, and that width."""
    try:
        rows = list(islice(csv.reader(sample, delimiter=delimiter), SAMPLE_ROWS))
    except csv.Error:
        return 0, 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1 and any(map(str.strip, row)))
    width, count = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
    return max((sum(key_words(cell) in known for cell in row) for row in rows), default=0), count, width


def visible(text: str) -> str:
    """Return a text without what nobody sees of it: a mark of the file's, a blank of no width, a turn."""
    return text if text.isascii() else UNSEEN.sub("", text)
