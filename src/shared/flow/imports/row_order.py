"""The direction that a file runs in: rows of one stamp and without `seq` happened in its order, or back."""

from collections.abc import Iterator
from itertools import pairwise

from shared.flow.imports.historic_log import LogStep
from shared.flow.imports.instants import LogInstants


def from_the_oldest(cases: list[list[LogStep]], stamps: LogInstants) -> None:
    """Number rows without `seq` from the last to the first, where they run from the newest to the oldest.

    They do where a later row of a case is at times older than the one above it, and never newer. Say
    with the stamps how many rows that puts before the one above.
    """
    unnumbered = [steps for steps in cases if all(step.seq == step.row for step in steps)]
    later = {_sign(above, below) for steps in unnumbered for above, below in pairwise(steps)}
    if 1 in later or -1 not in later:
        return
    for steps in unnumbered:
        for step in _same_as_above(steps):
            stamps.backwards += 1
            stamps.odd.setdefault("backwards", ("events", step.row, "entered_at"))
        for step, seq in zip(steps, reversed([step.row for step in steps]), strict=True):
            step.seq = seq


def _same_as_above(steps: list[LogStep]) -> Iterator[LogStep]:
    return (below for above, below in pairwise(steps) if above.entered_at == below.entered_at)


def _sign(above: LogStep, below: LogStep) -> int:
    """Return 1 where the lower row is newer, -1 where it is older, 0 where its stamp is the same."""
    return (below.entered_at > above.entered_at) - (below.entered_at < above.entered_at)
