"""The whole register in one file, CSV or XLSX: corrected and handed in again, it lands on the same things."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from sqlalchemy import select
from starlette.background import BackgroundTask

from shared.record.eventstore.bulk_appender import BulkAppender
from shared.web.bulk.items import CSV, XLSX
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import problems
from shared.web.reads.pages import defused
from shared.web.reads.readings import Read, Reading
from shared.web.registers.difference import shown
from shared.web.registers.register import Register

BLOCK_ROWS = 1_000

Cells = list[str]


def add_export(router: APIRouter, register: Register[Any]) -> None:
    """Add the route by which a room's register is exported."""

    @router.get(
        register.address,
        name=f"export_{register.route_prefix}register",
        summary=f"Export the register of {register.things}",
        dependencies=[may(register.read)],
        response_class=Response,
        responses={
            200: {
                "description": "All of it, a row each, as a table that can be handed in again",
                "content": {
                    CSV: {"schema": {"type": "string"}},
                    XLSX: {"schema": {"type": "string", "contentMediaType": XLSX}},
                },
            },
            **problems(),
        },
    )
    async def export_register(
        request: Request,
        reading: Read,
        form: Annotated[Literal["csv", "xlsx"], Query(description="The form of the file.")] = "csv",
    ) -> Response:
        """Export the whole register in one file: correct a cell, hand it in again, and it is a correction.

        What a spreadsheet would run has an apostrophe before it, which a hand-in takes off again; what you
        may not see is marked, and the mark says nothing when it is handed in.
        """
        await reading.must_know_what_is_exempt()  # before the answer begins
        appender = core_service(request).store.bulk_appender()
        rows = _rows(register, reading, appender)
        named = f"{register.address.strip('/')}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{named}"', "Vary": "Accept, Authorization"}
        if form == "csv":
            return StreamingResponse(_as_csv(rows), media_type=CSV, headers=headers)
        folder = TemporaryDirectory(prefix="rfp-export-")
        path = Path(folder.name, named)
        await _write_xlsx(path, rows, register.things)
        return FileResponse(path, media_type=XLSX, headers=headers, background=BackgroundTask(folder.cleanup))


async def _rows(
    register: Register[Any], reading: Reading, appender: BulkAppender
) -> AsyncIterator[list[Cells]]:
    """Yield the headings, then blocks of rows, in the order in which things came here.

    All of them are as of one position: more may be recorded while they are read.
    """
    columns = list(register.columns)
    yield [columns]
    table, after, fixed = register.table, 0, replace(reading, past=True)
    ordered = select(table.c.id, table.c.version, table.c.source, table.c.first_position)
    ordered = ordered.where(fixed.valid(table)).order_by(table.c.first_position).limit(BLOCK_ROWS)
    while found := await reading.rows(ordered.where(table.c.first_position > after)):
        after = found[-1]["first_position"]
        stored = await appender.fetch([row["id"] for row in found])
        by_then = [row for row in stored if row["notification_id"] <= reading.position]
        loaded = appender.fold(by_then, register.blank, "")
        items = [
            {"id": row["id"], "version": row["version"], "source": row["source"]}
            | dict(register.standing(loaded[row["id"].int].stream.state))
            for row in found
        ]
        await reading.redacted(items)
        yield [_cells(item, columns) for item in items]


def _cells(item: dict[str, Any], names: list[str]) -> Cells:
    """Return a row's cells; blank if a register says at the beginning what is decided here since."""
    marks = item.get("withheld", {})
    return [marks.get(name) or defused(shown(item.get(name))) for name in names]


async def _as_csv(rows: AsyncIterator[list[Cells]]) -> AsyncIterator[bytes]:
    async for block in rows:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(block)
        yield text.getvalue().encode()


async def _write_xlsx(path: Path, rows: AsyncIterator[list[Cells]], name: str) -> None:
    """Write a sheet of texts, a row at a time, so that no row is kept in memory."""
    import xlsxwriter  # slow to load, and seldom asked for

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(name.capitalize())
    number = 0
    async for block in rows:
        for place, cells in enumerate(block, start=number):
            for column, cell in enumerate(cells):
                sheet.write_string(place, column, cell)
        number += len(block)
    await asyncio.to_thread(book.close)
