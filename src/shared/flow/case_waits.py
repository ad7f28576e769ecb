"""The waits of one case: each interval with its party and stage, and what they add up to by party.

They are computed as flow computes them, from the same rows: what one case says and what bottlenecks say of
it can't differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, Field

from shared.flow.journals import correction_rows, step_rows
from shared.flow.log import Correction, FlowLog, Steps, live_log
from shared.flow.waits import activity_waits
from shared.kernel.calendar import SECOND, WorkingTime, microseconds
from shared.kernel.messages import Recorded
from shared.record.projecting.views import Row

STEP = ("case_id", "seq", "at_us", "activity", "stage", "party", "ends", "actor")
CORRECTED = ("case_id", "since_us", "until_us", "was", "party")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CaseWait(BaseModel):
    """One interval in which a case waited on one party in one stage."""

    party: str
    stage: str
    began_at: datetime
    ended_at: datetime | None = Field(description="Null while it lasts.")
    elapsed_seconds: float
    working_seconds: float


class PartyWait(BaseModel):
    """What all intervals on one party add up to."""

    party: str
    elapsed_seconds: float
    working_seconds: float


class CaseWaits(BaseModel):
    """All waits of one case as far as a reading, in their order, and by party, the longest first."""

    as_of: datetime
    items: list[CaseWait]
    parties: list[PartyWait]


class _Interval(NamedTuple):
    """One interval, in microseconds; how long it takes once it is over."""

    party: str
    stage: str
    began: int
    elapsed: int
    working: int


@dataclass(frozen=True, slots=True)
class WaitsSoFar:
    """The waits of one case as far as its last step, of which all are over but one, at most.

    Those that are over never change: at each look only what lasts has become longer.
    """

    working: WorkingTime
    last: int
    over: tuple[_Interval, ...] = ()
    lasting: _Interval | None = None  # as long as it was at the last step

    def as_of(self, instant: datetime) -> dict[str, Any]:
        """Return the waits as they are shown at an instant: what `CaseWaits` holds."""
        found = self.over
        if self.lasting is not None:
            found = *found, self._longer(self.lasting, max(microseconds(instant), self.last))
        items = [_shown(each) for each in found]
        if self.lasting is not None:
            items[-1]["ended_at"] = None
        return {"as_of": instant, "items": items, "parties": _by_party(found)}

    def _longer(self, wait: _Interval, until: int) -> _Interval:
        """Return the wait that lasts as long as it is by then."""
        worked = self.working.at(until) - self.working.at(self.last)
        return wait._replace(elapsed=until - wait.began, working=wait.working + worked)


def case_log(events: Iterable[Recorded]) -> FlowLog | None:
    """Return one case's steps, of its events in their order; nothing if there are none."""
    recorded = list(events)
    steps = [row for one in recorded for row in step_rows(one)]
    if not steps:
        return None
    return live_log(_columns(steps), [_correction(row) for one in recorded for row in correction_rows(one)])


def waits_so_far(log: FlowLog | None, working: WorkingTime) -> WaitsSoFar:
    """Return the waits in one case's log, as far as its last step."""
    if log is None:
        return WaitsSoFar(working, 0)
    last = int(log.at[-1])
    waits = activity_waits(log, last, working)
    found: list[_Interval] = []
    for row in np.flatnonzero(waits.left | waits.open):
        _join(
            found,
            _Interval(
                log.party.names[log.party.codes[row]],
                log.stage.names[log.stage.codes[row]],
                int(waits.began[row]),
                int(waits.elapsed[row]),
                int(waits.working[row]),
            ),
        )
    lasting = found.pop() if waits.open.any() else None  # the last step begins it
    return WaitsSoFar(working, last, tuple(found), lasting)


def _columns(rows: Sequence[Row]) -> Steps:
    columns: list[Any] = [[row[name] for row in rows] for name in STEP]
    return Steps(*columns)


def _correction(row: Mapping[str, Any]) -> Correction:
    return Correction(*(row[name] for name in CORRECTED))


def _join(found: list[_Interval], following: _Interval) -> None:
    """Add an interval; what follows without a break, on one party in one stage, is one with the last."""
    last = found[-1] if found else None
    if last is None or (last.party, last.stage, last.began + last.elapsed) != following[:3]:
        found.append(following)
        return
    found[-1] = last._replace(
        elapsed=last.elapsed + following.elapsed, working=last.working + following.working
    )


def _shown(wait: _Interval) -> dict[str, Any]:
    return {
        "party": wait.party,
        "stage": wait.stage,
        "began_at": _instant(wait.began),
        "ended_at": _instant(wait.began + wait.elapsed),
        "elapsed_seconds": wait.elapsed / SECOND,
        "working_seconds": wait.working / SECOND,
    }


def _instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _by_party(waits: Iterable[_Interval]) -> list[dict[str, Any]]:
    """Return what all waits on each party add up to, the longest first."""
    found: dict[str, tuple[int, int]] = {}
    for each in waits:
        elapsed, working = found.get(each.party, (0, 0))
        found[each.party] = elapsed + each.elapsed, working + each.working
    ordered = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    return [
        {"party": party, "elapsed_seconds": elapsed / SECOND, "working_seconds": working / SECOND}
        for party, (elapsed, working) in ordered
    ]
