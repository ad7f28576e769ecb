"""One JSON object of items as lines of JSON; where it is large, a child does it."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from shared.web.bulk.refusals import ITEMS_LIMIT, LINE_BYTES_LIMIT, LineTooLong, NotItems, TooManyItems
from shared.web.requests.json_names import NameTwice, quotes

IN_THE_SERVICE_BYTES_LIMIT = 256 * 1024  # as objects it may take some fifty times that


def convert(source: Path, target: Path) -> dict[str, int]:
    """Write each of a body's items as one line; return how many `items` there are."""
    number = 0
    with target.open("wb") as out:
        for number, line in enumerate(lines_of(source.read_bytes()), start=1):
            if len(line) > LINE_BYTES_LIMIT:
                raise LineTooLong(after_item=number - 1, limit_bytes=LINE_BYTES_LIMIT)
            out.write(line + b"\n")
    return {"items": number}


def lines_of(body: bytes) -> Iterator[bytes]:
    """Yield each of a body's items as JSON; refuse, in the end, a name that an object has twice."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotItems from None
    if not isinstance(said, dict) or not isinstance(said.get("items"), list) or len(said) != 1:
        raise NotItems
    if len(said["items"]) > ITEMS_LIMIT:
        raise TooManyItems(limit=ITEMS_LIMIT)
    left = quotes(body) - quotes(b'"items"')
    for item in said["items"]:
        line = orjson.dumps(item)
        left -= quotes(line)
        yield line
    if left:
        raise NameTwice
