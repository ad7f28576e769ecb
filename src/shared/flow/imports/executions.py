"""Start and complete rows of one activity are one execution: it began, and it was completed."""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace

from shared.flow.imports.historic_log import LogStep

START, COMPLETE = "start", "complete"
TRANSITIONS = (START, COMPLETE)


def executions(steps: Sequence[LogStep]) -> list[LogStep]:
    """Return a case's steps, each pair of start and complete as one; the first begun is the first done.

    One that was not completed, or not begun, is a step as it is.
    """
    if not any(step.transition for step in steps):
        return list(steps)
    begun: defaultdict[str, deque[int]] = defaultdict(deque)
    found: list[LogStep] = []
    for step in sorted(steps, key=lambda step: (step.entered_at, step.seq)):
        running = begun[step.activity]
        if step.transition == COMPLETE and running:
            at = running.popleft()
            found[at] = replace(found[at], completed_at=step.entered_at)
            continue
        if step.transition == START:
            running.append(len(found))
        found.append(step)
    return found
