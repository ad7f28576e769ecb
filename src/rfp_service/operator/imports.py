"""`import rfp-log`: historic records, with a bar that says how far they have come."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvloop
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rfp_service.databases import Database, database
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.service import opened
from rfp_service.temporary_files import own_temporary_folder
from rfp_service.terminal import say
from shared.flow.imports.domain import Import, ImportReport, ImportStatus
from shared.flow.imports.loader import LogFiles
from shared.flow.imports.options import Options, columns_of, stages_of
from shared.kernel.messages import Stamp
from shared.settings import Settings

OPERATOR = "operator"


def rfp_log(  # noqa: PLR0913  # the options of one command
    events: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    cases: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="Not needed for XES.")
    ] = None,
    *,
    name: str = "RFP log",
    timestamps: str = "entered",
    time_zone: Annotated[str | None, typer.Option(help="For times without an offset.")] = None,
    activity_map: Annotated[Path | None, typer.Option(help="JSON: activity to stage.")] = None,
    strict: bool = False,
    mapping: Annotated[Path | None, typer.Option(help="JSON: heading to column.")] = None,
    delimiter: Annotated[str, typer.Option(help="comma, semicolon, tab or bar.")] = "comma",
    dates: Annotated[str, typer.Option(help="iso, day_first or month_first.")] = "iso",
    dry_run: bool = False,
) -> None:
    if timestamps not in ("entered", "completed"):
        raise typer.BadParameter("entered or completed", param_hint="--timestamps")
    stages = stages_of(activity_map.read_bytes() if activity_map else None)
    columns = columns_of(mapping.read_bytes() if mapping else None)
    options = Options(timestamps, time_zone, stages, strict, columns, delimiter, dates)
    files = LogFiles(events, cases, options)
    settings = configured()
    with own_temporary_folder(), database(settings) as base, _bar() as bar:
        task = bar.add_task("events", total=None)
        log_id, state = uvloop.run(
            _import(settings, base, files, name, dry_run, lambda n: bar.update(task, completed=n))
        )
        bar.update(task, total=state.report.events, completed=state.report.events)
    say(_told(log_id, state))
    if state.status is ImportStatus.FAILED:
        raise typer.Exit(1)


async def _import(  # what one import needs
    settings: Settings,
    base: Database,
    files: LogFiles,
    name: str,
    dry_run: bool,  # noqa: FBT001  # the same
    progress: Callable[[int], None],
) -> tuple[UUID, Import]:
    await prepare(base)
    async with opened(settings, base.service) as service:
        if dry_run:
            log_id, report = await service.importer.try_out(files)
            return log_id, Import(ImportStatus.ABSENT, name, "rfp-log", files.options.timestamps, report)
        stamp = Stamp(by=OPERATOR, authority="operator", at=datetime.now(UTC), causation="cli")
        return await service.importer.run(files, name, stamp, progress)


def _told(log_id: UUID, state: Import) -> str:
    """Return the report of an import as lines to read."""
    report: ImportReport = state.report
    status = "nothing written" if state.status is ImportStatus.ABSENT else state.status.value
    lines = [
        f"Import {log_id}: {status}. {state.reason}".rstrip(),
        f"{report.cases} cases, {report.events} events.",
        f"{report.bad_rows} bad rows, {report.warnings} warnings.",
    ]
    lines += [f"  bad: {f.file} row {f.row}, {f.column}: {f.reason}" for f in report.bad]
    lines += [f"  odd: {f.file} row {f.row}, {f.column}: {f.reason}" for f in report.odd]
    if hidden := report.bad_rows + report.warnings - len(report.bad) - len(report.odd):
        lines.append(f"  and {hidden} more, which --dry-run lists.")
    return "\n".join(lines)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        transient=True,
    )
