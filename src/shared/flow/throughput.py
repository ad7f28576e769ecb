"""What comes, what goes, what is there: by week and month, never counting a week that is not over."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.spans import Spans, ended_for, monday, recorded_spans, step_spans, week_name, weeks_of
from shared.flow.statistics import exact_sum
from shared.kernel.calendar import DAY, by_london_clocks, microseconds, start_of

WEEKS_LIMIT, MONTHS_LIMIT = 520, 120
LOAD_WEEKS = 8
UNSTABLE = 0.10


def weekly(log: FlowLog, as_of: int) -> list[dict[str, Any]]:
    """Return for each week what came and went; the week that still runs is marked."""
    recorded, steps = recorded_spans(log), step_spans(log)
    columns = {
        "arrivals": recorded.came,
        "throughput": recorded.went[recorded.went != STILL_OPEN],
        "first_steps": steps.came,
        "last_steps": steps.went,
    }
    weeks = {name: weeks_of(instants) for name, instants in columns.items()}
    last = int(weeks_of(np.array([as_of]))[0])
    present = [int(column.min()) for column in weeks.values() if len(column)]
    first = max(min(present, default=last), last - WEEKS_LIMIT + 1)
    size = last - first + 1
    counts = {
        name: np.bincount(column[(column >= first) & (column <= last)] - first, minlength=size).tolist()
        for name, column in weeks.items()
    }
    return [
        {
            "week": week_name(first + n),
            "begins_on": monday(first + n),
            "partial": first + n == last,
            **{name: times[n] for name, times in counts.items()},
        }
        for n in range(size)
    ]


def work_in_progress(log: FlowLog, as_of: int) -> list[dict[str, Any]]:
    """Return how much was there at the beginning of each month in London, and how old it was."""
    recorded, steps = recorded_spans(log), step_spans(log)
    began = [int(spans.came.min()) for spans in (recorded, steps) if len(spans.came)]
    day = _day(min(began, default=as_of)).replace(day=1)
    days = []
    while (day := (day + timedelta(days=32)).replace(day=1)) <= _day(as_of):
        days.append(day)
    return [
        {
            "on": day,
            **present(recorded, microseconds(start_of(day))),
            "between_steps": present(steps, microseconds(start_of(day))),
        }
        for day in days[-MONTHS_LIMIT:]
    ]


def present(spans: Spans, at: int) -> dict[str, Any]:
    """Return how many cases were there at an instant, and their ages in days."""
    ages = spans.at(at)
    told: dict[str, Any] = {"wip": len(ages), "age_p50_days": None, "age_p85_days": None}
    if len(ages):
        told["age_p50_days"], told["age_p85_days"] = (np.percentile(ages, (50, 85)) / DAY).tolist()
    return told


def load(log: FlowLog, weeks: list[dict[str, Any]], as_of: int) -> dict[str, Any]:
    """Return how what comes compares with what goes over the last full weeks, and when all would be done."""
    full = [week for week in weeks if not week["partial"]][-LOAD_WEEKS:]
    came, went = (sum(week[name] for week in full) for name in ("arrivals", "throughput"))
    wip = len(recorded_spans(log).at(as_of))
    return {
        "weeks": len(full),
        "arrivals": came,
        "departures": went,
        "load": came / went if went else None,
        "wip": wip,
        "drain_weeks": wip * len(full) / went if went else None,
    }


def littles_law(log: FlowLog, weeks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return L = λW over the last full weeks, times in days; nothing if no week is over.

    `unstable` where in and out differ by over a tenth, or what is there grows older: then it says little.
    """
    full = [week for week in weeks if not week["partial"]][-LOAD_WEEKS:]
    if not full:
        return None
    begins, ends = full[0]["begins_on"], full[-1]["begins_on"] + timedelta(days=7)
    start, end = microseconds(start_of(begins)), microseconds(start_of(ends))
    spans = recorded_spans(log)
    came = int(((spans.came >= start) & (spans.came < end)).sum())
    gone = (spans.went >= start) & (spans.went < end)
    lasted = spans.went - spans.came - ended_for(log)[spans.case]
    took, went = exact_sum(lasted[gone]), int(gone.sum())
    before, after = (_mean_age(spans, at) for at in (start, end))
    differs = abs(came - went) > UNSTABLE * max(came, went)
    return {
        "begins_on": begins,
        "ends_before": ends,
        "wip_mean": spans.time_within(start, end) / (end - start),
        "arrivals_per_day": came * DAY / (end - start),
        "time_mean_days": took / went / DAY if went else None,
        "unstable": differs or after > before,
    }


def _mean_age(spans: Spans, at: int) -> float:
    ages = spans.at(at)
    return exact_sum(ages) / len(ages) if len(ages) else 0.0


def _day(instant: int) -> date:
    local = int(by_london_clocks(np.array([instant], np.int64))[0])
    return date(1970, 1, 1) + timedelta(days=local // DAY)
