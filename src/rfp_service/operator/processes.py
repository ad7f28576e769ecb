"""`demo`, `serve`, `worker` and `courier`: the service for as long as it is wanted."""

import asyncio
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Annotated

import typer
import uvloop

from rfp_service import logs, serving
from rfp_service.databases import Database, database, must_have_owner
from rfp_service.demonstration.guide import guide
from rfp_service.demonstration.neighbour import neighbours
from rfp_service.demonstration.seeding import seed
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.operator.receivers import Receivers, receivers
from rfp_service.service import opened
from rfp_service.terminal import say
from rfp_service.worker import work
from shared.governance.notifications.courier import serve_at
from shared.ledger.log_keys import log_keys
from shared.settings import NotConfigured, Profile, Settings
from shared.web.monitoring.metrics_server import metrics_shown


def demo(
    *,
    tell: Annotated[
        bool, typer.Option(help="Run a receiver of webhooks and a mail server, too, which print what comes.")
    ] = False,
) -> None:
    settings = configured()
    if settings.profile is not Profile.DEMONSTRATION:
        raise NotConfigured("`demo` is for the demonstration profile.")
    say("Starting …")
    with _traced(settings), ExitStack() as stack:
        told = stack.enter_context(receivers(settings)) if tell else None
        wanted = told.settings if told else settings
        base = stack.enter_context(database(wanted))
        witnessed = stack.enter_context(neighbours(wanted))
        uvloop.run(_filled(wanted, base, told))
        serving.serve(witnessed, base, worker=True, announce=lambda: say(guide(settings, tells=tell)))


async def _filled(settings: Settings, base: Database, told: Receivers | None) -> None:
    """Bring the database up to date, and let the story be told in it; introduce whoever is to be told."""
    await prepare(base)
    await seed(settings, must_have_owner(base), base.service)
    if told is not None:
        async with opened(settings, base.service) as service:
            await told.introduce(service)


def serve(
    *, worker: Annotated[bool, typer.Option(help="Do the background work in this process too.")] = False
) -> None:
    settings = configured()
    with database(settings) as base, _traced(settings):
        uvloop.run(prepare(base))
        serving.serve(
            settings, base, worker=worker, announce=lambda: say(f"http://{settings.host}:{settings.port}")
        )


def worker() -> None:
    settings = configured()
    log_keys(settings)  # without them there is no point in beginning

    async def run(base: Database) -> None:
        async with opened(settings, base.service, held=True) as service, metrics_shown(service):
            await work(service)

    with database(settings) as base, _traced(settings):
        uvloop.run(run(base))


def _traced(settings: Settings) -> AbstractContextManager[None]:
    """Return what sends traces, where that is wanted: its library is an extra, and imported only then."""
    if not settings.traces_to:
        return nullcontext()
    from rfp_service.traces import traces_sent

    return traces_sent(settings)


def courier() -> None:
    settings = Settings().checked_for_courier()
    logs.configure(settings.log_level)
    if settings.webhook_courier is None:
        raise NotConfigured("`courier` needs WEBHOOK_COURIER, the path at which its worker finds it.")
    asyncio.run(serve_at(settings, settings.webhook_courier))
