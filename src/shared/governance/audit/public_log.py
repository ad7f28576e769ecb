"""The log's hashes and checkpoints for everybody, where the council wants it: C2SP tlog-tiles under `/log`.

They hold no words. Entries stay under `/v1/audit`, for those with the right.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from shared.governance.audit.tiles_api import BYTES, LEVELS, TEXT, named_tile
from shared.kernel.errors import NotFound
from shared.ledger.log_reader import LogReader
from shared.ledger.tiles import TILE_WIDTH, Tiles
from shared.ledger.tree import HASH_BYTES
from shared.web.core_service import CoreService, core_service
from shared.web.limits.rate_limits import TooManyRequests
from shared.web.security.address_turns import OpenRoute
from shared.web.security.peers import peer_of

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # a full tile never changes
NOT_LONG = {"Cache-Control": "no-cache"}

router = APIRouter(prefix="/log", include_in_schema=False, route_class=OpenRoute)


async def opened_to_all(request: Request) -> CoreService:
    """Return the service where its log is open to everybody, within the limits of one address."""
    service = core_service(request)
    if not service.settings.audit_public:
        raise NotFound
    allowance = service.limits.allowance(f"log {peer_of(request)}")
    if allowance.left < 0:
        raise TooManyRequests(a_minute=allowance.limit)
    return service


Open = Annotated[CoreService, Depends(opened_to_all)]


@router.get("/checkpoint")
async def public_checkpoint(service: Open) -> Response:
    """Show the newest checkpoint that enough witnesses signed, or the newest."""
    reader = LogReader(service.pool)
    signed = await reader.witnessed() or await reader.latest()
    if signed is None:
        raise NotFound
    return Response(signed.note, media_type=TEXT, headers=NOT_LONG)


@router.get("/keys")
async def public_keys(service: Open) -> Response:
    """Show the keys as `--keys` takes them; whoever trusts them compares them with those on paper."""
    policy = await LogReader(service.pool).policy()
    return Response(policy.text(), media_type=TEXT, headers=NOT_LONG)


@router.get("/tile/{level}/{path:path}")
async def public_tile(service: Open, level: str, path: str) -> Response:
    """Show a tile of hashes."""
    number, width = named_tile(path)
    if level not in map(str, range(LEVELS)):
        raise NotFound
    tiles = await Tiles(service.pool).fetch([(int(level), number)])
    hashes = tiles.get((int(level), number), b"")[: width * HASH_BYTES]
    if len(hashes) < width * HASH_BYTES:
        raise NotFound
    return Response(hashes, media_type=BYTES, headers=FOR_EVER if width == TILE_WIDTH else NOT_LONG)
