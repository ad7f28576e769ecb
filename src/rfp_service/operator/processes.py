"""`demo`, `serve` and `worker`: the service for as long as it is wanted."""

from typing import Annotated

import typer
import uvloop

from rfp_service import serving
from rfp_service.databases import Database, database, must_have_owner
from rfp_service.demonstration.guide import guide
from rfp_service.demonstration.neighbour import neighbours
from rfp_service.demonstration.seeding import seed
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.service import opened
from rfp_service.terminal import say
from rfp_service.worker import work
from shared.ledger.log_keys import log_keys
from shared.settings import NotConfigured, Profile
from shared.web.metrics_server import metrics_shown


def demo() -> None:
    settings = configured()
    if settings.profile is not Profile.DEMONSTRATION:
        raise NotConfigured("`demo` is for the demonstration profile.")
    say("Starting …")

    async def fill(base: Database) -> None:
        await prepare(base)
        await seed(settings, must_have_owner(base), base.service)

    with database(settings) as base, neighbours(settings) as witnessed:
        uvloop.run(fill(base))
        serving.serve(witnessed, base, worker=True, announce=lambda: say(guide(settings)))


def serve(
    *, worker: Annotated[bool, typer.Option(help="Do the background work in this process too.")] = False
) -> None:
    settings = configured()
    with database(settings) as base:
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

    with database(settings) as base:
        uvloop.run(run(base))
