"""What is odd about a log that is kept all the same: each a warning, and a number beside every figure."""

from collections.abc import Iterator
from itertools import pairwise

from shared.flow.imports.executions import executions
from shared.flow.imports.historic_log import Case, Log, LogStep

Oddity = tuple[str, int, str, str]  # file, row, column, reason


def settle(log: Log) -> None:
    """Put each case's steps in order, pair starts with their completions, and report what is odd."""
    for case_id, case in log.cases.items():
        _count(log, case)
        case.steps = executions(case.steps)
        log.bridges += _mark_bridges(case)
        for oddity in _of_case(case_id, case):
            log.note(*oddity)
        if case.opened_at is None:
            case.opened_at = min((step.entered_at for step in case.steps), default=None)


def _of_case(case_id: str, case: Case) -> Iterator[Oddity]:
    """Yield what is odd about a case's row: there is none, or it closes too early or opens too late."""
    stamps = [step.entered_at for step in case.steps]
    if case.opened_at is None:
        yield "cases", case.row, "case_id", f"case {case_id} has events but no row of its own"
        return
    if case.closed_at and case.closed_at < case.opened_at:
        yield "cases", case.row, "close_at", "closes before it opens"
    elif case.closed_at and stamps and case.closed_at < max(stamps):
        yield "cases", case.row, "close_at", "closes before some of its events"
    if early := sum(stamp < case.opened_at for stamp in stamps):
        yield "cases", case.row, "open_at", f"opens after some of its events: {early}"


def _count(log: Log, case: Case) -> None:
    """Count ties, duplicates and steps before the opening; report each duplicate."""
    seen = set()
    for step in case.steps:
        same = (
            step.entered_at,
            step.activity,
            step.stage,
            step.party,
            step.actor,
            step.role,
            step.transition,
        )
        if same in seen:
            log.duplicates += 1
            log.note("events", step.row, "", "says the same as a row before it")
        seen.add(same)
    stamps = sorted(step.entered_at for step in case.steps)
    log.ties += sum(one == other for one, other in pairwise(stamps))
    if case.opened_at is not None:
        log.before_open += sum(stamp < case.opened_at for stamp in stamps)


def _mark_bridges(case: Case) -> int:
    """Mark the steps before which a row was refused; return how many there are.

    Where a refused row says when it was, it lies there; otherwise where it stands in the file.
    """
    marked = 0
    order = sorted(case.steps, key=lambda step: (step.entered_at, step.seq))
    for gap in case.refused:
        if gap.at is not None:
            at = next((n for n, step in enumerate(order) if step.entered_at > gap.at), len(order))
        else:
            at = _beside(gap.row, order)
        if 0 < at < len(order) and not order[at].bridged:
            order[at].bridged = True
            marked += 1
    return marked


def _beside(row: int, order: list[LogStep]) -> int:
    """Return which is later of the steps above and below a row of the file; 0 where either is missing.

    The file may run from the oldest to the newest, or back.
    """
    places = {step.row: n for n, step in enumerate(order)}
    above, below = [r for r in places if r < row], [r for r in places if r > row]
    return max(places[max(above)], places[min(below)]) if above and below else 0
