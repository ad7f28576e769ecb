"""Open contracting data over HTTP: records and releases, of one process by its ocid or of all by pages."""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field, JsonValue

from rfp_service.open_contracting.parties import COUNCIL_NAME
from rfp_service.open_contracting.process_queries import FoundProcess, Ocid, one_process, some_processes
from rfp_service.open_contracting.public_facts import moment
from rfp_service.open_contracting.releases import PublishedProcess
from shared.kernel.errors import NotFound
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import answer_untagged, one
from shared.web.reads.cursors import CURSOR_LIMIT, CURSOR_PATTERN
from shared.web.reads.pages import Page, page
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import StrictRoute

VERSION = "1.1"
PROCESSES_LIMIT, PROCESSES_USUAL = 50, 10
EXAMPLE_OCID = "ocds-213czf-7f1c9a52-6f0e-4f6f-9d51-2f3f8a7c0d11"
SUPPLIED = {"name": "Fictional Systems Ltd", "id": "supplier-1"}
EXAMPLE: dict[str, Any] = {
    "ocid": EXAMPLE_OCID,
    "id": f"{EXAMPLE_OCID}-918",
    "date": "2026-09-01T09:30:00.000000Z",
    "tag": ["award"],
    "initiationType": "tender",
    "language": "en",
    "buyer": {"id": "GB-LAE-LAN", "name": COUNCIL_NAME},
    "awards": [
        {
            "id": "award-1",
            "title": "Laptops",
            "status": "pending",
            "value": {"amount": 20000, "currency": "GBP"},
            "suppliers": [SUPPLIED],
        }
    ],
}

router = APIRouter(prefix="/v1/open-contracting", tags=["open-contracting"], route_class=StrictRoute)

OCID = re.compile(r"(ocds-[a-z0-9]{6})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
AskedOcid = Annotated[
    str,
    Path(
        max_length=60,
        description="The id of a contracting process, as its releases say it.",
        pattern=OCID.pattern,
    ),
]

# A release or a record as the standard has it: version 1.1, release-schema.json.
Released = Annotated[dict[str, JsonValue], Field(examples=[EXAMPLE])]


class Publisher(BaseModel):
    """Who publishes."""

    name: str


class PageLinks(BaseModel):
    """Where the next page is."""

    next: str


class OpenPackage(BaseModel):
    """What every package says of itself; without `links` there is no further page."""

    uri: str
    version: str = Field(description="Of the Open Contracting Data Standard.", examples=[VERSION])
    publisher: Publisher
    publishedDate: datetime  # noqa: N815  # the standard's own name
    links: PageLinks | None = None


class ReleasePackage(OpenPackage):
    """Releases: what was published, in order, each saying what was new."""

    releases: list[Released]


class ProcessRecord(BaseModel):
    """A process: all of its releases, and what they add up to."""

    ocid: str = Field(examples=[EXAMPLE_OCID])
    releases: list[Released]
    compiledRelease: Released  # noqa: N815  # the standard's own name


class RecordPackage(OpenPackage):
    """Records: each process as it stands."""

    records: list[ProcessRecord]


async def processes_page(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=PROCESSES_LIMIT, description="How many processes at most.")
    ] = PROCESSES_USUAL,
    cursor: Annotated[
        str | None,
        Query(
            max_length=CURSOR_LIMIT,
            description="Where to go on: in `links` of the page before.",
            json_schema_extra={"pattern": CURSOR_PATTERN},
        ),
    ] = None,
) -> Page:
    """Read which page of processes is asked for."""
    return await page(request, limit, cursor)


ProcessesPage = Annotated[Page, Depends(processes_page)]


@router.get(
    "/records",
    summary="List contracting records",
    dependencies=[may("read-open-contracting")],
    responses=one(RecordPackage, lasting=False),
)
async def list_contracting_records(request: Request, reading: Read, asked: ProcessesPage) -> Response:
    """List contracting processes as OCDS records, the ones that began last first: releases and their sum.

    Nothing exempt is in them, whoever asks, so that they can be published as they are; `withheld` names it.
    """
    found, links = await _page_of(request, reading, asked)
    records = [_record(each.process) for each in found]
    return answer_untagged({**_package(request, reading), **links, "records": records})


@router.get(
    "/records/{ocid}",
    summary="See a contracting record",
    dependencies=[may("read-open-contracting")],
    responses=one(RecordPackage, lasting=False),
)
async def see_contracting_record(request: Request, ocid: AskedOcid, reading: Read) -> Response:
    """Show one contracting process as an OCDS record, as it is or was known."""
    process = await one_process(reading, _named_by(request, ocid), _ocids(request))
    return answer_untagged({**_package(request, reading), "records": [_record(process)]})


@router.get(
    "/releases",
    summary="List contracting releases",
    dependencies=[may("read-open-contracting")],
    responses=one(ReleasePackage, lasting=False),
)
async def list_contracting_releases(request: Request, reading: Read, asked: ProcessesPage) -> Response:
    """List the OCDS releases of contracting processes, those that began last first, each in order."""
    found, links = await _page_of(request, reading, asked)
    releases = [release for each in found for release in each.process.releases]
    return answer_untagged({**_package(request, reading), **links, "releases": releases})


@router.get(
    "/releases/{ocid}",
    summary="See the releases of a contracting process",
    dependencies=[may("read-open-contracting")],
    responses=one(ReleasePackage, lasting=False),
)
async def see_contracting_releases(request: Request, ocid: AskedOcid, reading: Read) -> Response:
    """Show the OCDS releases of one contracting process, in order."""
    process = await one_process(reading, _named_by(request, ocid), _ocids(request))
    return answer_untagged({**_package(request, reading), "releases": process.releases})


def _ocids(request: Request) -> Ocid:
    """Return what makes the id of a process of the id of its RFP, or of its contract."""
    prefix = core_service(request).settings.ocid_prefix
    return lambda identity: f"{prefix}-{identity}"


def _named_by(request: Request, ocid: str) -> UUID:
    """Return the id of the RFP, or the contract, that one of our ocids names; refuse any other."""
    named = OCID.fullmatch(ocid)
    if named is None or named[1] != core_service(request).settings.ocid_prefix:
        raise NotFound
    return UUID(named[2])


async def _page_of(
    request: Request, reading: Reading, asked: Page
) -> tuple[list[FoundProcess], dict[str, Any]]:
    """Return the processes of a page, and where the next one is."""
    found = await some_processes(reading, asked.cursor, asked.limit + 1, _ocids(request))
    if len(found) <= asked.limit:
        return found, {}
    shown = found[: asked.limit]
    url = request.url.include_query_params(cursor=asked.cursor_at(shown[-1].position))
    following = f"{core_service(request).settings.public_url}{url.path}?{url.query}"
    return shown, {"links": {"next": following}}


def _record(process: PublishedProcess) -> dict[str, Any]:
    return {"ocid": process.ocid, "releases": process.releases, "compiledRelease": process.compiled}


def _package(request: Request, reading: Reading) -> dict[str, Any]:
    return {
        "uri": f"{core_service(request).settings.public_url}{request.url.path}",
        "version": VERSION,
        "publisher": {"name": COUNCIL_NAME},
        "publishedDate": moment(reading.as_of),
    }
