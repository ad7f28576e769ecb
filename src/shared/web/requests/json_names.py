"""Each name once in each object of JSON: readers differ in which of two values counts (RFC 8259, 4)."""

import json

import orjson

from shared.kernel.errors import Unacceptable

NAME_LIMIT = 200
TWICE = "A name stands twice in one object."
NO_JSON = "This is no JSON."


class NameTwice(Unacceptable):
    """A name appears twice in one JSON object: give each once, because only one value could count."""


def must_be_named_once(text: bytes) -> None:
    """Refuse JSON in which an object has a name twice, and name it."""
    wrong = fault_in(text)
    if wrong == TWICE:
        raise NameTwice(name=_first_twice(text))
    if wrong:
        raise Unacceptable


def fault_in(text: bytes) -> str:
    """Return what is wrong with JSON that could be read by a reader less strict; blank if nothing is.

    Written again it has each name once: whatever stood twice left its quotation marks behind.
    """
    try:
        return TWICE if quotes(orjson.dumps(orjson.loads(text))) != quotes(text) else ""
    except orjson.JSONDecodeError:
        return NO_JSON


def quotes(text: bytes) -> int:
    """Return how many quotation marks stand around strings, not within them."""
    plain = text.replace(rb"\\", b"")
    return plain.count(b'"') - plain.count(rb"\"")


def _first_twice(text: bytes) -> str:
    """Return the first name that stands twice."""
    found: list[str] = []

    def looked_at(pairs: list[tuple[str, object]]) -> None:
        names = [name for name, _ in pairs]
        found.extend(name for number, name in enumerate(names) if name in names[:number])

    json.loads(text, object_pairs_hook=looked_at)
    return found[0][:NAME_LIMIT] if found else ""
