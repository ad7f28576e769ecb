"""The routes of a room's register: handed in, exported whole; mappings saved; references made one."""

from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Depends, Path, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from shared.kernel.messages import Receipt
from shared.web.bulk.bulk_decisions import Things
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.decisions.commands import ContentCommands, OpeningCommands, may
from shared.web.reads.answers import CREATES, answer_one, one, problems
from shared.web.reads.pages import CSV, NDJSON, csv_of
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.registers.export import add_export
from shared.web.registers.form import PARTS, OfAcceptance, OfCells, OfTable
from shared.web.registers.hand_ins import LinkReference, RegisterHistory, history_id
from shared.web.registers.intake import HandIn
from shared.web.registers.mappings import SaveMapping, mapping_id
from shared.web.registers.register import Register
from shared.web.registers.report import MappingSeen, RegisterReport
from shared.web.registers.saved_mappings import RegisterMapping
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, must_be_known, strict

UPLOAD_BYTES_LIMIT = 128 * 1024 * 1024
LINES_IN_ONE_PIECE = 1_000

MappingId = Annotated[UUID, Path(description="The mapping's id, which follows from its name.")]
TEXT = {"schema": {"type": "string"}}
AS_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report; as CSV or NDJSON, every difference",
        "content": {CSV: TEXT, NDJSON: TEXT},
    }
}

HAND_IN = """Compare a register with what is known now, and accept some or all of the differences.

CSV of any sort, XLSX or ODS; the sheet and the headings are found, or named. What differs is new, changed,
in conflict (changed here by hand since the last register), unchanged or gone from the register: the report
says so, with the old value and who decided it; as CSV or NDJSON it is whole. `dry_run` decides nothing;
without it all is accepted, or what `accept` says. What is gone is never deleted. What was accepted is a
batch, and can be undone like any.

Columns are mapped by name: the report says how, and the mapping can be corrected and saved. A cell that can't
be read is reported, and kept as text with its thing. A blank cell, or one that was withheld, says nothing."""


def routes_of(things: Things[Any]) -> Sequence[APIRouter]:
    """Return the routes of many of a room's things at once, of their batches and their register."""
    assert isinstance(things.of, Register)
    return bulk_routes(things), batch_routes(things), register_routes(things.of)


def register_routes(register: Register[Any]) -> APIRouter:
    """Return the routes of a room's register."""
    router = APIRouter(prefix="/v1", tags=[register.tag], route_class=StrictRoute)
    _add_hand_in(router, register)
    add_export(router, register)
    _add_links(router, register)
    _add_mappings(router, register)
    return router


def _add_hand_in(router: APIRouter, register: Register[Any]) -> None:
    @router.post(
        register.address,
        status_code=200,
        name=f"hand_{register.route_prefix}register_in",
        summary=f"Hand in a register of {register.things}",
        description=HAND_IN,
        dependencies=[may(register.command.__name__)],
        response_model=RegisterReport,
        responses={**AS_FORMS, **problems(404, 409, 413, 415)},
        max_body_size=UPLOAD_BYTES_LIMIT,
    )
    async def hand_register_in(  # the parts of one form
        request: Request,
        handler: ContentCommands,
        file: UploadFile,
        table: OfTable,
        cells: OfCells,
        acceptance: OfAcceptance,
        extras: Annotated[Any, Depends(register.extras)],
    ) -> Any:
        await handler.stamp_for(register.command)
        must_be_known(await request.form(), {*PARTS, *register.extra_parts})
        told = TemporaryFile()  # noqa: SIM115  # it is closed when the answer has gone out
        hand_in = HandIn(register, request, handler, table, cells, acceptance, extras)
        try:
            report = await hand_in.taken_in(file, told)
        except BaseException:
            told.close()
            raise
        accepted = request.headers.get("accept", "")
        form = next((one for one in (CSV, NDJSON) if one in accepted), None)
        if form is None:
            told.close()
            return report
        batch = {} if report.batch is None else {"Batch": str(report.batch)}
        return StreamingResponse(_lines(told, form), media_type=form, headers=batch)


def _lines(told: IO[bytes], form: str) -> Iterator[bytes]:
    """Yield every difference, many at a time."""
    told.seek(0)
    heading = True
    with told:
        while lines := told.readlines(LINES_IN_ONE_PIECE * 256):
            if form == NDJSON:
                yield b"".join(lines)
                continue
            rows = csv_of(orjson.loads(line) for line in lines)
            yield rows if heading else rows.partition(b"\r\n")[2]
            heading = False


def _add_links(router: APIRouter, register: Register[Any]) -> None:
    link: Any = register.link or LinkReference

    @router.post(
        f"{register.address}/links",
        status_code=201,
        name=f"link_{register.route_prefix}reference",
        summary="Say that two references are one",
        responses=CREATES | problems(404),
        max_body_size=BODY_BYTES_LIMIT,
    )
    async def link_reference(
        command: Annotated[link, strict(link), Body()], handler: OpeningCommands
    ) -> Receipt:
        """Say that a reference of another source means a thing that is here."""
        assert isinstance(command, LinkReference)
        await handler.stamp_for(link)
        await handler.stamp_for(register.command)
        await handler.store.must_exist(command.thing, register.blank)
        return await handler.register(history_id(register.name), command, blank=RegisterHistory())


def _add_mappings(router: APIRouter, register: Register[Any]) -> None:
    save: Any = register.save

    @router.post(
        register.mappings,
        status_code=201,
        name=f"save_{register.route_prefix}register_mapping",
        summary="Save how a register is mapped",
        responses=CREATES,
        max_body_size=BODY_BYTES_LIMIT,
    )
    async def save_register_mapping(
        command: Annotated[save, strict(save), Body()], handler: OpeningCommands
    ) -> Receipt:
        """Save which column stands for which field under a name; saved again, it replaces the earlier one."""
        assert isinstance(command, SaveMapping)
        named = mapping_id(command.name, register.route_prefix)
        return await handler.register(named, command, blank=RegisterMapping())

    @router.get(
        f"{register.mappings}/{{mapping_id}}",
        name=f"see_{register.route_prefix}register_mapping",
        summary="See how a register is mapped",
        dependencies=[may(register.read)],
        responses=one(MappingSeen),
    )
    async def see_register_mapping(request: Request, mapping_id: MappingId, reading: Read) -> Response:
        """Show a saved mapping."""
        stream = await thing_as_of(request, reading, mapping_id, RegisterMapping())
        columns = dict(stream.state.columns)
        shown = MappingSeen(id=mapping_id, version=stream.version, name=stream.state.name, columns=columns)
        return answer_one(request, shown, f'"{stream.version}"')
