"""From a log's waits to what they add up to, by place, edge and party."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from shared.flow.log import STILL_OPEN, Codes, FlowLog
from shared.flow.parties import Charging, Lasting, charged_parties, known_names, lasting
from shared.flow.spans import ended_for
from shared.flow.statistics import exact_sums, grouped
from shared.flow.tally import Addends, CaseTimes, Step, Waited, counted
from shared.flow.waits import Mask, Waits, activity_waits, stage_waits
from shared.kernel.calendar import Microseconds, WorkingTime


class Level(StrEnum):
    """How closely to look."""

    STAGE = "stage"
    ACTIVITY = "activity"


class Timestamps(StrEnum):
    """What the time of a step means: its stage was entered, or its activity was completed."""

    ENTERED = "entered"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Manner:
    """How a log's waits are looked at."""

    level: Level = Level.STAGE
    charging: Charging = Charging.IN_FORCE
    timestamps: Timestamps = Timestamps.ENTERED
    outcomes: frozenset[str] = frozenset()  # the stages that a case is meant to end in; none: any end


@dataclass(frozen=True)
class Window:
    """The period that closed waits are counted in, whole, where they ended in [from, to)."""

    start: int | None = None
    end: int | None = None

    @property
    def everything(self) -> bool:
        """Say whether all of time is in it."""
        return self.start is None and self.end is None

    def holds(self, at: int) -> bool:
        """Say whether an instant is in it."""
        return (self.start is None or at >= self.start) and (self.end is None or at < self.end)


ALL_TIME = Window()


def addends(
    log: FlowLog, manner: Manner, as_of: int, working: WorkingTime, window: Window = ALL_TIME
) -> Addends:
    """Return what a log's waits add up to as of an instant.

    Entries, open waits, cases and rework are those of the whole log as of the reading.
    """
    steps = activity_waits(log, as_of, working)
    visits = stage_waits(log, as_of, working)
    waits = visits if manner.level is Level.STAGE else steps
    within = waits.ended_in(window.start, window.end)
    charged = steps.ended_in(window.start, window.end)
    w_as_of = int(working.microseconds(np.array([as_of], np.int64))[0])
    names, own = waits.place.names, waits.place.codes
    keyed = np.append(own[1:], 0) if manner.timestamps is Timestamps.COMPLETED and len(own) else own
    edges, departures = _edges(waits, within, window)
    places = _named(grouped(keyed[within], (waits.elapsed[within], waits.working[within])), names)
    ever = places
    if not window.everything:
        ever = _named(grouped(keyed[waits.left], (waits.elapsed[waits.left],)), names)
    still = waits.open
    began = (as_of - waits.elapsed[still], w_as_of - waits.working[still])
    party_names = known_names(steps.party.names)
    open_ones = lasting(steps, manner.charging)
    charged &= ~open_ones.within
    service, idle = _service(log, as_of, working) if manner.level is Level.ACTIVITY else ({}, {})
    return Addends(
        edges=edges,
        places=places,
        ever={name: column[0] for name, column in ever.items()},
        departures=departures,
        entries=counted(own[waits.visit], names),
        open=_named(grouped(own[still], began), names),
        parties=_charges(steps, charged, manner.charging, party_names),
        open_parties=_open_parties(open_ones, working, party_names),
        service=service,
        idle=idle,
        counts=_counts(log, steps, visits, charged),
        cases=case_times(log, manner),
    )


def _edges(waits: Waits, within: Mask, window: Window) -> tuple[dict[Step, Waited], dict[Step, int]]:
    """Return the closed waits of each edge in a period, and how many there were of all time."""
    names, size = waits.place.names, max(len(waits.place.names), 1)
    own = waits.place.codes
    code = own * size + (np.append(own[1:], 0) if len(own) else own)

    def named(edge: int) -> Step:
        return names[edge // size], names[edge % size]

    found = grouped(code[within], (waits.elapsed[within], waits.working[within]))
    edges = {named(edge): columns for edge, columns in found.items()}
    if window.everything:
        return edges, {edge: len(columns[0]) for edge, columns in edges.items()}
    present, times = np.unique(np.sort(code[waits.left]), return_counts=True)
    ever = zip(present.tolist(), times.tolist(), strict=True)
    return edges, {named(edge): n for edge, n in ever}


def _named(found: dict[int, Waited], names: list[str]) -> dict[str, Waited]:
    return {names[code]: columns for code, columns in found.items()}


def _by_name(codes: Codes, values: Microseconds, names: list[str]) -> dict[str, Microseconds]:
    """Return values by name; several codes may have one name."""
    found: dict[str, Microseconds] = {}
    for code, (column,) in grouped(codes, (values,)).items():
        name = names[code]
        found[name] = np.concatenate((found[name], column)) if name in found else column
    return found


def _open_parties(open_ones: Lasting, working: WorkingTime, names: list[str]) -> dict[str, Waited]:
    """Return when each party's waits that still last began, on either clock."""
    began = open_ones.began
    clocks = (began, working.microseconds(began))
    elapsed, worked = (_by_name(open_ones.party, clock, names) for clock in clocks)
    return {name: (column, worked[name]) for name, column in elapsed.items()}


def _charges(
    steps: Waits, charged: Mask, charging: Charging, names: list[str]
) -> dict[str, tuple[int, int, int]]:
    party = charged_parties(steps, charged, charging)
    elapsed = exact_sums(party, steps.elapsed[charged], len(names))
    worked = exact_sums(party, steps.working[charged], len(names))
    times = np.bincount(party, minlength=len(names))
    found: dict[str, tuple[int, int, int]] = {}
    for code in np.flatnonzero(times).tolist():
        before = found.get(names[code], (0, 0, 0))
        found[names[code]] = (before[0] + elapsed[code], before[1] + worked[code], before[2] + times[code])
    return found


def _counts(log: FlowLog, steps: Waits, visits: Waits, charged: Mask) -> dict[str, int]:
    executions, repeating = _repeats(steps.case, steps.place.codes, len(steps.place.names))
    entered = visits.visit
    _, reentering = _repeats(visits.case[entered], visits.place.codes[entered], len(visits.place.names))
    bridged = across_refused_rows(log, charged)
    there = log.cases.opened != STILL_OPEN
    return {
        "repeating_cases": repeating,
        "extra_executions": len(steps.case) - executions,
        "reentering_cases": reentering,
        "bridged": exact_sums(np.zeros(int(bridged.sum()), np.int64), steps.working[bridged], 1)[0],
        "cases": int(there.sum()),
        "closed": int((log.cases.closed != STILL_OPEN)[there].sum()),
    }


def across_refused_rows(log: FlowLog, waited: Mask) -> Mask:
    """Return which of some waits between steps lie across a refused row."""
    across = waited.copy()
    across[:-1] &= log.bridged[1:]
    return across


def _repeats(case: Codes, place: Codes, size: int) -> tuple[int, int]:
    """Return how many cases and places meet, and how many cases meet one of them more than once."""
    meetings = np.sort(case * max(size, 1) + place)
    again = np.flatnonzero(np.diff(meetings) == 0)
    repeating = meetings[again] // max(size, 1)  # in rising order
    return len(meetings) - len(again), int((np.diff(repeating, prepend=-1) != 0).sum())


def case_times(log: FlowLog, manner: Manner) -> CaseTimes:
    """Return how long cases took, by outcome; one that closed before it opened took no time.

    The time between an end and a reopening is none of a case's time.
    """
    opened, closed = log.cases.opened, log.cases.closed
    opened = np.where(opened != STILL_OPEN, opened + ended_for(log), STILL_OPEN)
    there, ended = opened != STILL_OPEN, closed != STILL_OPEN
    over = there & ended
    early = over & (closed < opened)
    over &= ~early
    return CaseTimes(
        opened=opened[there & ~ended],
        durations=_by_outcome(log, manner, over, closed[over] - opened[over]),
        early=int(early.sum()),
    )


def _by_outcome(log: FlowLog, manner: Manner, over: Mask, durations: Microseconds) -> dict[str, Microseconds]:
    """Return how long cases took, by how they ended: `completed`, or in which stage instead."""
    if not manner.outcomes or not len(log.case):
        return {"completed": durations} if len(durations) else {}
    last = np.flatnonzero(np.diff(log.case, append=-1) != 0)
    ended_in = np.zeros(len(log.cases.opened), np.int64)
    ended_in[log.case[last]] = log.stage.codes[last]
    names = ["completed" if name in manner.outcomes else name for name in log.stage.names]
    return _by_name(ended_in[over], durations, names)


def _service(log: FlowLog, as_of: int, working: WorkingTime) -> tuple[dict[str, Waited], dict[str, Waited]]:
    """Return how long activities took, where the log says both ends, and how long they were waited for."""
    both = (log.done != STILL_OPEN) & (log.done <= as_of)
    if not both.any():
        return {}, {}
    done = np.where(both, log.done, log.at)
    follows = np.flatnonzero(both[1:] & (log.case[1:] == log.case[:-1])) + 1
    served = _lasted(log, np.flatnonzero(both), log.at[both], log.done[both], working)
    waited = _lasted(log, follows, np.minimum(done[follows - 1], log.at[follows]), log.at[follows], working)
    return served, waited


def _lasted(
    log: FlowLog, rows: Codes, start: Microseconds, end: Microseconds, working: WorkingTime
) -> dict[str, Waited]:
    worked = working.microseconds(end) - working.microseconds(start)
    return _named(grouped(log.activity.codes[rows], (end - start, worked)), log.activity.names)
