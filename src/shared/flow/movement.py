"""How cases move: how long they take, where they go back, whether another person makes them wait."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.flow.addends import Window, across_refused_rows
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.spans import ended_for, recorded_spans, step_spans
from shared.flow.statistics import Ordered, exact_sum
from shared.flow.survival import quantiles
from shared.flow.waits import Mask, Waits, activity_waits, stage_waits
from shared.kernel.calendar import DAY, SECOND, WORKING_DAY, Microseconds, WorkingTime, by_london_clocks

SCATTER_LIMIT = 500
FLOW_DAYS, FLOW_DAYS_LIMIT = 90, 3_660
EXPECTED_SHARE = 0.85
EPOCH = date(1970, 1, 1)


def counts(log: FlowLog) -> dict[str, int]:
    """Return how much there is of everything; a variant is a sequence of activities that some case took."""
    starts = np.flatnonzero(np.diff(log.case, prepend=-1) != 0)
    activity = log.activity.codes.astype(np.int32)
    variants = {part.tobytes() for part in np.split(activity, starts[1:])} if len(starts) else set()
    return {
        "cases": int((log.cases.opened != STILL_OPEN).sum()),
        "events": len(log.case),
        "activities": len(np.unique(log.activity.codes)),
        "stages": len(np.unique(log.stage.codes)),
        "variants": len(variants),
    }


def cycle_time(log: FlowLog, working: WorkingTime) -> dict[str, Any]:
    """Return how long cases take from their first step to their last, but for time between ends."""
    spans = step_spans(log)
    took = spans.went - spans.came - ended_for(log)[spans.case]
    worked = working.microseconds(spans.went) - working.microseconds(spans.came)
    worked -= ended_for(log, working)[spans.case]
    return {
        "elapsed": {**Ordered.of(took).spread, "p70": _p70(took)},
        "working": {**Ordered.of(worked).spread, "p70": _p70(worked)},
    }


def _p70(values: Microseconds) -> float | None:
    return float(np.percentile(values, 70)) / SECOND if len(values) else None


def scatter(log: FlowLog, working: WorkingTime, window: Window) -> list[dict[str, Any]]:
    """Return when each case of a period closed and how long it took, the last ones where they are many."""
    spans = recorded_spans(log)
    closed = np.flatnonzero((spans.went != STILL_OPEN) & (spans.went >= spans.came))
    start, end = window.start, window.end
    went = spans.went[closed]
    within = (went >= (went.min(initial=0) if start is None else start)) & (
        went < (STILL_OPEN if end is None else end)
    )
    rows = closed[within][np.argsort(went[within], kind="stable")][-SCATTER_LIMIT:]
    worked = working.microseconds(spans.went[rows]) - working.microseconds(spans.came[rows])
    worked -= ended_for(log, working)[spans.case[rows]]
    took = spans.went[rows] - spans.came[rows] - ended_for(log)[spans.case[rows]]
    columns = (spans.case[rows], spans.went[rows], took / DAY, worked / WORKING_DAY)
    names = ("case", "closed_us", "days", "working_days")
    rows_told = zip(*(column.tolist() for column in columns), strict=True)
    return [dict(zip(names, (log.cases.ids[case], *rest), strict=True)) for case, *rest in rows_told]


def expectation(log: FlowLog, as_of: int, working: WorkingTime) -> dict[str, Any]:
    """Return the working days within which 85% of cases close, open ones counted too, and who kept that."""
    within, cases = _closed_within(log, as_of, working)
    if within is None:
        return {"working_days": None, "kept": None, "broken": None, "open_beyond": None, "kept_share": None}
    kept, broken = len(cases["kept"]), len(cases["broken"])
    return {
        "working_days": within / WORKING_DAY,
        "kept": kept,
        "broken": broken,
        "open_beyond": len(cases["beyond"]),
        "kept_share": kept / (kept + broken) if kept + broken else None,
    }


def closed_within(log: FlowLog, as_of: int, working: WorkingTime) -> dict[str, NDArray[np.int64]]:
    """Return the indexes of cases that kept what 85% keep, that did not, and open ones beyond it."""
    return _closed_within(log, as_of, working)[1]


def _closed_within(
    log: FlowLog, as_of: int, working: WorkingTime
) -> tuple[int | None, dict[str, NDArray[np.int64]]]:
    spans = recorded_spans(log)
    until = np.minimum(spans.went, as_of)
    took = working.microseconds(until) - working.microseconds(spans.came)
    took -= ended_for(log, working)[spans.case]
    whole, closed = until >= spans.came, spans.went != STILL_OPEN
    ended, lasting = np.sort(took[whole & closed]), np.sort(took[whole & ~closed])
    [within] = quantiles(ended, lasting, (EXPECTED_SHARE,))
    beyond = took > (np.iinfo(np.int64).max if within is None else within)
    known = whole & (within is not None)
    return within, {
        "kept": spans.case[known & closed & ~beyond],
        "broken": spans.case[known & closed & beyond],
        "beyond": spans.case[known & ~closed & beyond],
    }


def rework(log: FlowLog, as_of: int, working: WorkingTime) -> dict[str, Any]:
    """Return the time in stages that a case had been in before: its loops."""
    visits = stage_waits(log, as_of, working)
    size = max(len(visits.place.names), 1)
    meeting = visits.case * size + visits.place.codes
    order = np.argsort(meeting, kind="stable")
    again = np.zeros(len(meeting), np.bool_)
    again[order[1:]] = np.diff(meeting[order]) == 0
    loops = again & visits.visit
    closed = loops & visits.left
    total = exact_sum(visits.working[visits.left])
    worked = exact_sum(visits.working[closed])
    return {
        "cases": len(np.unique(visits.case[loops])),
        "loops": int(loops.sum()),
        "elapsed_hours": exact_sum(visits.elapsed[closed]) / SECOND / 3_600,
        "working_hours": worked / SECOND / 3_600,
        "share_working": worked / total if total else 0.0,
    }


def hand_overs(log: FlowLog, as_of: int, working: WorkingTime, window: Window) -> dict[str, Any]:
    """Return how long cases wait where the person changes, against where it does not."""
    steps = activity_waits(log, as_of, working)
    rows, known, changed = _hands(log, steps, window)
    return {
        "changed": Ordered.of(steps.working[rows[known & changed]]).spread,
        "same": Ordered.of(steps.working[rows[known & ~changed]]).spread,
        "unknown": int((~known).sum()),
    }


def bridged_share(log: FlowLog, as_of: int, working: WorkingTime, window: Window) -> float:
    """Return which share of a period's working wait lies across refused rows."""
    steps = activity_waits(log, as_of, working)
    waited = steps.ended_in(window.start, window.end)
    whole, across = (exact_sum(steps.working[of]) for of in (waited, across_refused_rows(log, waited)))
    return across / whole if whole else 0.0


def hands(log: FlowLog, steps: Waits, window: Window) -> dict[bool, NDArray[np.int64]]:
    """Return the indexes of cases that changed hands in a period, and that stayed with one person."""
    rows, known, changed = _hands(log, steps, window)
    return {True: steps.case[rows[known & changed]], False: steps.case[rows[known & ~changed]]}


def _hands(log: FlowLog, steps: Waits, window: Window) -> tuple[NDArray[np.int64], Mask, Mask]:
    """Return the waits that ended in a period, of which both persons are known, and where they differ."""
    rows = np.flatnonzero(steps.ended_in(window.start, window.end))
    actor, blank = log.actor.codes, _blank(log)
    known = (actor[rows] != blank) & (actor[rows + 1] != blank) if len(rows) else np.zeros(0, np.bool_)
    changed = actor[rows] != actor[rows + 1] if len(rows) else known
    return rows, known, changed


def _blank(log: FlowLog) -> int:
    return log.actor.names.index("") if "" in log.actor.names else -1


def cumulative_flow(log: FlowLog, as_of: int, working: WorkingTime, window: Window) -> dict[str, Any]:
    """Return how often each stage had been entered by the end of each day in London.

    And how many cases came and went in those days, as far as they are in the period.
    """
    visits: Waits = stage_waits(log, as_of, working)
    last = _day(as_of if window.end is None else min(window.end, as_of))
    first = last - FLOW_DAYS + 1 if window.start is None else _day(window.start)
    first = max(first, last - FLOW_DAYS_LIMIT + 1)
    days = np.arange(first, last + 1)
    entered = by_london_clocks(visits.began[visits.visit]) // DAY
    place = visits.place.codes[visits.visit]
    stages = {
        name: np.searchsorted(np.sort(entered[place == code]), days, side="right").tolist()
        for code, name in enumerate(visits.place.names)
    }
    return {
        "days": [EPOCH + timedelta(days=int(day)) for day in days],
        "stages": {name: counts for name, counts in stages.items() if counts and counts[-1]},
        "came": _between(recorded_spans(log).came, window, first, last),
        "went": _between(recorded_spans(log).went, window, first, last),
    }


def _between(instants: Microseconds, window: Window, first: int, last: int) -> int:
    """Return how many instants of a period are on the days from one to another."""
    known = instants[instants != STILL_OPEN]
    days = by_london_clocks(known) // DAY
    within = (days >= first) & (days <= last)
    if window.start is not None:
        within &= known >= window.start
    if window.end is not None:
        within &= known < window.end
    return int(within.sum())


def _day(instant: int) -> int:
    local: NDArray[np.int64] = by_london_clocks(np.array([instant], np.int64))
    return int(local[0]) // DAY
