"""The operator's door."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
import uvloop
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rfp_service import auditing, logs
from rfp_service.access import personal_secret
from rfp_service.app import openapi_text
from rfp_service.demonstration.guide import guide
from rfp_service.demonstration.neighbour import neighbour
from rfp_service.demonstration.people import person_of
from rfp_service.demonstration.seeding import seed
from rfp_service.migrating import is_current, migrate, migration_sql, rebuild_views
from rfp_service.permissions_page import permissions_page
from rfp_service.service import opened
from rfp_service.serving import (
    Database,
    database,
    must_have_owner,
    nothing_in,
    say,
    serve,
    stop_cleanly,
)
from rfp_service.worker import work
from shared.access.issuer import demonstration_token, has_issuer
from shared.access.roles import Role
from shared.audit.log.keys import log_keys
from shared.embedded.errors import EmbeddedPostgresFailed
from shared.errors import Refused
from shared.imports.domain import Import, Report, Status
from shared.imports.loading import LogFiles
from shared.imports.options import Options, stages_of
from shared.messages import Stamp
from shared.settings import NotConfigured, Profile, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
imports = typer.Typer(no_args_is_help=True, help="Take historic records in.")
app.add_typer(imports, name="import")
app.add_typer(auditing.app, name="audit")

OPERATOR = "operator"


@app.command()
def demo() -> None:
    """Run everything in one process, with demonstration data, on an embedded PostgreSQL."""
    settings = _settings()
    if settings.profile is not Profile.DEMONSTRATION:
        raise NotConfigured("`demo` is for the demonstration profile.")
    say("Starting …")
    with database(settings) as base, neighbour(settings) as witnessed:
        uvloop.run(_prepare(base, personal_secret(settings)))
        serve(witnessed, base, worker=True, announce=lambda: say(guide(settings)))


@app.command("serve")
def serve_command(
    *,
    worker: Annotated[
        bool, typer.Option(help="Do the background work in this process too.")
    ] = False,
) -> None:
    """Serve the HTTP API."""
    settings = _settings()
    with database(settings) as base:
        uvloop.run(_prepare(base))
        serve(
            settings,
            base,
            worker=worker,
            announce=lambda: say(f"http://{settings.host}:{settings.port}"),
        )


@app.command("worker")
def worker_command() -> None:
    """Keep the views current and let reactions react; a second worker waits until it is needed."""
    settings = _settings()

    log_keys(settings)  # without them there is no point in beginning

    async def run(base: Database) -> None:
        async with opened(settings, base.service) as service:
            await work(service)

    with database(settings) as base:
        uvloop.run(run(base))


@app.command("migrate")
def migrate_command(
    *, sql: Annotated[bool, typer.Option("--sql", help="Print the SQL instead.")] = False
) -> None:
    """Bring the database up to date, and rebuild the views that have changed."""
    settings = _settings()
    if sql:
        if settings.database_url is None:
            raise NotConfigured("Set DATABASE_URL: the SQL grants its user what the service needs.")
        say(migration_sql(settings.database_url))
        return
    with database(settings) as base:
        rebuilt = uvloop.run(
            migrate(must_have_owner(base), base.service, settings.database_reader_url)
        )
    say(f"Up to date; rebuilt: {', '.join(rebuilt) or 'nothing'}.")


@app.command()
def rebuild() -> None:
    """Rebuild every view from the first event on, beside the ones in use, and swap them."""
    settings = _settings()
    with database(settings) as base:
        position = uvloop.run(
            rebuild_views(must_have_owner(base), base.service, settings.database_reader_url)
        )
    say(f"Every view is rebuilt as of position {position}.")


@app.command()
def token(
    role: Role,
    person: Annotated[str | None, typer.Option(help="Whose; a fictional person.")] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="Only for this service area; may be repeated.")
    ] = None,
) -> None:
    """Print a bearer token of the demonstration issuer for a person of a role."""
    settings = _settings()
    if settings.profile is not Profile.DEMONSTRATION:
        raise NotConfigured("Tokens are the identity provider's business outside a demonstration.")
    if not has_issuer(settings.data_dir):
        raise NotConfigured(nothing_in(settings))
    say(demonstration_token(settings.data_dir, person or person_of(role), [role], area))


@app.command()
def openapi() -> None:
    """Print the API file."""
    sys.stdout.buffer.write(openapi_text())


@app.command()
def permissions() -> None:
    """Print the permission table as a page."""
    sys.stdout.write(permissions_page())


@imports.command("rfp-log")
def import_rfp_log(  # noqa: PLR0913  # the options of one command
    events: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    cases: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    *,
    name: str = "RFP log",
    timestamps: str = "entered",
    time_zone: Annotated[str | None, typer.Option(help="For times without an offset.")] = None,
    activity_map: Annotated[Path | None, typer.Option(help="JSON: activity to stage.")] = None,
    strict: bool = False,
    dry_run: bool = False,
) -> None:
    """Take in a historic log of events and cases, plain or gzip CSV; the same again adds nothing."""
    if timestamps not in ("entered", "completed"):
        raise typer.BadParameter("entered or completed", param_hint="--timestamps")
    stages = stages_of(activity_map.read_bytes() if activity_map else None)
    files = LogFiles(events, cases, Options(timestamps, time_zone, stages, strict))
    settings = _settings()
    with database(settings) as base, _bar() as bar:
        task = bar.add_task("events", total=None)
        log_id, state = uvloop.run(
            _import(settings, base, files, name, dry_run, lambda n: bar.update(task, completed=n))
        )
        bar.update(task, total=state.report.events, completed=state.report.events)
    say(_told(log_id, state))
    if state.status is Status.FAILED:
        raise typer.Exit(1)


async def _import(  # what one import needs
    settings: Settings, base: Database, files: LogFiles, name: str, dry_run: bool,  # noqa: FBT001  # the same
    progress: Callable[[int], None],
) -> tuple[UUID, Import]:  # fmt: skip
    await _prepare(base)
    async with opened(settings, base.service) as service:
        if dry_run:
            log_id, report = await service.importer.try_out(files)
            return log_id, Import(Status.ABSENT, name, "rfp-log", files.options.timestamps, report)
        stamp = Stamp(by=OPERATOR, authority="operator", at=datetime.now(UTC), causation="cli")
        return await service.importer.run(files, name, stamp, progress)


def _told(log_id: UUID, state: Import) -> str:
    """Return the report of an import as lines to read."""
    report: Report = state.report
    status = "nothing written" if state.status is Status.ABSENT else state.status.value
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


async def _prepare(base: Database, secret: bytes | None = None) -> None:
    """Bring the database up to date where we may; with a secret, fill an empty one with the story."""
    connection = await asyncpg.connect(base.service)
    try:
        current = await is_current(connection)
    finally:
        await connection.close()
    if not current:
        await migrate(must_have_owner(base), base.service)
    if secret is not None:
        await seed(must_have_owner(base), secret)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        transient=True,
    )  # fmt: skip


def _settings() -> Settings:
    """Read the configuration, and set up the logs by it."""
    settings = Settings().checked()
    logs.configure(settings.log_level)
    return settings


def main() -> None:
    """Run a command; what is wrong is said in a sentence, without a traceback."""
    stop_cleanly()
    try:
        app()
    except (NotConfigured, EmbeddedPostgresFailed) as error:
        sys.exit(f"rfp-service: {error}")
    except Refused as refusal:
        sys.exit(f"rfp-service: {refusal.sentence()} {dict(refusal.facts) or ''}".rstrip())
    except (asyncpg.UndefinedFunctionError, asyncpg.UndefinedTableError):
        sys.exit(
            "rfp-service: this database has not been set up by this program: run `rfp-service migrate`,"
            " or set DATABASE_URL or DATA_DIR to one that has."
        )
    except (ConnectionError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        sys.exit(f"rfp-service: the database can't be used: {error}")
    except ValidationError as error:
        wrong = ", ".join(
            f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        )
        sys.exit(f"rfp-service: {wrong}")
