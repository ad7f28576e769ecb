"""Children that read strangers' files: started, waited for, ended in time; a few at once."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from shared.kernel.child_processes import end_child
from shared.kernel.errors import Refused
from shared.web.sandbox.limits import (
    ANSWER_BYTES_LIMIT,
    CHILDREN_AT_ONCE,
    ONE_FILE,
    ExpandsTooFar,
    FileLimits,
    FileNotRead,
    NeedsTooMuchMemory,
    TakesTooLong,
)

# Python, seeing no more of this process than its libraries: no variables, so no secrets.
PROGRAM = (sys.executable, "-I", "-X", "utf8", "-m", "shared.web.sandbox.child")
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """How a kind of file is read: by the function `convert` of a module, which may refuse it so.

    `convert(source, target)` writes what the file holds, and returns what else is known of it, as JSON
    has it. The module is imported in the child, where every import costs each file its time.
    """

    module: str
    refusals: tuple[type[Refused], ...]
    limits: FileLimits = ONE_FILE


class Sandbox:
    """Reads strangers' files, each in a child of its own; while all are busy, the next wait in order."""

    def __init__(self, at_once: int = CHILDREN_AT_ONCE) -> None:
        """Run so many children at once."""
        self._turns = asyncio.Semaphore(at_once)

    async def convert(self, task: Task, source: Path, target: Path) -> Mapping[str, Any]:
        """Write what a file holds to another one; return what else is known of it.

        Refuses a file as its task does, and one that meets a limit. Cancelled, it ends the child.
        """
        async with self._turns:
            answer, code = await _run(task, source, target)
        if "found" in answer:
            found: Mapping[str, Any] = answer["found"]
            return found
        target.unlink(missing_ok=True)  # noqa: ASYNC240  # nothing that waits
        for refusal in task.refusals:
            if refusal.__name__ == answer.get("refusal"):
                raise refusal(**answer["facts"])
        raise _stopped(answer.get("limit"), code, task.limits)


async def _run(task: Task, source: Path, target: Path) -> tuple[dict[str, Any], int]:
    """Return a child's answer, empty where it gave none, and how it ended."""
    limits = task.limits
    child = await asyncio.create_subprocess_exec(
        *PROGRAM,
        task.module,
        source,
        target,
        *map(str, (limits.memory_bytes, limits.output_bytes, limits.cpu_seconds)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        limit=ANSWER_BYTES_LIMIT,
    )
    assert child.stdout is not None, "it was asked for"
    try:
        async with asyncio.timeout(limits.wall_seconds):
            line = await child.stdout.readline()
            return json.loads(line or b"{}"), await child.wait()
    except TimeoutError:
        return {"limit": "time"}, 0
    except ValueError:  # longer than an answer, or cut off
        return {}, 1
    finally:
        await end_child(child)


def _stopped(limit: str | None, code: int, limits: FileLimits) -> Refused:
    """Return what to say of a file that met a limit, or that broke its reader."""
    if limit == "time" or code in OUT_OF_TIME:
        refusal: Refused = TakesTooLong(limit_seconds=limits.cpu_seconds)
    elif limit == "memory" or code in OUT_OF_MEMORY:
        refusal = NeedsTooMuchMemory(limit_bytes=limits.memory_bytes)
    elif limit == "output":
        refusal = ExpandsTooFar(limit_bytes=limits.output_bytes)
    else:
        refusal = FileNotRead()
    log.warning("file not read", limit=limit, code=code, refusal=type(refusal).__name__)
    return refusal
