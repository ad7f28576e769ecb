"""What was promised at one reading of the record and what had become of it at a later one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from outcomes.domain.horizons import (
    HORIZON_MONTHS,
    Horizon,
    MilestoneStanding,
    horizon,
    is_overdue,
    months_after,
    silent_since,
)
from outcomes.domain.milestone import MilestoneStatus


class PromiseFate(StrEnum):
    """What became of a promise; each has one fate, the first of these that applies."""

    MET = "met"
    DROPPED = "dropped"
    MOVED = "moved"
    SILENT = "silent"
    UNDER_WAY = "under_way"


@dataclass(frozen=True)
class PromiseKept:
    """One milestone that was promised for the next six months, and what became of it."""

    id: UUID
    outcome: UUID
    title: str
    fate: PromiseFate
    promised_for: date
    due: date | None
    met_on: date | None
    reasons: tuple[str, ...]
    silent_since: date | None
    pushed_out: bool
    overdue: bool


@dataclass(frozen=True)
class Commitments:
    """All that was promised, and what came in beside it: each group in the order of the days promised."""

    promises: tuple[PromiseKept, ...]
    added_late: tuple[MilestoneStanding, ...]
    brought_forward: tuple[MilestoneStanding, ...]
    reopened: tuple[MilestoneStanding, ...]

    def count(self, fate: PromiseFate) -> int:
        """Return how many promises had this fate."""
        return sum(promise.fate is fate for promise in self.promises)

    @property
    def pushed_out(self) -> int:
        """Return how many promises were moved beyond the six months, or have no day any more."""
        return sum(promise.pushed_out for promise in self.promises)

    @property
    def kept_share(self) -> float | None:
        """Return the share of the promises that was met; nothing if none was made."""
        return self.count(PromiseFate.MET) / len(self.promises) if self.promises else None


def commitments(
    then: Mapping[UUID, MilestoneStanding],
    now: Mapping[UUID, MilestoneStanding],
    day_then: date,
    day_now: date,
) -> Commitments:
    """Compare two readings: whatever stood in the next six months at the first one was promised."""
    end = months_after(day_then, HORIZON_MONTHS)
    promised = [one for one in then.values() if _is_promised(one, day_then)]
    ids = {one.id for one in promised}
    promises = [_promise(one, now[one.id], end, day_now) for one in promised]
    others = [one for one in now.values() if one.id not in ids]
    inside = [one for one in others if one.due is not None and one.due <= end]
    was_met = {i for i, one in then.items() if one.status is MilestoneStatus.MET}
    return Commitments(
        promises=tuple(sorted(promises, key=lambda p: (p.promised_for, p.title, p.id))),
        added_late=_in_order(one for one in inside if one.id not in then),
        brought_forward=_in_order(
            one for one in inside if one.id in then and one.id not in was_met and _works(one)
        ),
        reopened=_in_order(one for one in now.values() if one.id in was_met and one.is_under_way),
    )


def _is_promised(one: MilestoneStanding, day: date) -> bool:
    return horizon(one.status, one.due, day) is Horizon.NEXT


def _works(one: MilestoneStanding) -> bool:
    return one.status is not MilestoneStatus.DROPPED


def _in_order(found: Iterable[MilestoneStanding]) -> tuple[MilestoneStanding, ...]:
    return tuple(sorted(found, key=lambda one: (one.due or date.max, one.title, one.id)))


def _promise(then: MilestoneStanding, now: MilestoneStanding, end: date, day: date) -> PromiseKept:
    """Return what became of one promise."""
    assert then.due is not None, "what has no day was not promised"
    moved = now.is_under_way and (now.due is None or now.due > then.due)
    fate = _fate(now, day, moved=moved)
    return PromiseKept(
        id=now.id,
        outcome=now.outcome,
        title=now.title,
        fate=fate,
        promised_for=then.due,
        due=now.due,
        met_on=now.met_on,
        reasons=now.moves[len(then.moves) :],
        silent_since=silent_since(now, day),
        pushed_out=now.is_under_way and (now.due is None or now.due > end),
        overdue=is_overdue(now.status, now.due, day),
    )


def _fate(now: MilestoneStanding, day: date, *, moved: bool) -> PromiseFate:
    if now.status is MilestoneStatus.MET:
        return PromiseFate.MET
    if now.status is MilestoneStatus.DROPPED:
        return PromiseFate.DROPPED
    if moved:
        return PromiseFate.MOVED
    return PromiseFate.SILENT if silent_since(now, day) else PromiseFate.UNDER_WAY
