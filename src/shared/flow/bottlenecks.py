"""The bottlenecks of a log: where cases wait, ranked by share of all working wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from shared.flow.addends import ALL_TIME, Level, Manner, Window, addends
from shared.flow.answers import Bottlenecks
from shared.flow.bottleneck_sentences import with_sentences
from shared.flow.log import FlowLog
from shared.flow.outcomes import cases_survival, survival
from shared.flow.statistics import NONE, open_wait
from shared.flow.tally import Pair, Step, Tally
from shared.kernel.calendar import SECOND, WorkingTime

OPEN = "(open)"
PARTS = 64  # bits behind the point


@dataclass(frozen=True)
class FlowQuery:
    """What is asked of a log."""

    source: str
    position: int
    as_of: datetime
    as_of_us: int
    manner: Manner = field(default_factory=Manner)
    window: Window = ALL_TIME
    quality: Mapping[str, int] = field(default_factory=dict)


def bottlenecks(log: FlowLog, question: FlowQuery, working: WorkingTime) -> Bottlenecks:
    """Answer a question of a log, whatever it is."""
    tally = tally_of(log, question, working)
    return Bottlenecks.model_validate(told(tally, question, working))


def tally_of(log: FlowLog, question: FlowQuery, working: WorkingTime) -> Tally:
    """Add up what a log says of the time up to a reading."""
    then = log.until(question.as_of_us)
    return Tally().add(addends(then, question.manner, question.as_of_us, working, question.window))


def told(tally: Tally, question: FlowQuery, working: WorkingTime) -> dict[str, Any]:
    """Return the bottlenecks that a tally comes to as of an instant, which nothing in it is later than.

    The cost grows with stages, edges and what still waits, not with what has been waited for.
    """
    as_of = question.as_of_us
    worked = int(working.microseconds(np.array([as_of], np.int64))[0])
    counts = tally.counts
    total = sum(pair.working.total for pair in tally.edges.values())
    shown = {
        "as_of": question.as_of,
        "position": question.position,
        "source": question.source,
        "level": question.manner.level,
        "cases": {
            "all": counts["cases"],
            "open": counts["cases"] - counts["closed"],
            "closed": counts["closed"],
        },
        "stages": _places(tally, question, worked),
        "edges": _edges(tally, worked),
        "parties": _parties(tally, as_of, worked),
        "rework": {
            "cases": counts["repeating_cases"],
            "extra_executions": counts["extra_executions"],
            "stage_reentry_cases": counts["reentering_cases"],
        },
        "cases_survival": cases_survival(tally, as_of),
        "quality": {**question.quality, "bridged_share": _share(counts["bridged"], _charged(tally))},
        "total_working_seconds": total / SECOND,
    }
    return with_sentences(shown)


def _charged(tally: Tally) -> int:
    return sum(tally.worked.values())


def _places(tally: Tally, question: FlowQuery, worked: int) -> list[dict[str, Any]]:
    """Return a row for each stage or activity, most working wait first."""
    rows = []
    waited = {name: closed.working.total for name, closed in tally.places.items()}
    by_activity = question.manner.level is Level.ACTIVITY
    for name in sorted({*tally.entries, *tally.places}, key=lambda name: (-waited.get(name, 0), name)):
        closed, still = tally.places.get(name, Pair()), tally.open.get(name, Pair())
        row = {
            question.manner.level.value: name,
            "entries": tally.entries[name],
            "n": len(closed.working),
            "open": len(still.working),
            "open_working": open_wait(still.working, worked),
            "elapsed": closed.elapsed.spread,
            "working": closed.working.spread,
            "survival": survival(tally.ever.get(name, NONE), still.elapsed, question.as_of_us),
        }
        if by_activity:
            served, idle = tally.service.get(name), tally.idle.get(name)
            row["service"] = served and served.working.spread
            row["waiting"] = idle and idle.working.spread
        rows.append(row)
    return rows


def _edges(tally: Tally, worked: int) -> list[dict[str, Any]]:
    """Return every edge, largest share of working wait first.

    The second rank adds the working age of cases that still wait: nobody knows which edge they will
    leave by, so a stage's open age is split over its edges as its departures were.
    """
    total = sum(pair.elapsed.total for pair in tally.edges.values())
    total_working = sum(pair.working.total for pair in tally.edges.values())
    ranked = sorted(tally.edges, key=lambda edge: (-tally.edges[edge].working.total, edge))
    with_open = _with_open(tally, worked)
    second = sorted(with_open, key=lambda edge: (-with_open[edge], edge))
    ranks = {edge: place for place, edge in enumerate(ranked, start=1)}
    ranks_with_open = {edge: place for place, edge in enumerate(second, start=1)}
    return [
        {
            "from": edge[0],
            "to": edge[1],
            "n": len(pair.working),
            "rank": ranks.get(edge),
            "rank_with_open": ranks_with_open[edge],
            "share_elapsed": _share(pair.elapsed.total, total),
            "share_working": _share(pair.working.total, total_working),
            "elapsed": pair.elapsed.spread,
            "working": pair.working.spread,
        }
        for edge in [*ranked, *(edge for edge in second if edge not in ranks)]
        for pair in (tally.edges.get(edge, NO_PAIR),)
    ]


NO_PAIR = Pair()


def _with_open(tally: Tally, worked: int) -> dict[Step, int]:
    """Return the working wait of each edge, and its part of what still waits where it begins.

    In so small parts of a microsecond that no two different quotients become the same.

    By the departures of the period; where it has none, of all time; where there never was one, an edge
    to nowhere yet has all of it.
    """
    totals = {edge: pair.working.total << PARTS for edge, pair in tally.edges.items()}
    within = {edge: len(pair.working) for edge, pair in tally.edges.items()}
    by_origin, ever = _by_origin(within), _by_origin(tally.departures)
    for name, still in tally.open.items():
        age = len(still.working) * worked - still.working.total
        leaving = by_origin.get(name) or ever.get(name) or {(name, OPEN): 1}
        departures = sum(leaving.values())
        for edge, n in leaving.items():
            totals[edge] = totals.get(edge, 0) + (age * n << PARTS) // departures
    return totals


def _by_origin(times: Mapping[Step, int]) -> dict[str, dict[Step, int]]:
    found: dict[str, dict[Step, int]] = {}
    for edge, n in times.items():
        found.setdefault(edge[0], {})[edge] = n
    return found


def _parties(tally: Tally, as_of: int, worked: int) -> list[dict[str, Any]]:
    """Return each party's waiting, most working wait first."""
    total = _charged(tally)
    names = {*tally.charged, *tally.open_parties}
    return [
        {
            "party": name,
            "elapsed_seconds": tally.elapsed[name] / SECOND,
            "working_seconds": tally.worked[name] / SECOND,
            "share_working": _share(tally.worked[name], total),
            "open_elapsed_seconds": (len(still.elapsed) * as_of - still.elapsed.total) / SECOND,
            "open_working": open_wait(still.working, worked),
        }
        for name in sorted(names, key=lambda name: (-tally.worked[name], name))
        for still in (tally.open_parties.get(name, NO_PAIR),)
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
