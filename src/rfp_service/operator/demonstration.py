"""`demo`: everything in one process, with a year of fictional council work."""

from contextlib import ExitStack
from typing import Annotated

import typer
import uvloop

from rfp_service import serving
from rfp_service.databases import Database, database, must_have_owner
from rfp_service.demonstration.guide import guide
from rfp_service.demonstration.neighbour import neighbours
from rfp_service.demonstration.seeding import seed, start_over
from rfp_service.operator.configuration import configured, traced
from rfp_service.operator.preparation import prepare
from rfp_service.operator.receivers import Receivers, receivers
from rfp_service.service import opened
from rfp_service.temporary_files import own_temporary_folder
from rfp_service.terminal import say
from shared.settings import NotConfigured, Profile, Settings


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
    with own_temporary_folder(), traced(settings), ExitStack() as stack:
        told = stack.enter_context(receivers(settings)) if tell else None
        wanted = told.settings if told else settings
        base = stack.enter_context(database(wanted))
        witnessed = stack.enter_context(neighbours(wanted))
        uvloop.run(_filled(wanted, base, told))
        serving.serve(witnessed, base, worker=True, announce=lambda: say(guide(settings, tells=tell)))


async def _filled(settings: Settings, base: Database, told: Receivers | None) -> None:
    """Bring the database up to date, and let the story be told in it; introduce whoever is to be told."""
    if await start_over(settings, must_have_owner(base)):
        say("The story was broken off when it was told last: it begins anew.")
    await prepare(base)
    await seed(settings, must_have_owner(base), base.service)
    if told is not None:
        async with opened(settings, base.service) as service:
            await told.introduce(service)
