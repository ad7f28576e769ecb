"""`serve`: the HTTP API for as long as it is wanted."""

from typing import Annotated

import typer
import uvloop

from rfp_service import serving
from rfp_service.databases import database
from rfp_service.operator.configuration import configured, traced
from rfp_service.operator.preparation import prepare
from rfp_service.temporary_files import own_temporary_folder
from rfp_service.terminal import say


def serve(
    *, worker: Annotated[bool, typer.Option(help="Do the background work in this process too.")] = False
) -> None:
    settings = configured()
    with own_temporary_folder(), database(settings) as base, traced(settings):
        uvloop.run(prepare(base))
        serving.serve(
            settings, base, worker=worker, announce=lambda: say(f"http://{settings.host}:{settings.port}")
        )
