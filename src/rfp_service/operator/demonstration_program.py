"""What `demo` runs, once its database is there."""

from contextlib import ExitStack

import uvloop

from rfp_service import serving
from rfp_service.databases import Database, must_have_owner
from rfp_service.demonstration.guide import guide
from rfp_service.demonstration.neighbour import neighbours
from rfp_service.demonstration.seeding import seed, start_over
from rfp_service.operator.configuration import traced
from rfp_service.operator.preparation import prepare
from rfp_service.operator.receivers import Receivers, receivers
from rfp_service.service import opened
from rfp_service.terminal import say
from shared.settings import Settings


def run(settings: Settings, base: Database, *, tell: bool) -> None:
    """Fill the database where it is empty, and serve, with witnesses and, if wanted, receivers beside."""
    with traced(settings), ExitStack() as stack:
        told = stack.enter_context(receivers(settings)) if tell else None
        wanted = told.settings if told else settings
        witnessed = stack.enter_context(neighbours(wanted))
        uvloop.run(_filled(wanted, base, told))
        serving.serve(witnessed, base, worker=True, announce=lambda: say(guide(settings, tells=tell)))


async def _filled(settings: Settings, base: Database, told: Receivers | None) -> None:
    """Bring the database up to date, and let the story be told in it; introduce whoever is to be told."""
    if await start_over(settings, must_have_owner(base)):
        say("The story was broken off when it was told last: it begins again.")
    await prepare(base)
    await seed(settings, must_have_owner(base), base.service)
    if told is not None:
        async with opened(settings, base.service) as service:
            await told.introduce(service)
