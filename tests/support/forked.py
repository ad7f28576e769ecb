"""The program in a process of its own, forked from one that has imported it: a start costs nearly nothing.

Whoever asks for it can kill it, and reads what it says and how it ends, as of any other process.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from multiprocessing.context import ForkServerProcess
from pathlib import Path

IMPORTED = (
    "rfp_service.cli",
    "rfp_service.operator.audit",
    "rfp_service.demonstration.guide",
    "rfp_service.demonstration.neighbour",
    "rfp_service.demonstration.seeding",
    "rfp_service.migrating",
    "rfp_service.serving",
    "rfp_service.operator.verification",
    "rfp_service.worker",
)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(IMPORTED))


def forked(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: Path,
    err: Path,
    constants: Mapping[str, float] | None = None,
) -> ForkServerProcess:
    """Begin the program as `rfp-service` would, writing to these files; with other constants, if you like."""
    given = (tuple(arguments), dict(environment), out, err, dict(constants or {}))
    process = _CONTEXT.Process(target=_program, args=given, daemon=True)
    process.start()
    return process


def _program(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: Path,
    err: Path,
    constants: Mapping[str, float],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)
    for place, value in constants.items():
        module, _, name = place.partition(":")
        assert hasattr(import_module(module), name), f"{place} is no longer there"
        setattr(import_module(module), name, value)
    sys.argv = ["rfp-service", *arguments]
    from rfp_service.cli import main

    main()


def process_of(work: Callable[[str], None], given: str) -> ForkServerProcess:
    """Begin a function in a process of its own, which can be killed."""
    process = _CONTEXT.Process(target=work, args=(given,), daemon=True)
    process.start()
    return process
