"""The log's tiles over HTTP, as C2SP tlog-tiles names and shapes them, for mirrors and monitors.

They stand outside the API file, which can't describe a parameter with slashes in it.
"""

from fastapi import APIRouter, Request, Response

from shared.audit.log.reading import LogReader
from shared.audit.log.tiles import TILE_WIDTH, Tiles, tile_number
from shared.audit.log.tree import HASH_BYTES
from shared.audit.reads import READ_AUDIT, AuditRoute
from shared.audit.veiling import veiled_entries
from shared.errors import NotAllowed, NotFound
from shared.http.deciding import may
from shared.http.reading import Read

router = APIRouter(
    prefix="/v1/audit/log/tile", tags=["audit"], route_class=AuditRoute, include_in_schema=False
)

BYTES = "application/octet-stream"
LEVELS = 8


class SomeWithheld(NotAllowed):
    """Some of these entries hold what is sealed or exempt: mirror their hashes, not their words."""


def _named(path: str) -> tuple[int, int]:
    try:
        return tile_number(path)
    except ValueError:
        raise NotFound from None


@router.get(
    "/entries/{path:path}", summary="See a bundle of entries", dependencies=[may(READ_AUDIT)]
)
async def entry_bundle(request: Request, reading: Read, path: str) -> Response:
    """Show up to 256 entries, each behind its length in two bytes."""
    number, width = _named(path)
    first = number * TILE_WIDTH + 1
    pool = request.app.state.service.pool
    entries = await LogReader(pool).entries(list(range(first, first + width)))
    if len(entries) < width:
        raise NotFound
    if withheld := await veiled_entries(reading.veiled, [entry.item() for entry in entries]):
        raise SomeWithheld(positions=sorted(withheld))
    raw = [entry.raw() for entry in entries]
    return Response(b"".join(len(r).to_bytes(2, "big") + r for r in raw), media_type=BYTES)


@router.get("/{level}/{path:path}", summary="See a tile of hashes", dependencies=[may(READ_AUDIT)])
async def tile(request: Request, level: str, path: str) -> Response:
    """Show up to 256 hashes of one level; a part of a tile stays there when the tile has grown."""
    number, width = _named(path)
    if level not in map(str, range(LEVELS)) or number > 2**53:
        raise NotFound
    tiles = await Tiles(request.app.state.service.pool).fetch([(int(level), number)])
    hashes = tiles.get((int(level), number), b"")[: width * HASH_BYTES]
    if len(hashes) < width * HASH_BYTES:
        raise NotFound
    return Response(hashes, media_type=BYTES)
