"""`demo`: everything in one process, with a year of fictional council work.

The database starts while the program, which takes longer, is loaded.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Annotated

import typer

from rfp_service.databases import database
from rfp_service.operator.configuration import configured
from rfp_service.operator.lazy_commands import loaded
from rfp_service.temporary_files import own_temporary_folder
from rfp_service.terminal import say
from shared.settings import NotConfigured, Profile

PROGRAM = "rfp_service.operator.demonstration_program"


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
    with own_temporary_folder(), ExitStack() as stack:
        with ThreadPoolExecutor(1) as beside:
            starting = beside.submit(stack.enter_context, database(settings))
            program = loaded(PROGRAM)
        program.run(settings, starting.result(), tell=tell)
