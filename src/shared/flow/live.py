"""The log of live cases, kept in memory: only cases that changed move what waits add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from shared.flow.addends import Manner, addends
from shared.flow.columns import NAMED, Columns
from shared.flow.log import STILL_OPEN, Cases, Correction, FlowLog, Names, Steps, lived, recorded_log
from shared.flow.tally import Tally
from shared.kernel.calendar import WorkingTime

TAIL_LIMIT = 20_000  # so many new steps are kept apart before they are sorted in

NEWER = (
    "SELECT case_id, seq, at_us, activity, stage, party, ends, actor, position FROM flow_steps"
    " WHERE source = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4"
)
CORRECTIONS = (
    "SELECT position, case_id, since_us, until_us, was, party FROM flow_corrections"
    " WHERE source = $1 AND position > $2 AND position <= $3 ORDER BY position"
)
Row = tuple[Any, ...]
Corrected = tuple[int, Correction]  # with the position at which it was recorded


@dataclass
class LiveLog:
    """Steps as columns, as recorded; newer ones behind them as rows, by case; and the tallies over both.

    A correction stays beside the steps, since it counts only from when it was recorded.
    """

    columns: Columns
    position: int
    working: WorkingTime
    tallies: dict[Manner, Tally] = field(default_factory=dict)
    tail: dict[str, list[Row]] = field(default_factory=dict)
    tail_length: int = 0
    horizon: int = 0
    corrections: dict[str, list[Corrected]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find where each case is, and the latest instant there is."""
        log = self.columns.log
        self._number = {case_id: code for code, case_id in enumerate(log.cases.ids)}
        self._starts = np.searchsorted(log.case, np.arange(len(log.cases.ids) + 1))
        self.horizon = max(self.horizon, int(log.at.max()) if len(log.at) else 0)

    @property
    def length(self) -> int:
        """Return how many steps there are."""
        return len(self.columns.position) + self.tail_length

    def take(self, rows: Sequence[Row], position: int, corrections: Sequence[Corrected] = ()) -> None:
        """Take in the steps and corrections up to a position that are newer than ours."""
        changed: dict[str, list[Row]] = {correction.case_id: [] for _, correction in corrections}
        for row in rows:
            changed.setdefault(row[0], []).append(row)
            self.horizon = max(self.horizon, row[2])
        before = self._some(changed)
        for case_id, newer in changed.items():
            if newer:
                self.tail.setdefault(case_id, []).extend(newer)
        self.correct(corrections)
        self.tail_length += len(rows)
        self.position = position
        if changed:
            after = self._some(changed)
            for manner, tally in self.tallies.items():
                gone, come = (addends(log, manner, self.horizon, self.working) for log in (before, after))
                tally.move(gone, come)
        if self.tail_length > TAIL_LIMIT:
            self._sort_in()

    def correct(self, corrections: Sequence[Corrected]) -> None:
        """Keep corrections, in the order in which they were recorded."""
        for corrected in corrections:
            self.corrections.setdefault(corrected[1].case_id, []).append(corrected)

    def tally(self, manner: Manner) -> Tally:
        """Return what the waits of every case add up to: worked out once, and moved from then on."""
        if manner not in self.tallies:
            log = lived(self.whole().log, self._corrections(self.corrections))
            self.tallies[manner] = Tally().add(addends(log, manner, self.horizon, self.working))
        return self.tallies[manner]

    def recount(self, working: WorkingTime) -> None:
        """Forget what was worked out by another calendar."""
        if working is not self.working:
            self.working = working
            self.tallies.clear()

    def whole(self) -> Columns:
        """Return every step as columns."""
        if self.tail_length:
            self._sort_in()
        return self.columns

    def as_of(self, position: int, chosen: "frozenset[str] | None" = None) -> FlowLog:
        """Return the log as recorded by a position, of all cases or of those chosen."""
        columns = self.whole()
        kept = columns.position <= position
        if chosen is not None:
            of_chosen = np.fromiter((i in chosen for i in columns.log.cases.ids), np.bool_)
            kept &= of_chosen[columns.log.case]
        return lived(columns.log.of(kept), self._corrections(self.corrections, position))

    def _some(self, case_ids: Iterable[str]) -> FlowLog:
        """Return the log of a few cases."""
        steps = recorded_log(_steps([row for case_id in case_ids for row in self._rows(case_id)]))
        return lived(steps, self._corrections(case_ids))

    def _corrections(self, case_ids: Iterable[str], position: int | None = None) -> list[Correction]:
        """Return what was corrected of some cases by a position, each in the order of the record."""
        return [
            correction
            for case_id in case_ids
            for at, correction in self.corrections.get(case_id, ())
            if position is None or at <= position
        ]

    def _rows(self, case_id: str) -> list[Row]:
        """Return all steps of a case."""
        newer = self.tail.get(case_id, [])
        code = self._number.get(case_id)
        if code is None:
            return newer
        log, at = self.columns.log, slice(int(self._starts[code]), int(self._starts[code + 1]))
        named = {
            name: [column.names[c] for c in column.codes[at].tolist()]
            for name in NAMED
            for column in (getattr(log, name),)
        }
        # Source order is that of positions, by which they are sorted here already.
        ours = zip(
            [case_id] * (at.stop - at.start),
            self.columns.position[at].tolist(),
            log.at[at].tolist(),
            named["activity"],
            named["stage"],
            named["party"],
            log.ends[at].tolist(),
            named["actor"],
            strict=True,
        )
        return [*ours, *newer]

    def _sort_in(self) -> None:
        """Put the newer steps among the others."""
        rows = [row for newer in self.tail.values() for row in newer]
        self.columns = _joined(self.columns, rows)
        self.tail, self.tail_length = {}, 0
        self.__post_init__()


def _steps(rows: list[Row]) -> Steps:
    columns: list[Any] = [list(column) for column in zip(*(row[:8] for row in rows), strict=True)]
    return Steps(*(columns or [[]] * 8))


def _joined(columns: Columns, rows: list[Row]) -> Columns:
    """Return columns with more steps in them; names new and old are numbered again."""
    log = columns.log
    case_id, _, at, activity, stage, party, ends, actor, position = (
        list(column) for column in zip(*rows, strict=True)
    )
    more = {"activity": activity, "stage": stage, "party": party, "actor": actor}
    cases = _joined_names(Names(log.case, list(log.cases.ids)), case_id)
    named = {name: _joined_names(getattr(log, name), values) for name, values in more.items()}
    when = np.concatenate((log.at, np.array(at, np.int64)))
    positions = np.concatenate((columns.position, np.array(position, np.int64)))
    order = np.lexsort((positions, cases.codes))
    blank = np.zeros(len(cases.names), np.int64)
    count = len(order)
    joined = replace(
        log,
        case=cases.codes[order],
        at=when[order],
        ends=np.concatenate((log.ends, np.array(ends, np.bool_)))[order],
        done=np.full(count, STILL_OPEN),
        bridged=np.zeros(count, np.bool_),
        cases=Cases(cases.names, blank, blank),
        **{name: column.take(order) for name, column in named.items()},
    )
    return Columns(joined, positions[order])


def _joined_names(column: Names, values: list[str]) -> Names:
    """Return a column with more values behind it, the names in alphabetical order."""
    every = column.with_more(values)
    number = {name: code for code, name in enumerate(every.names)}
    more = np.array([number[value] for value in values], np.int64)
    return Names(np.concatenate((every.codes, more)), every.names)
