"""The waits of one case: each interval with its party and stage, and what they add up to by party.

They are computed as flow computes them, from the same rows: what one case says and what bottlenecks say of
it can't differ.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from shared.flow.journals import correction_rows, step_rows
from shared.flow.log import Correction, FlowLog, Steps, live_log
from shared.flow.waits import Waits, activity_waits
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


def case_log(events: Iterable[Recorded]) -> FlowLog | None:
    """Return one case's steps, of its events in their order; nothing where there are none."""
    recorded = list(events)
    steps = [row for one in recorded for row in step_rows(one)]
    if not steps:
        return None
    return live_log(_columns(steps), [_correction(row) for one in recorded for row in correction_rows(one)])


def case_waits(log: FlowLog | None, as_of: datetime, working: WorkingTime) -> CaseWaits:
    """Return the waits in one case's log."""
    if log is None:
        return CaseWaits(as_of=as_of, items=[], parties=[])
    until = max(microseconds(as_of), int(log.at[-1]))
    items = _joined(_intervals(log, activity_waits(log, until, working)))
    return CaseWaits(as_of=as_of, items=items, parties=_by_party(items))


def _columns(rows: Sequence[Row]) -> Steps:
    columns: list[Any] = [[row[name] for row in rows] for name in STEP]
    return Steps(*columns)


def _correction(row: Mapping[str, Any]) -> Correction:
    return Correction(*(row[name] for name in CORRECTED))


def _intervals(log: FlowLog, waits: Waits) -> Iterator[CaseWait]:
    """Yield each wait between two steps, and the one that still lasts."""
    for row in np.flatnonzero(waits.left | waits.open):
        began, elapsed = int(waits.began[row]), int(waits.elapsed[row])
        yield CaseWait(
            party=log.party.names[log.party.codes[row]],
            stage=log.stage.names[log.stage.codes[row]],
            began_at=_instant(began),
            ended_at=None if waits.open[row] else _instant(began + elapsed),
            elapsed_seconds=elapsed / SECOND,
            working_seconds=int(waits.working[row]) / SECOND,
        )


def _instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _joined(intervals: Iterable[CaseWait]) -> list[CaseWait]:
    """Return intervals in which what follows without a break, on one party in one stage, is one."""
    found: list[CaseWait] = []
    for each in intervals:
        last = found[-1] if found else None
        if last is not None and (last.party, last.stage, last.ended_at) == (
            each.party,
            each.stage,
            each.began_at,
        ):
            found[-1] = each.model_copy(
                update={
                    "began_at": last.began_at,
                    "elapsed_seconds": last.elapsed_seconds + each.elapsed_seconds,
                    "working_seconds": last.working_seconds + each.working_seconds,
                }
            )
        else:
            found.append(each)
    return found


def _by_party(items: Sequence[CaseWait]) -> list[PartyWait]:
    found: dict[str, PartyWait] = {}
    for each in items:
        so_far = found.get(each.party, PartyWait(party=each.party, elapsed_seconds=0, working_seconds=0))
        found[each.party] = PartyWait(
            party=each.party,
            elapsed_seconds=so_far.elapsed_seconds + each.elapsed_seconds,
            working_seconds=so_far.working_seconds + each.working_seconds,
        )
    return sorted(found.values(), key=lambda party: (-party.elapsed_seconds, party.party))
