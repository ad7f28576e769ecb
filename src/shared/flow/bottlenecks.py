"""The bottlenecks of a log: where cases wait, ranked by share of all working wait."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from shared.flow.answers import (
    ActivityRow,
    Bottlenecks,
    CaseCounts,
    CasesSurvival,
    Edge,
    Rework,
    StageRow,
    Survival,
)
from shared.flow.log import STILL_OPEN, Codes, FlowLog
from shared.flow.parties import Charging, party_rows
from shared.flow.statistics import groups, open_wait, spread, sums
from shared.flow.survival import quantiles
from shared.flow.waits import Mask, Waits, activity_waits, stage_waits
from shared.kernel.calendar import DAY, Microseconds, WorkingTime


class Level(StrEnum):
    """How closely to look."""

    STAGE = "stage"
    ACTIVITY = "activity"


class Timestamps(StrEnum):
    """What the time of a step means: its stage was entered, or its activity was completed."""

    ENTERED = "entered"
    COMPLETED = "completed"


@dataclass(frozen=True)
class FlowQuery:
    """What is asked of a log."""

    source: str
    position: int
    as_of: datetime
    as_of_us: int
    level: Level = Level.STAGE
    charging: Charging = Charging.IN_FORCE
    timestamps: Timestamps = Timestamps.ENTERED
    from_us: int | None = None
    to_us: int | None = None


def bottlenecks(log: FlowLog, question: FlowQuery, working: WorkingTime) -> Bottlenecks:
    """Answer a question of a log.

    A closed wait counts, whole, when it ended in [from, to). Entries, open waits, cases and rework
    are those of the whole log as of the reading.
    """
    log = log.until(question.as_of_us)
    steps = activity_waits(log, question.as_of_us, working)
    visits = stage_waits(log, question.as_of_us, working)
    waits = visits if question.level is Level.STAGE else steps
    counted = waits.ended_in(question.from_us, question.to_us)
    charged = steps.ended_in(question.from_us, question.to_us)
    return Bottlenecks(
        as_of=question.as_of,
        position=question.position,
        source=question.source,
        level=question.level,
        cases=_case_counts(log),
        stages=_places(waits, counted, question),
        edges=_edges(waits, counted),
        parties=party_rows(steps, charged, question.charging, question.as_of_us, working),
        rework=_rework(steps, visits),
        cases_survival=_cases_survival(log, question.as_of_us),
    )


def _case_counts(log: FlowLog) -> CaseCounts:
    there = log.cases.opened != STILL_OPEN
    closed = int((log.cases.closed != STILL_OPEN)[there].sum())
    return CaseCounts(all=int(there.sum()), open=int(there.sum()) - closed, closed=closed)


def _places(waits: Waits, counted: Mask, question: FlowQuery) -> list[StageRow] | list[ActivityRow]:
    """Return a row for each stage or activity, most working wait first.

    Where times are those of completion, an interval belongs to the step that ends it.
    """
    own = waits.place.codes
    completed = question.timestamps is Timestamps.COMPLETED
    keyed = np.append(own[1:], 0) if completed and len(own) else own
    entered, left, opened = (
        groups(np.where(mask, key, -1))
        for mask, key in ((waits.visit, own), (counted, keyed), (waits.open, own))
    )
    ever_left = groups(np.where(waits.left, keyed, -1))
    nothing = np.zeros(0, np.int64)
    rows = []
    for code in sorted({*entered, *left} - {-1}):
        at, still = left.get(code, nothing), opened.get(code, nothing)
        rows.append(
            {
                question.level.value: waits.place.names[code],
                "entries": len(entered.get(code, nothing)),
                "n": len(at),
                "open": len(still),
                "open_working": open_wait(waits.working[still]),
                "elapsed": spread(waits.elapsed[at]),
                "working": spread(waits.working[at]),
                "survival": _survival(waits, ever_left.get(code, nothing), still),
            }
        )
    model = StageRow if question.level is Level.STAGE else ActivityRow
    found = [model.model_validate(row) for row in rows]
    return sorted(found, key=lambda row: -row.working.sum)  # type: ignore[return-value]  # one kind of row


def _survival(waits: Waits, left: Codes, still: Codes) -> Survival:
    """Return by when visits end, over those left and those that still last."""
    durations = waits.elapsed[np.concatenate((left, still))] / DAY
    ended = np.arange(len(durations)) < len(left)
    p50, p85, p95 = quantiles(durations, ended, (0.50, 0.85, 0.95))
    return Survival(p50_days=p50, p85_days=p85, p95_days=p95)


def _edges(waits: Waits, counted: Mask) -> list[Edge]:
    """Return every edge, largest share of working wait first.

    The second rank adds the working age of cases that still wait: nobody knows which edge they will
    leave by, so a stage's open age is split over its edges as its past departures were.
    """
    names, size = waits.place.names, len(waits.place.names)
    rows = np.flatnonzero(counted)
    origin = waits.place.codes[rows]
    target = waits.place.codes[rows + 1] if len(rows) else origin
    by_edge = {code: rows[at] for code, at in groups(origin * size + target).items()}
    departures = np.bincount(origin, minlength=size)
    open_age = sums(waits.place.codes[waits.open], waits.working[waits.open], size)
    total, total_working = int(waits.elapsed[rows].sum()), int(waits.working[rows].sum())
    worked = {code: int(waits.working[at].sum()) for code, at in by_edge.items()}
    with_open = {
        code: worked[code] + open_age[code // size] * len(at) / departures[code // size]
        for code, at in by_edge.items()
    }

    def named(code: int) -> tuple[str, str]:
        return names[code // size], names[code % size]

    ranked = sorted(by_edge, key=lambda code: (-worked[code], named(code)))
    with_open_ranked = sorted(by_edge, key=lambda code: (-with_open[code], named(code)))
    rank_with_open = {code: rank for rank, code in enumerate(with_open_ranked, start=1)}
    return [
        Edge(
            from_=named(code)[0],
            to=named(code)[1],
            n=len(by_edge[code]),
            rank=rank,
            rank_with_open=rank_with_open[code],
            share_elapsed=_share(int(waits.elapsed[by_edge[code]].sum()), total),
            share_working=_share(worked[code], total_working),
            elapsed=spread(waits.elapsed[by_edge[code]]),
            working=spread(waits.working[by_edge[code]]),
        )
        for rank, code in enumerate(ranked, start=1)
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _rework(steps: Waits, visits: Waits) -> Rework:
    executions = _times(steps.case, steps.place.codes, np.ones(len(steps.case), np.bool_))
    entries = _times(visits.case, visits.place.codes, visits.visit)
    repeated = executions[1] > 1
    return Rework(
        cases=len(np.unique(executions[0][repeated])),
        extra_executions=int((executions[1] - 1).sum()),
        stage_reentry_cases=len(np.unique(entries[0][entries[1] > 1])),
    )


def _times(case: Codes, place: Codes, mask: Mask) -> tuple[Codes, Codes]:
    """Return, for each case and place that meet, the case and how often."""
    pairs = np.stack((case[mask], place[mask]), axis=1)
    distinct, times = np.unique(pairs, axis=0, return_counts=True)
    return distinct[:, 0], times


def _cases_survival(log: FlowLog, as_of: int) -> CasesSurvival:
    """Return by when cases close; one that closed before it opened is left out, and out of the counts."""
    opened, closed = log.cases.opened, log.cases.closed
    ended = closed != STILL_OPEN
    durations: Microseconds = np.where(ended, closed, as_of) - opened
    kept = (opened != STILL_OPEN) & (durations >= 0)
    p50, p70, p85, p95 = quantiles(durations[kept] / DAY, ended[kept], (0.50, 0.70, 0.85, 0.95))
    return CasesSurvival(
        cases=int(kept.sum()),
        closed=int(ended[kept].sum()),
        p50_days=p50,
        p70_days=p70,
        p85_days=p85,
        p95_days=p95,
    )
