"""Traces: one decision's way from its request through its commit and its views to whoever is told of it.

Each step belongs to the trace that the request began with, which its events keep (`trace`): so the worker
goes on with it, in whatever process it is. Without a tracer nothing is noted, and nothing is paid.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Protocol

StepFacts = Mapping[str, str | int]


class TracedStep(Protocol):
    """One step that has begun."""

    @property
    def traceparent(self) -> str:
        """Return what the next step names as where it comes from (W3C Trace Context)."""
        ...

    def end(self, name: str, facts: StepFacts, *, failed: bool = False) -> None:
        """Say how the step is called, and what came of it."""
        ...


class StepTracer(Protocol):
    """What notes steps somewhere."""

    def begin(self, parent: str, kind: str, began_ns: int) -> TracedStep:
        """Begin a step under another, or a trace of its own; it is `server`, `client` or `internal`."""
        ...


class _Noting:
    """The one tracer of this process, where there is one."""

    tracer: StepTracer | None = None


def note_with(tracer: StepTracer | None) -> None:
    """Note steps with this tracer from now on; with none, nothing is noted."""
    _Noting.tracer = tracer


def is_noted() -> bool:
    """Say whether steps are noted."""
    return _Noting.tracer is not None


def began_now() -> int:
    """Return when a step begins, as traces count; 0 if nothing is noted."""
    return 0 if _Noting.tracer is None else time.time_ns()


def begun(parent: str, kind: str) -> TracedStep | None:
    """Begin a step; nothing if nothing is noted."""
    tracer = _Noting.tracer
    return None if tracer is None else tracer.begin(parent, kind, time.time_ns())


def note(name: str, parents: Iterable[str], began_ns: int, **facts: str | int) -> None:
    """Note a step that has ended, once for each trace that it was part of."""
    tracer = _Noting.tracer
    if tracer is None or not began_ns:
        return
    for parent in {each for each in parents if each}:
        tracer.begin(parent, "internal", began_ns).end(name, {f"rfp.{key}": facts[key] for key in facts})
