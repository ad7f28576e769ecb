"""The log's tiles over HTTP, as C2SP tlog-tiles names and shapes them, for mirrors and monitors.

A tile's number has slashes in it. C2SP sends them as they are; a client made of the API file, for which a
parameter is one segment, sends them as `%2F`, and is answered the same.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from shared.governance.audit.log_api import checkpoint
from shared.governance.audit.reads import READ_AUDIT, AuditRoute
from shared.governance.audit.redaction import redacted_entries
from shared.kernel.errors import NotFound
from shared.ledger.log_reader import LogReader
from shared.ledger.tiles import TILE_PATH, TILE_WIDTH, TOP_LEVEL, Tiles, tile_number
from shared.ledger.tree import HASH_BYTES
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import READS_ONE
from shared.web.reads.readings import Read

router = APIRouter(prefix="/v1/audit/log", tags=["audit"], route_class=AuditRoute)

BYTES, TEXT = "application/octet-stream", "text/plain; charset=utf-8"
LEVELS = TOP_LEVEL + 1
NUMBER_LIMIT = 2**53

Number = Annotated[
    str,
    Path(
        description="The tile's number, such as `x001/234`; where it is not full, its width: `x001/234.p/7`.",
        json_schema_extra={"pattern": TILE_PATH},
    ),
]
Level = Annotated[
    str,
    Path(
        description="0 holds leaves; each level above, one hash for each full tile of that below.",
        json_schema_extra={"pattern": f"^[0-{LEVELS - 1}]$"},
    ),
]


def _as(
    media_type: str, description: str, headers: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """Return the declaration of an answer that is no JSON."""
    binary = {"format": "binary"} if media_type == BYTES else {}
    content = {media_type.partition(";")[0]: {"schema": {"type": "string", **binary}}}
    sent = {"headers": headers} if headers else {}
    return {200: {"description": description, "content": content, **sent}, **READS_ONE}


WITHHELD = {
    "X-Withheld": {"description": "The positions of entries of length 0.", "schema": {"type": "string"}}
}


def named_tile(path: str) -> tuple[int, int]:
    try:
        number, width = tile_number(path)
    except ValueError:
        raise NotFound from None
    if number > NUMBER_LIMIT:
        raise NotFound
    return number, width


@router.get(
    "/checkpoint",
    summary="See the newest checkpoint as C2SP tlog-tiles serves it",
    dependencies=[may(READ_AUDIT)],
    response_class=Response,
    responses=_as(TEXT, "A signed note"),
)
async def tiles_checkpoint(request: Request) -> Response:
    """Show the newest checkpoint, as text."""
    return Response((await checkpoint(request, 0, None)).note, media_type=TEXT)


@router.get(
    "/tile/entries/{path:path}",
    summary="See a bundle of entries",
    dependencies=[may(READ_AUDIT)],
    response_class=Response,
    responses=_as(BYTES, "Entries, each behind its length in two bytes", WITHHELD),
)
async def entry_bundle(request: Request, reading: Read, path: Number) -> Response:
    """Show up to 256 entries, each behind its length in two bytes.

    One that holds what is sealed or exempt has the length 0; its hash is in the tile, and `X-Withheld`
    names it.
    """
    number, width = named_tile(path)
    first = number * TILE_WIDTH + 1
    pool = core_service(request).pool
    entries = await LogReader(pool).entries(list(range(first, first + width)))
    if len(entries) < width:
        raise NotFound
    withheld = await redacted_entries(reading.redacted, [entry.item() for entry in entries])
    raw = [b"" if entry.position in withheld else entry.raw() for entry in entries]
    headers = {"X-Withheld": " ".join(map(str, sorted(withheld)))} if withheld else {}
    body = b"".join(len(r).to_bytes(2, "big") + r for r in raw)
    return Response(body, media_type=BYTES, headers=headers)


@router.get(
    "/tile/places/{path:path}",
    summary="See which case and body of work entries belong to",
    dependencies=[may(READ_AUDIT)],
    response_class=Response,
    responses=_as(TEXT, "A line for each entry: its case, and its body of work or a dash"),
)
async def entry_places(request: Request, path: Number) -> Response:
    """Show to which case and body of work up to 256 entries, even withheld ones, are counted by an index.

    Whoever computes that index again finds a line that is not true.
    """
    number, width = named_tile(path)
    first = number * TILE_WIDTH + 1
    service = core_service(request)
    works = {event.__name__: event.body_of_work for event in service.store.mapper.topics}
    entries = await LogReader(service.pool).entries(list(range(first, first + width)))
    if len(entries) < width:
        raise NotFound
    lines = "".join(f"{entry.stream_id} {works.get(entry.topic, '') or '-'}\n" for entry in entries)
    return Response(lines, media_type=TEXT)


@router.get(
    "/tile/{level}/{path:path}",
    summary="See a tile of hashes",
    dependencies=[may(READ_AUDIT)],
    response_class=Response,
    responses=_as(BYTES, "Hashes, 32 bytes each"),
)
async def tile(request: Request, level: Level, path: Number) -> Response:
    """Show up to 256 hashes of one level; a part of a tile stays there when the tile has grown."""
    number, width = named_tile(path)
    if level not in map(str, range(LEVELS)):
        raise NotFound
    tiles = await Tiles(core_service(request).pool).fetch([(int(level), number)])
    hashes = tiles.get((int(level), number), b"")[: width * HASH_BYTES]
    if len(hashes) < width * HASH_BYTES:
        raise NotFound
    return Response(hashes, media_type=BYTES)
