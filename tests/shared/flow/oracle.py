"""The definitions written out by hand, one case and one interval at a time; slow, and easy to believe."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
Closings = Mapping[str, datetime | None]

# gov.uk/bank-holidays, England, of the years the specifications use.
BANK_HOLIDAYS_AS_PUBLISHED = """
2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
"""
BANK_HOLIDAYS = {date.fromisoformat(day) for day in BANK_HOLIDAYS_AS_PUBLISHED.split()}


@dataclass(frozen=True)
class Row:
    """One step of a log."""

    case: str
    seq: int
    at: datetime
    activity: str
    stage: str
    party: str


@dataclass(frozen=True)
class Wait:
    """One interval between two steps of a case, or from the last to now where it is open."""

    origin: str
    target: str
    party: str
    start: datetime
    end: datetime
    open: bool

    @property
    def elapsed(self) -> float:
        return (self.end - self.start).total_seconds()

    @property
    def working(self) -> float:
        return working(self.start, self.end)


def working(start: datetime, end: datetime) -> float:
    """Return the working seconds between two instants, day by day."""
    total = 0.0
    day = start.astimezone(LONDON).date()
    while day <= end.astimezone(LONDON).date():
        if day.weekday() < 5 and day not in BANK_HOLIDAYS:
            opens = datetime.combine(day, time(9), LONDON).astimezone(UTC)
            closes = datetime.combine(day, time(17), LONDON).astimezone(UTC)
            total += max(0.0, (min(end, closes) - max(start, opens)).total_seconds())
        day += timedelta(1)
    return total


def waits(
    rows: Iterable[Row], closed: dict[str, datetime | None], as_of: datetime, *, stages: bool
) -> list[Wait]:
    """Return every wait of a log as of an instant."""
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r.at, r.seq)):
        if row.at <= as_of:
            cases[row.case].append(row)
    found = []
    for case, steps in cases.items():
        visits = []
        for step in steps:
            if not (stages and visits and visits[-1].stage == step.stage):
                visits.append(step)
        for one, following in pairwise(visits):
            found.append(_wait(one, following, one.at, following.at, stages=stages))
        end = closed[case]
        if end is None or end > as_of:
            found.append(_wait(visits[-1], None, visits[-1].at, as_of, stages=stages))
    return found


def _wait(one: Row, following: Row | None, start: datetime, end: datetime, *, stages: bool) -> Wait:
    name = (lambda r: r.stage) if stages else (lambda r: r.activity)
    target = name(following) if following else ""
    party = following.party if following else ""
    return Wait(name(one), target, party, start, end, following is None)


def entries(rows: Iterable[Row], as_of: datetime, *, stages: bool) -> Counter[str]:
    """Return how often each stage or activity was entered."""
    counted: Counter[str] = Counter()
    last: dict[str, str] = {}
    for row in sorted(rows, key=lambda r: (r.at, r.seq)):
        if row.at > as_of:
            continue
        name = row.stage if stages else row.activity
        if not (stages and last.get(row.case) == name):
            counted[name] += 1
        last[row.case] = name
    return counted


def percentile(values: list[float], share: float) -> float:
    """Return a percentile by linear interpolation between order statistics (type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def kaplan_meier(durations: list[tuple[float, bool]], share: float) -> float | None:
    """Return the time by which a share has ended; each duration with whether it has."""
    survivors = 1.0
    for t in sorted({d for d, ended in durations if ended}):
        at_risk = sum(d >= t for d, _ in durations)
        ended_then = sum(d == t and ended for d, ended in durations)
        survivors *= 1 - ended_then / at_risk
        if survivors <= 1 - share + 1e-12:
            return t
    return None


def spread(values: list[float]) -> dict[str, float | None]:
    """Return mean, percentiles and sum."""
    if not values:
        return {"mean": None, "p50": None, "p85": None, "p95": None, "sum": 0.0}
    return {
        "mean": mean(values),
        **{f"p{p}": percentile(values, p / 100) for p in (50, 85, 95)},
        "sum": sum(values),
    }
