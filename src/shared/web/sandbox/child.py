"""The child: limits itself, reads one file as its task says, writes what it holds, answers in one line.

It is run as a program of its own, and imports no more than its task does.
"""

import errno
import json
import os
import resource
import sys
from importlib import import_module
from pathlib import Path

from shared.kernel.errors import Refused
from shared.web.sandbox.limits import NICENESS, OPEN_FILES_LIMIT


def confine(memory_bytes: int, output_bytes: int, cpu_seconds: int) -> None:
    """Give up, for good, what reading a file does not need."""
    os.nice(NICENESS)
    for what, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, output_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def answer(task: str, source: Path, target: Path) -> dict[str, object]:
    """Convert a file; return what is known of it, which rule refuses it, or which limit it meets."""
    try:
        return {"found": import_module(task).convert(source, target)}
    except Refused as refusal:
        return {"refusal": type(refusal).__name__, "facts": dict(refusal.facts)}
    except MemoryError:
        return {"limit": "memory"}
    except OSError as error:
        if error.errno not in (errno.EFBIG, errno.ENOMEM):
            raise
        return {"limit": "output" if error.errno == errno.EFBIG else "memory"}


def main() -> None:
    """Do one task: its module, the file, where to write, and the limits."""
    task, source, target, *limits = sys.argv[1:]
    confine(*map(int, limits))
    print(json.dumps(answer(task, Path(source), Path(target))), flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
