"""The event log of live RFPs as a file, of what its reader may see."""

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from shared.flow.cases import Chosen
from shared.flow.exports.event_log import ExportedLog
from shared.flow.exports.ocel_json import write_ocel_json
from shared.flow.exports.ocel_sqlite import write_ocel_sqlite
from shared.flow.flow_service import flow_service
from shared.flow.requests import FlowView, live_question
from shared.web.decisions.commands import may
from shared.web.reads.answers import problems
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute

SALT_BYTES = 32
SQLITE, XML, JSON = "application/vnd.sqlite3", "application/xml", "application/json"


def _write_xes(log: ExportedLog, path: Path) -> None:
    from shared.flow.exports.xes_file import write_xes  # its library is needed for nothing else here

    write_xes(log, path)


FORMS = {
    "ocel-json": (write_ocel_json, JSON, "event-log.ocel.json"),
    "ocel-sqlite": (write_ocel_sqlite, SQLITE, "event-log.ocel.sqlite"),
    "xes": (_write_xes, XML, "event-log.xes"),
}

router = APIRouter(prefix="/v1/rfps", tags=["flow"], route_class=StrictRoute)


@router.get(
    "/event-log",
    summary="Export the event log",
    dependencies=[may("read-rfps")],
    response_class=Response,
    responses={
        200: {
            "description": "The log as a file",
            "content": {
                JSON: {"schema": {"type": "object"}},
                SQLITE: {"schema": {"type": "string", "contentMediaType": SQLITE}},
                XML: {"schema": {"type": "string"}},
            },
        },
        **problems(),
    },
)
async def export_event_log(
    request: Request,
    filters: Chosen,
    read: Read,
    form: Annotated[
        Literal["ocel-json", "ocel-sqlite", "xes"], Query(description="OCEL 2.0 or XES (IEEE 1849).")
    ] = "ocel-json",
) -> Response:
    """Export the steps of the RFPs that you may see, for process-mining programs.

    Persons have pseudonyms, the same throughout one file and others in the next. What you may not see is
    left out.
    """
    service = flow_service(request)
    facts = {case.id: case for case in await service.live_cases.facts(read, filters)}
    asked = replace(await live_question(request, read, FlowView()), chosen=frozenset(facts))
    exported = ExportedLog((await asked.read()).log, facts, secrets.token_bytes(SALT_BYTES))
    write, media_type, named = FORMS[form]
    folder = TemporaryDirectory(prefix="rfp-event-log-")
    path = Path(folder.name, named)
    await asyncio.to_thread(write, exported, path)
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Vary": "Authorization"}
    return FileResponse(
        path, media_type=media_type, headers=headers, background=BackgroundTask(folder.cleanup)
    )
