"""Text files of tables: which encoding and which delimiter somebody's spreadsheet program wrote."""

import csv
import unicodedata
from pathlib import Path

DELIMITERS = (",", ";", "\t")
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_BYTES = 4 * 1024 * 1024
SAMPLE_ROWS = 20

TYPOGRAPHIC = frozenset("‘’“”–—…•£€§°©®™½¼¾\xa0")  # noqa: RUF001  # what people write
ODD = frozenset("¬¶¤¦¨¸ªº∂∆∑∏π∫Ω√≈◊˚˙¯˘ˇ˛˝ˆ")  # noqa: RUF001  # what they do not
FITS_NOT = -5


def encoding_of(path: Path) -> str:
    """Return the encoding of a file: by its mark, UTF-8 where it is that, else which of two reads better.

    cp1252 and Mac Roman give every byte a meaning, so that the better reading is the one with curly
    quotes, dashes and pounds where the other has accents in the middle of English words.
    """
    with path.open("rb") as file:
        content = file.read(SAMPLE_BYTES)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if decodes(path, "utf-8"):
        return "utf-8-sig"
    likely = {encoding: _likeness(content, encoding) for encoding in ("cp1252", "mac_roman")}
    return max(likely, key=lambda encoding: likely[encoding])


def decodes(path: Path, encoding: str) -> bool:
    """Say whether a whole file can be read in an encoding; read in pieces, for it may be large."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(SAMPLE_CHARACTERS):
                pass
    except (UnicodeError, LookupError):
        return False
    return True


def _likeness(content: bytes, encoding: str) -> int:
    """Return how much a reading looks like what people write."""
    text = content.decode(encoding, "replace")
    score, before = 0, " "
    for character in text:
        if ord(character) > 127:  # beyond ASCII
            score += _worth(character, before)
        before = character
    return score


def _worth(character: str, before: str) -> int:
    if character == "\ufffd" or character in ODD:
        return FITS_NOT
    if character in TYPOGRAPHIC:
        return 2
    if unicodedata.category(character) == "Lu" and before.islower():
        return -2  # as in "supplierÕs"
    return 1 if before.isalpha() and character.islower() else 0


def delimiter_of(path: Path, encoding: str) -> str:
    """Return the delimiter that cuts the first rows into most columns of one number."""
    with path.open(encoding=encoding, newline="") as file:
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
