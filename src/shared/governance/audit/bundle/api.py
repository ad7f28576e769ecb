"""Bundles over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.log_api import LARGEST
from shared.governance.audit.reads import NAME, READ_AUDIT, AuditRoute
from shared.governance.audit.redaction import redacted_entries
from shared.kernel.errors import Unacceptable
from shared.ledger.entries import Entry
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import READS_ONE, problems
from shared.web.reads.readings import INSTANT_PATTERN, Read, instant_of

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

ZIP = "application/zip"
Instant = {"pattern": INSTANT_PATTERN}


class CaseOrPeriod(Unacceptable):
    """Ask for one case (`stream_id`), or a period (`from` and `to`) that ends after it begins."""


class LastBundle(NamedTuple):
    """What of somebody's last bundle a new one has to go on from."""

    size: int | None
    origin: str


async def last_bundle(
    last_size: Annotated[
        int | None, Query(ge=1, le=LARGEST, description="`size` of your last bundle's checkpoint.")
    ] = None,
    last_origin: Annotated[
        str,
        Query(
            max_length=200,
            pattern=r"^[^\s+]*$",
            description="Its `origin`, where a restore came between: the log had another name then.",
        ),
    ] = "",
) -> LastBundle:
    """Take it from the request."""
    return LastBundle(last_size, last_origin)


@router.get(
    "/bundles",
    summary="Take a part of the record away, with its proofs",
    dependencies=[may(READ_AUDIT)],
    response_class=Response,
    responses={
        200: {
            "description": "A zip file: start with READ-ME-FIRST.txt",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        },
        **READS_ONE,
        **problems(409),
    },
)
async def take_bundle(
    request: Request,
    reading: Read,
    last: Annotated[LastBundle, Depends(last_bundle)],
    stream_id: Annotated[UUID | None, Query(description="Everything on this case.")] = None,
    start: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=40,
            json_schema_extra=Instant,
            description="What was recorded then or later.",
        ),
    ] = None,
    end: Annotated[
        str | None,
        Query(alias="to", max_length=40, json_schema_extra=Instant, description="What was recorded by then."),
    ] = None,
    body_of_work: Annotated[
        str | None, Query(max_length=40, pattern=NAME, description="Of a period, only this body of work.")
    ] = None,
) -> Response:
    """Pack entries, a proof for each, keys, a story in plain HTML, and how to check it all offline."""
    wanted = _wanted(stream_id, (start, end), body_of_work or "", last)
    if reading.past:
        wanted = replace(wanted, until=reading.position)
    service = core_service(request)

    async def find_withheld(entries: Sequence[Entry]) -> Mapping[int, str]:
        return await redacted_entries(reading.redacted, [entry.item() for entry in entries])

    files = await made(
        service.pool, service.store.mapper, wanted, program(request), find_withheld=find_withheld
    )
    name = f"audit-{stream_id or reading.position}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(files.zipped(), media_type=ZIP, headers=headers)


def _wanted(
    case: UUID | None, period: tuple[str | None, str | None], work: str, earlier: LastBundle
) -> BundleRequest:
    """Return what is wanted: one case, or one period."""
    first, last = instant_of(period[0]), instant_of(period[1])
    whole = first is not None and last is not None and first < last
    if (case is None) != whole or (case is not None and (any(period) or work)):
        raise CaseOrPeriod
    return BundleRequest(case, first, last, work, earlier.size, last_origin=earlier.origin)


def program(request: Request) -> str:
    """Return the program's name and version."""
    return f"rfp-service {request.app.version}"
