"""A child is gone when whoever ends it goes on, or is cancelled."""

import asyncio
import sys

import pytest

from shared.kernel.child_processes import end_child

# It says that it is there, and then waits for ever.
WAITING = (sys.executable, "-S", "-c", "import time; print(flush=True); time.sleep(600)")


async def begun() -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(*WAITING, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def test_it_is_reaped_however_often_the_one_who_ends_it_is_cancelled() -> None:
    process = await begun()
    ending = asyncio.create_task(end_child(process))
    await asyncio.sleep(0)  # cancelled before its first step it would do nothing at all
    while not ending.done():
        ending.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert process.returncode == -9


async def test_one_that_has_ended_by_itself_is_left_alone() -> None:
    process = await begun()
    process.terminate()
    await process.wait()
    await end_child(process)
    assert process.returncode == -15
