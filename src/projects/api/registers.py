"""Registers over HTTP: tried first, taken in whole or row by row, with a report of what was not read."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Depends, Form, Request, Response, UploadFile
from fastapi import Path as InPath
from pydantic import JsonValue, TypeAdapter, ValidationError

from projects.api.fact_finders import values_in_force
from projects.api.register_answers import MappingSeen, RegisterReport, reported
from projects.api.register_rows import ReadingOptions, RowReport, read_rows
from projects.commands.facts import of_categories
from projects.commands.register_mappings import Columns, SaveRegisterMapping, must_be_complete
from projects.commands.registration import RegisterProject
from projects.domain.project import Project, Scale, project_id
from projects.domain.refusals import NoSuchColumn, UnreadableMapping
from projects.domain.register_mapping import RegisterMapping, mapping_id, suggested
from shared.governance.scheme.domain import SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.fields import SHORT_TEXT_LIMIT, Flag
from shared.kernel.messages import Command, Known, Receipt
from shared.web.answers import CREATES, answer_one, one, problems
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, must_be_known, strict
from shared.web.bulk.batch_runs import BatchRun
from shared.web.bulk.batches import BATCHES, Counts, Mode, cause_of
from shared.web.bulk.items import Item
from shared.web.bulk.outcomes import Outcome, not_understood, unreadable
from shared.web.bulk.refusals import UnknownReference
from shared.web.bulk.requests import BatchRequest, Operation
from shared.web.bulk.responses import Batches
from shared.web.commands import ContentCommands, OpeningCommands, may
from shared.web.readings import Read
from shared.web.tabular.tables import Table, open_table

UPLOAD_BYTES_LIMIT = 128 * 1024 * 1024
MAPPING_CHARACTERS_LIMIT = 64 * 1024
PARTS = {"file", "mapping", "mapping_name", "scale", "amounts_in", "encoding", "mode", "dry_run"}
PENCE = {"pounds": 100, "thousands": 100_000, "millions": 100_000_000}
TOO_LONG = {"detail": "The row has more cells than there are columns."}

MappingId = Annotated[UUID, InPath(description="The mapping's id, which follows from its name.")]
_COLUMNS: TypeAdapter[dict[str, Any]] = TypeAdapter(Columns)

router = APIRouter(prefix="/v1", tags=["projects"], route_class=StrictRoute)


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """How somebody wants their register read."""

    mapping: str | None
    mapping_name: str | None
    scale: Scale
    amounts_in: str
    encoding: str | None

    def text(self) -> str:
        """Return what makes the same file with other wishes another register."""
        return f"{self.mapping}\n{self.mapping_name}\n{self.scale}\n{self.amounts_in}\n{self.encoding}"


async def wished(
    mapping: Annotated[
        str | None, Form(max_length=MAPPING_CHARACTERS_LIMIT, description="JSON: heading to field.")
    ] = None,
    mapping_name: Annotated[
        str | None, Form(max_length=SHORT_TEXT_LIMIT, description="A saved mapping's name.")
    ] = None,
    scale: Annotated[Scale, Form(description="The scale of the ratings.")] = Scale.UNSTATED,
    amounts_in: Annotated[Literal["pounds", "thousands", "millions"], Form()] = "pounds",
    encoding: Annotated[
        Literal["as it seems", "utf-8", "cp1252", "mac_roman"], Form(description="Of a CSV file.")
    ] = "as it seems",
) -> RegisterReading:
    """Read how a register is to be read."""
    known = None if encoding == "as it seems" else encoding
    return RegisterReading(mapping, mapping_name, scale, amounts_in, known)


@router.post(
    "/project-registers",
    status_code=200,
    summary="Hand a register of projects in",
    dependencies=[may("RegisterProject")],
    responses=problems(404, 409, 413, 415),
    max_body_size=UPLOAD_BYTES_LIMIT,
)
async def hand_register_in(  # the parts of one form
    request: Request,
    handler: ContentCommands,
    file: UploadFile,
    options: Annotated[RegisterReading, Depends(wished)],
    mode: Annotated[Mode, Form(description="All rows, or each that can be.")] = Mode.ALL_OR_NOTHING,
    dry_run: Annotated[Flag, Form(description="Say what would happen; write nothing.")] = False,  # noqa: FBT002  # a form field
) -> RegisterReport:
    """Take a register in: CSV of any sort, XLSX or ODS, with its headings in the first row.

    New references are identified. Of known ones what has changed of their text, dates, cost and rating is
    kept; their category stays, since another one is a decision of its own. The same register again says
    nothing new. Columns are mapped by name: the report says how, and the mapping can be corrected and
    saved. A cell that can't be read, or a category that the scheme does not name, is reported, and kept as
    text with a new project.
    """
    stamp = await handler.stamp_for(RegisterProject)
    must_be_known(await request.form(), PARTS)
    with TemporaryDirectory(prefix="rfp-register-") as folder:
        path = Path(folder, "register")
        batch = uuid5(BATCHES, await asyncio.to_thread(_kept, file, path, options.text()))
        table = await open_table(path, request.app.state.service.sandbox, options.encoding)
        rows = await asyncio.to_thread(_rows_counted, table)
        values = await values_in_force(handler.store, day_in_london(stamp.at))
        how = replace(await _how(request, table, options), names=naming(values))
        known = Known(
            position=stamp.known.position, roles=stamp.known.roles, scheme_version=stamp.known.scheme_version
        )
        stamp = stamp.model_copy(update={"causation": cause_of(batch), "known": known})
        report = RowReport()
        operation = registering(values)
        work = BatchRun(
            batch,
            operation,
            BatchRequest(stamp, mode, dry_run, areas=handler.areas(RegisterProject)),
            str(batch),
            _items(table, how, report),
            rows,
        )
        outcomes, counts, position = await _carried_out(request, work)
    return reported(
        table, how, report, outcomes, counts, position, batch=None if dry_run else batch, mode=mode
    )


async def _carried_out(request: Request, work: BatchRun) -> tuple[list[Outcome], Counts, int | None]:
    """Carry a register out; of its outcomes, keep those that somebody must look at, and the last position."""
    batches: Batches = request.app.state.service.batches
    kept: list[Outcome] = []
    counts, position = Counts(), 0
    await batches.runs.begin(work)
    async for outcomes, so_far in batches.runs.carried_out(work):
        position = max((position, *(outcome.position or 0 for outcome in outcomes)))
        kept += [outcome for outcome in outcomes if outcome.became in ("refused", "not-done")]
        counts = so_far
    return kept, counts, position or None


def _kept(file: UploadFile, path: Path, options: str) -> str:
    """Keep an upload; return what names its content and how it is to be read."""
    digest = hashlib.sha256(options.encode())
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _rows_counted(table: Table) -> int:
    """Read a table to its end once, so that nothing of it is taken in where all of it is wrong."""
    return sum(1 for _ in table.rows)


async def _how(request: Request, table: Table, options: RegisterReading) -> ReadingOptions:
    """Return the mapping that was sent, that was saved, or that the headings suggest."""
    columns = suggested(table.headings)
    if options.mapping is not None:
        try:
            columns = _COLUMNS.validate_json(options.mapping, strict=True)
        except ValidationError:
            raise UnreadableMapping from None
    elif options.mapping_name is not None:
        store = request.app.state.service.store
        saved = await store.load(mapping_id(options.mapping_name), RegisterMapping())
        if saved.version == 0:
            raise NotFound
        columns = dict(saved.state.columns)
    if missing := [heading for heading in columns if heading not in table.headings]:
        raise NoSuchColumn(missing=missing, headings=list(table.headings))
    must_be_complete(columns)
    return ReadingOptions(columns, options.scale, PENCE[options.amounts_in])


def _items(table: Table, how: ReadingOptions, report: RowReport) -> Iterator[Item[RegisterProject] | Outcome]:
    for number, row, reference in read_rows(table, how, report):
        if row is None:
            problem = not_understood([TOO_LONG])
            yield Outcome(number, "refused", problem=problem, reference=reference)
        elif isinstance(row, ValidationError):
            yield unreadable(number, row, reference)
        else:
            yield Item(number, row, reference)


def _project(row: RegisterProject) -> UUID:
    if row.reference is None:
        raise UnknownReference
    return project_id(row.reference)


def naming(values: SchemeValues | None) -> Callable[[str, str | None], bool]:
    """Return what says whether the scheme in force names a category; it does where it names none at all."""
    known = lru_cache(partial(of_categories, values))  # many rows name the same few
    return lambda category, sub_category: known(category, sub_category).get("category_named") is not False


def registering(values: SchemeValues | None) -> Operation[RegisterProject, Project]:
    """Return how rows of a register are taken in under the scheme in force."""
    named = lru_cache(partial(of_categories, values))  # many rows name the same few

    def facts(command: Command[Project]) -> dict[str, JsonValue]:
        assert isinstance(command, RegisterProject)
        return named(command.category, command.sub_category)

    return Operation(
        "project-register",
        RegisterProject,
        Project(),
        _project,
        lambda _: None,
        lambda row: row,
        facts,
        lambda _command, _event: True,
        begins=True,
    )


@router.post(
    "/register-mappings",
    status_code=201,
    summary="Save how a register is mapped",
    responses=CREATES,
    max_body_size=BODY_BYTES_LIMIT,
)
async def save_register_mapping(
    command: Annotated[SaveRegisterMapping, strict(SaveRegisterMapping), Body()], handler: OpeningCommands
) -> Receipt:
    """Save which column stands for which field under a name; saved again, it replaces the earlier one."""
    return await handler.register(mapping_id(command.name), command, blank=RegisterMapping())


@router.get(
    "/register-mappings/{mapping_id}",
    summary="See how a register is mapped",
    dependencies=[may("read-projects")],
    responses=one(MappingSeen),
)
async def see_register_mapping(request: Request, mapping_id: MappingId, reading: Read) -> Response:
    """Show a saved mapping."""
    store = request.app.state.service.store
    stream = await store.load(mapping_id, RegisterMapping(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    columns = dict(stream.state.columns)
    shown = MappingSeen(id=mapping_id, version=stream.version, name=stream.state.name, columns=columns)
    return answer_one(request, shown, f'"{stream.version}"')
