"""Imports over HTTP: hand a log in, watch it, withdraw it."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, BinaryIO, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Depends, File, Form, Request, Response, UploadFile
from fastapi import Path as InPath
from pydantic import BaseModel

from shared.flow.imports.commands import StartImport, WithdrawImport
from shared.flow.imports.domain import Import, ImportReport, ImportStatus
from shared.flow.imports.import_service import import_service
from shared.flow.imports.loader import LogFiles
from shared.flow.imports.options import Options, columns_of, stages_of
from shared.kernel.fields import ONE_LINE, SHORT_TEXT_LIMIT, Flag, TextOrNull
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, ContentCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.reads.answers import CREATES, DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, must_be_known, strict

UPLOAD_BYTES_LIMIT = 256 * 1024 * 1024
MAP_CHARACTERS_LIMIT = 64 * 1024
UNNAMED = "RFP log"
PARTS = frozenset(
    [
        *("kind", "name", "events", "cases", "timestamps", "time_zone", "activity_map", "strict", "dry_run"),
        *("mapping", "delimiter", "dates"),
    ]
)

ImportId = Annotated[UUID, InPath(description="The import's id, which follows from its content.")]

DECISIONS = tuple(commands_in(WithdrawImport))

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=StrictRoute)


class ImportAnswer(BaseModel):
    """How an import stands; `tried` is a dry run, of which nothing was written."""

    id: UUID
    version: int
    position: int
    status: Literal["running", "done", "failed", "withdrawn", "tried"]
    name: str
    kind: str
    timestamps: str
    reason: TextOrNull = None
    report: ImportReport


class ImportSeen(ImportAnswer):
    """One import by itself."""

    next: Next = None


async def options_of(  # the parts of one form
    timestamps: Annotated[Literal["entered", "completed"], Form()] = "entered",
    time_zone: Annotated[str | None, Form(max_length=60, description="For times without an offset.")] = None,
    activity_map: Annotated[
        str | None, Form(max_length=MAP_CHARACTERS_LIMIT, description="JSON: activity to stage.")
    ] = None,
    strict: Annotated[Flag, Form(description="Refuse stages that the map does not have.")] = False,  # noqa: FBT002  # a form field
    mapping: Annotated[
        str | None,
        Form(
            max_length=MAP_CHARACTERS_LIMIT,
            description="JSON: heading to column, where a file calls its columns otherwise.",
            examples=['{"Reference": "case_id", "Status": "activity", "Changed on": "entered_at"}'],
        ),
    ] = None,
    delimiter: Annotated[
        Literal["comma", "semicolon", "tab", "bar"], Form(description="What stands between cells.")
    ] = "comma",
    dates: Annotated[
        Literal["iso", "day_first", "month_first"],
        Form(description="What comes first in a date of numbers, such as 31/12/2025 09:00."),
    ] = "iso",
) -> Options:
    """Read how a log is to be read."""
    return Options(
        timestamps, time_zone, stages_of(activity_map), strict, columns_of(mapping), delimiter, dates
    )


@router.post(
    "",
    status_code=202,
    summary="Import a historic log",
    dependencies=[may("StartImport")],
    responses={**CREATES, 200: {"model": ImportAnswer, "description": "A dry run, or nothing new"}},
)
async def start_import(  # noqa: PLR0913, PLR0917  # the parts of one form
    request: Request,
    response: Response,
    handler: ContentCommands,
    events: UploadFile,
    options: Annotated[Options, Depends(options_of)],
    kind: Annotated[Literal["rfp-log"], Form(description="What sort of log this is.")],
    cases: Annotated[
        UploadFile | None, File(description="CSV; not needed for XES, whose traces are its cases.")
    ] = None,
    name: Annotated[
        str, Form(max_length=SHORT_TEXT_LIMIT, pattern=f"{ONE_LINE}|^$", description="What to call it.")
    ] = UNNAMED,
    dry_run: Annotated[Flag, Form(description="Say what would happen; write nothing.")] = False,  # noqa: FBT002  # a form field
) -> ImportAnswer:
    """Take in a log: events and cases as CSV, or events as XES; plain or gzip. Sent again, it adds nothing.

    The n-th event of an XES log is told as row n + 1 of `events`, its n-th trace so of `cases`.
    """
    stamp = await handler.stamp_for(StartImport)
    must_be_known(await request.form(), PARTS)
    importer = import_service(request).importer
    name = name.strip() or UNNAMED
    folder = TemporaryDirectory(prefix="rfp-import-")
    files = LogFiles(
        await _kept(events.file, Path(folder.name, "events")),
        None if cases is None else await _kept(cases.file, Path(folder.name, "cases")),
        options,
    )
    if dry_run:
        with folder:
            log_id, report = await importer.try_out(files)
        response.status_code = 200
        return ImportAnswer(
            id=log_id,
            version=0,
            position=0,
            status="tried",
            name=name,
            kind=kind,
            timestamps=options.timestamps,
            report=report,
        )
    receipt, started = await importer.start(files, folder, name, stamp)
    response.status_code = 202 if started else 200
    response.headers["Location"] = f"/v1/imports/{receipt.id}"
    response.headers["ETag"] = f'"{receipt.version}"'
    stream = await handler.store.load(receipt.id, Import())
    return _answer(receipt.id, receipt.version, receipt.position, stream.state)


@router.get(
    "/{import_id}",
    summary="See an import",
    dependencies=[may("read-imports")],
    responses=one(ImportSeen, lasting=False),
)
async def see_import(request: Request, import_id: ImportId, reading: Read) -> Response:
    """Show how an import stands, its report, and now what you may decide on it."""
    stream = await thing_as_of(request, reading, import_id, Import())
    said = _answer(import_id, stream.version, stream.position, stream.state)
    shown = await with_next(request, reading, stream, ImportSeen(**said.model_dump()), DECISIONS)
    return answer_now(shown, stream.version)


@router.post(
    "/{import_id}/decisions", summary="Decide on an import", responses=DECIDES, max_body_size=BODY_BYTES_LIMIT
)
async def decide_on_import(
    import_id: ImportId, command: Annotated[WithdrawImport, strict(WithdrawImport), Body()], handler: Commands
) -> Receipt:
    """Withdraw an import: its figures are hidden, its events stay in the record."""
    return await handler.handle(import_id, command, blank=Import())


def _answer(import_id: ImportId, version: int, position: int, state: Import) -> ImportAnswer:
    assert state.status is not ImportStatus.ABSENT, "it has been started"
    return ImportAnswer(
        id=import_id,
        version=version,
        position=position,
        status=state.status.value,
        name=state.name,
        kind=state.log_kind,
        timestamps=state.timestamps,
        reason=state.reason,
        report=state.report,
    )


async def _kept(source: BinaryIO, path: Path) -> Path:
    """Copy an upload to where it outlives its request."""

    def copy() -> None:
        with path.open("wb") as target:
            shutil.copyfileobj(source, target)

    await asyncio.to_thread(copy)
    return path
