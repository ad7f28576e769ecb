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


@dataclass(frozen=True)
class Cases:
    """The cases of a log, numbered: when each opened and closed, or `STILL_OPEN`."""

    ids: list[str]
    opened: Microseconds
    closed: Microseconds


@dataclass(frozen=True)
class FlowLog:
    """Steps sorted by case, instant and source order. A step that `ends` begins no wait."""

    case: Codes
    at: Microseconds
    activity: Names
    stage: Names
    party: Names
    ends: NDArray[np.bool_]
    cases: Cases

    def until(self, instant: int) -> "FlowLog":
        """Return what the log says of the time up to an instant, steps and cases alike."""
        kept = self.at <= instant
        there = self.cases.opened <= instant
        # Cases keep their numbers, so that steps need none; those not opened yet are blanked. One may
        # have closed before it opens, as its row says: nobody waits for it any more.
        cases = Cases(
            self.cases.ids,
            np.where(there, self.cases.opened, STILL_OPEN),
            np.where(self.cases.closed <= instant, self.cases.closed, STILL_OPEN),
        )
        return FlowLog(
            self.case[kept],
            self.at[kept],
            self.activity.take(kept),
            self.stage.take(kept),
            self.party.take(kept),
            self.ends[kept],
            cases,
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
    """Return a log of live cases: each opens with its first step and closes with a last one that ends.

    Their order is that of the record: what was due before something else happened, and was noticed after
    it, happened right after it.
    """
    log = _in_the_records_order(_log(steps, _cases_of(steps), by_time=False))
    log = _corrected(log, corrections)
    first = _firsts(log.case)
    last = np.append(first[1:], len(log.case)) - 1 if len(first) else first
    cases = Cases(log.cases.ids, log.at[first], np.where(log.ends[last], log.at[last], STILL_OPEN))
    return FlowLog(log.case, log.at, log.activity, log.stage, log.party, log.ends, cases)


def _cases_of(steps: Steps) -> Cases:
    ids = sorted(set(steps.case_id))
    blank = np.zeros(len(ids), np.int64)
    return Cases(ids, blank, blank)


def _in_the_records_order(log: FlowLog) -> FlowLog:
    """Return a log in which no step of a case comes before the one that was recorded before it."""
    back = (np.diff(log.at, prepend=0) < 0) & (np.diff(log.case, prepend=-1) == 0)
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
    party = [log.party.names[code] for code in log.party.codes]
    for case_id, since, until, was, right in corrections:
        if (case := number.get(case_id)) is None:
            continue
        row, end = np.searchsorted(log.case, (case, case + 1))
        while row < end and (log.at[row] < since or party[row] != was):
            row += 1
        stage = log.stage.codes[row] if row < end else -1
        while row < end and party[row] == was and log.stage.codes[row] == stage:
            if until is not None and log.at[row] >= until:
                break
            party[row] = right
            row += 1
    return replace(log, party=Names.of(party))


def _log(steps: Steps, cases: Cases, *, by_time: bool = True) -> FlowLog:
    number = {case_id: code for code, case_id in enumerate(cases.ids)}
    case = np.fromiter((number[c] for c in steps.case_id), np.int64, len(steps.case_id))
    at = np.array(steps.at, np.int64)
    seq = np.array(steps.seq, np.int64)
    order = np.lexsort((seq, at, case) if by_time else (seq, case))
    return FlowLog(
        case[order],
        at[order],
        Names.of(steps.activity).take(order),
        Names.of(steps.stage).take(order),
        Names.of(steps.party).take(order),
        np.array(steps.ends, np.bool_)[order],
        cases,
    )


def _firsts(case: Codes) -> Codes:
    """Return the row of each case's first step."""
    return np.flatnonzero(np.diff(case, prepend=-1) != 0)
