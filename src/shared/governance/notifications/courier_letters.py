"""What a worker and its courier say to one another: a line of JSON, and after a letter's line its content.

There is nothing else in it: no query, no key, no name of a file. Whoever takes a courier over can post what
it was given to post, and answer what it likes to that; it can ask the worker for nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from shared.governance.notifications.transport import ReceiverAnswer

LINE_BYTES_LIMIT = 1024 * 1024  # an answer's beginning of 16 kB, each of its characters escaped
CONTENT_BYTES_LIMIT = 16 * 1024 * 1024
READY = b'"ready"\n'


class NotALetter(Exception):
    """What came over the channel can't be understood."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to be taken out: posted to an address, or without one handed to the mail server."""

    number: int
    content: bytes
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def letter_bytes(letter: Letter) -> bytes:
    """Return a letter as it goes over the channel."""
    line = {"number": letter.number, "url": letter.url, "headers": dict(letter.headers)}
    return orjson.dumps({**line, "length": len(letter.content)}) + b"\n" + letter.content


async def next_letter(reader: asyncio.StreamReader) -> Letter | None:
    """Return the next letter; nothing if the worker is gone."""
    line = await _line(reader)
    if line is None:
        return None
    try:
        length = int(line.pop("length"))
        if not 0 <= length <= CONTENT_BYTES_LIMIT:
            raise NotALetter
        return Letter(content=await reader.readexactly(length), **line)
    except (KeyError, TypeError, ValueError):
        raise NotALetter from None
    except asyncio.IncompleteReadError:
        return None


def answer_bytes(number: int, answer: ReceiverAnswer) -> bytes:
    """Return what came of a letter as it goes over the channel."""
    return orjson.dumps({"number": number, **asdict(answer)}) + b"\n"


async def next_answer(reader: asyncio.StreamReader) -> tuple[int, ReceiverAnswer] | None:
    """Return what came of one of the letters; nothing if the courier is gone."""
    line = await _line(reader)
    if line is None:
        return None
    try:
        return int(line.pop("number")), ReceiverAnswer(**line)
    except (KeyError, TypeError, ValueError):
        raise NotALetter from None


async def _line(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    try:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            return None
        said = orjson.loads(line)
    except ConnectionError:
        return None
    except ValueError:  # too long, or no JSON
        raise NotALetter from None
    if not isinstance(said, dict):
        raise NotALetter
    return said
