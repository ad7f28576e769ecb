"""Child processes, which end with the one who began them."""

import asyncio
from asyncio.subprocess import Process
from contextlib import suppress


async def end_child(process: Process) -> None:
    """Kill a child if it still runs, and wait until it has been reaped.

    Whoever waits may be cancelled, even more than once: that is raised when the child is gone. It has been
    killed, so it is soon; given up earlier it would be left to a loop that may be closing.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    cancelled: asyncio.CancelledError | None = None
    while process.returncode is None:
        try:
            await process.wait()
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
