"""A log as columns: its steps in order of case, time and source order, names as small numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.kernel.calendar import Microseconds

Codes = NDArray[np.int64]
STILL_OPEN = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Names:
    """A column of names: each row's number, and the names the numbers stand for."""

    codes: Codes
    names: list[str]

    @classmethod
    def of(cls, values: Sequence[str]) -> "Names":
        """Number the distinct values of a column in alphabetical order."""
        names = sorted(set(values))
        number = {name: code for code, name in enumerate(names)}
        codes = np.fromiter((number[value] for value in values), np.int64, len(values))
        return cls(codes, names)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Names":
        """Return some of the rows."""
        return Names(self.codes[rows], self.names)

    def with_more(self, names: Sequence[str]) -> "Names":
        """Return a copy of the column that has numbers for more names, in alphabetical order."""
        every = sorted({*self.names, *names})
        number = {name: code for code, name in enumerate(every)}
        renumbered = np.array([number[name] for name in self.names] or [0], np.int64)
        return Names(renumbered[self.codes] if len(self.codes) else self.codes, every)


@dataclass(frozen=True)
class Cases:
    """The cases of a log, numbered: when each opened and closed, or `STILL_OPEN`."""

    ids: Sequence[str]
    opened: Microseconds
    closed: Microseconds


@dataclass(frozen=True)
class FlowLog:
    """Steps sorted by case, instant and source order. A step that `ends` begins no wait.

    `done` is when a step's activity was completed, where the log says both, or `STILL_OPEN`. Before a
    `bridged` step a row was refused, so that the wait for it is perhaps not one wait.
    """

    case: Codes
    at: Microseconds
    activity: Names
    stage: Names
    party: Names
    actor: Names
    ends: NDArray[np.bool_]
    done: Microseconds
    bridged: NDArray[np.bool_]
    cases: Cases

    @property
    def horizon(self) -> int | None:
        """Return the latest instant (microseconds) that the log speaks of; none if it speaks of none."""
        ends = [column[column != STILL_OPEN] for column in (self.cases.closed, self.done)]
        last = [int(column.max()) for column in (self.at, self.cases.opened, *ends) if len(column)]
        return max(last, default=None)

    def until(self, instant: int) -> "FlowLog":
        """Return what the log says of the time up to an instant, steps and cases alike."""
        kept = self.at <= instant
        if self.ends.any() and not kept.all():  # what has ended by then may be open again, and end later
            return opened_by_steps(self.of(kept))
        there = self.cases.opened <= instant
        # Cases keep their numbers, so that steps need none; those not opened yet are blanked. One may
        # have closed before it opens, as its row says: nobody waits for it any more.
        cases = Cases(
            self.cases.ids,
            np.where(there, self.cases.opened, STILL_OPEN),
            np.where(self.cases.closed <= instant, self.cases.closed, STILL_OPEN),
        )
        return replace(self.of(kept), cases=cases)

    def of(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "FlowLog":
        """Return the log with some of its steps."""
        if kept.dtype == np.bool_ and kept.all():
            return self
        return FlowLog(
            self.case[kept],
            self.at[kept],
            self.activity.take(kept),
            self.stage.take(kept),
            self.party.take(kept),
            self.actor.take(kept),
            self.ends[kept],
            self.done[kept],
            self.bridged[kept],
            self.cases,
        )


@dataclass(frozen=True)
class Steps:
    """The columns of a log's steps as they come, in any order."""

    case_id: Sequence[str]
    seq: Sequence[int]
    at: Sequence[int]
    activity: Sequence[str]
    stage: Sequence[str]
    party: Sequence[str]
    ends: Sequence[bool]
    actor: Sequence[str] = ()
    done: Sequence[int | None] = ()
    bridged: Sequence[bool] = ()


def imported_log(
    steps: Steps, case_ids: Sequence[str], opened: Sequence[int], closed: Sequence[int | None]
) -> FlowLog:
    """Return an imported log: its cases say when they opened and closed."""
    cases = Cases(
        list(case_ids),
        np.array(opened, np.int64),
        np.array([STILL_OPEN if c is None else c for c in closed], np.int64),
    )
    return _log(steps, cases)


class Correction(NamedTuple):
    """A wait that was charged to the wrong party: since when, until when, to whom, and whose it is."""

    case_id: str
    since: int
    until: int | None
    was: str
    party: str


def live_log(steps: Steps, corrections: Sequence[Correction] = ()) -> FlowLog:
    """Return a log of live cases: each opens with its first step and closes with a last one that ends."""
    return lived(recorded_log(steps), corrections)


def recorded_log(steps: Steps) -> FlowLog:
    """Return the steps of live cases as they were recorded, by case and source order, and no more."""
    return _log(steps, _cases_of(steps), by_time=False)


def lived(recorded: FlowLog, corrections: Sequence[Correction] = ()) -> FlowLog:
    """Return what live cases were, of their steps in the order of the record.

    What was due before something else happened, and was noticed after it, happened right after it.
    """
    return opened_by_steps(_corrected(_in_the_records_order(recorded), corrections))


def opened_by_steps(log: FlowLog) -> FlowLog:
    """Return a log whose cases open with their first step, and close with a last one that ends."""
    first, last = first_steps(log), last_steps(log)
    opened, closed = (np.full(len(log.cases.ids), STILL_OPEN) for _ in range(2))
    opened[log.case[first]] = log.at[first]
    closed[log.case[last]] = np.where(log.ends[last], log.at[last], STILL_OPEN)
    return replace(log, cases=Cases(log.cases.ids, opened, closed))


def first_steps(log: FlowLog) -> NDArray[np.int64]:
    """Return the row of each case's first step."""
    return np.flatnonzero(np.diff(log.case, prepend=-1) != 0)


def last_steps(log: FlowLog) -> NDArray[np.int64]:
    """Return the row of each case's last step; what is put right after an end moves no end."""
    rows = np.flatnonzero(~_ended_already(log))
    last: NDArray[np.int64] = rows[np.diff(log.case[rows], append=-1) != 0]
    return last


def _ended_already(log: FlowLog) -> NDArray[np.bool_]:
    """Return which steps find their case at an end, and leave it there."""
    same = (np.diff(log.case, prepend=-1) == 0) & (np.diff(log.stage.codes, prepend=-1) == 0)
    again: NDArray[np.bool_] = same & log.ends & np.concatenate(([False], log.ends[:-1]))
    return again


def last_known(log: FlowLog, instant: int) -> int:
    """Return an instant, or that of the last step of live cases if it is later.

    What is recorded has happened, though clocks differ and step back: nobody may cut it off.
    """
    return int(log.at.max(initial=instant))


def _cases_of(steps: Steps) -> Cases:
    ids = sorted(set(steps.case_id))
    blank = np.zeros(len(ids), np.int64)
    return Cases(ids, blank, blank)


def _in_the_records_order(log: FlowLog) -> FlowLog:
    """Return a log in which no step of a case comes before the one that was recorded before it."""
    back = (np.diff(log.at, prepend=0) < 0) & (np.diff(log.case, prepend=-1) == 0)
    if not back.any():
        return log
    at = log.at.copy()
    for case in np.unique(log.case[back]):  # few are
        first, end = np.searchsorted(log.case, (case, case + 1))
        at[first:end] = np.maximum.accumulate(at[first:end])
    return replace(log, at=at)


def _corrected(log: FlowLog, corrections: Sequence[Correction]) -> FlowLog:
    """Return a log with waits charged as corrected: a party's own, in one stage, from when it began."""
    if not corrections:
        return log
    number = {case_id: code for code, case_id in enumerate(log.cases.ids)}
    party = log.party.with_more([correction.party for correction in corrections])
    for correction in corrections:
        if (case := number.get(correction.case_id)) is not None and correction.was in party.names:
            _charge(log, party, case, correction)
    return replace(log, party=party)


def _charge(log: FlowLog, party: Names, case: int, correction: Correction) -> None:
    """Charge a party, in place, with the first wait of a case that a correction speaks of."""
    was, right = party.names.index(correction.was), party.names.index(correction.party)
    row, end = np.searchsorted(log.case, (case, case + 1))
    while row < end and (log.at[row] < correction.since or party.codes[row] != was):
        row += 1
    stage = log.stage.codes[row] if row < end else -1
    while row < end and party.codes[row] == was and log.stage.codes[row] == stage:
        if correction.until is not None and log.at[row] >= correction.until:
            break
        party.codes[row] = right
        row += 1


def _log(steps: Steps, cases: Cases, *, by_time: bool = True) -> FlowLog:
    number = {case_id: code for code, case_id in enumerate(cases.ids)}
    case = np.fromiter((number[c] for c in steps.case_id), np.int64, len(steps.case_id))
    at = np.array(steps.at, np.int64)
    count = len(at)
    done = [STILL_OPEN if d is None else d for d in steps.done] or [STILL_OPEN] * count
    seq = np.array(steps.seq, np.int64)
    order = np.lexsort((seq, at, case) if by_time else (seq, case))
    return FlowLog(
        case[order],
        at[order],
        Names.of(steps.activity).take(order),
        Names.of(steps.stage).take(order),
        Names.of(steps.party).take(order),
        Names.of(steps.actor or [""] * count).take(order),
        np.array(steps.ends, np.bool_)[order],
        np.array(done, np.int64)[order],
        np.array(steps.bridged or [False] * count, np.bool_)[order],
        cases,
    )
