"""The list to act on: each open case, how it stands against others in its stage, and what waiting costs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.flow.addends import ALL_TIME, Window
from shared.flow.case_links import CaseLinks
from shared.flow.cases import OpenColumns, WaitingCase
from shared.flow.figure_names import NamedFigure
from shared.flow.likely_finish import NEVER, SHARES, LikelyFinish
from shared.flow.log import STILL_OPEN, FlowLog, last_known
from shared.flow.parties import Charging, known_names, lasting
from shared.flow.requests import instant_at
from shared.flow.stage_exits import NO_HABITS, StageExits, stage_exits
from shared.flow.statistics import FEW, Ordered, percentiles
from shared.flow.waits import Waits, activity_waits, stage_waits
from shared.kernel.calendar import (
    SECOND,
    WORKING_DAY,
    Microseconds,
    WorkingTime,
    day_in_london,
    microseconds,
    start_of,
)

QUEUE = 3  # so many that wait on one person are a queue
DECIDING = frozenset({"approver", "member"})
CHASED = frozenset({"requester", "procurement", *DECIDING})
CLOCK = "statutory_clock"
LIKELY = tuple(f"likely_finish_p{round(100 * share)}" for share in SHARES)
NOTHING_USUAL = (0, None, None)


class OpenCase(NamedTuple):
    """An open case as the list is ordered by; what else is told of it is found where it is shown."""

    id: str
    number: int  # of the case in the log
    stage: int
    entered: int
    in_stage: float  # working days
    waiting_on: str
    waited: int  # on this party, in working microseconds
    finish: list[int]  # by when it is over with 50, 85 and 95%
    misses: bool | None


class StuckList:
    """The open cases of those given, the longest in its stage against others first, as of an instant."""

    def __init__(
        self, log: FlowLog, as_of: int, working: WorkingTime, cases: OpenColumns, window: Window = ALL_TIME
    ) -> None:
        """Put in order the cases that came to their stage within a window."""
        then = log.until(as_of)
        self._as_of, self._working, self._log = as_of, working, then
        self._visits = stage_waits(then, as_of, working)
        self._steps = activity_waits(then, as_of, working)
        self._usual = _usual(self._visits)
        self._queues = Counter(zip(cases.stages, cases.whom, strict=True))
        self.cases = sorted(self._open(cases, window), key=self._urgency)

    def rows(self, told: Iterable[WaitingCase], limit: int) -> list[dict[str, Any]]:
        """Return what is shown of the first so many, of which the room told."""
        habits = stage_exits(self._visits, self._as_of, self._working)
        changes = _changes_of_hands(self._visits, self._steps)
        by_id = {case.id: case for case in told}
        return [
            self._row(each, by_id[each.id], habits.get(each.stage, NO_HABITS), changes[each.number])
            for each in self.cases[:limit]
            if each.id in by_id
        ]

    def _open(self, cases: OpenColumns, window: Window) -> Iterator[OpenCase]:
        """Yield the open cases among those given, each with what it waits on and when it may be over."""
        visits, ids = self._visits, self._log.cases.ids
        place = {name: at for at, name in enumerate(cases.ids)}
        charged = _charged(self._steps, self._as_of, self._working)
        names, late = known_names(self._steps.party.names), MissedDays(self._as_of)
        columns = (visits.case, visits.place.codes, visits.began, visits.working)
        still = [column[visits.open] for column in columns]
        finishes = self._finishes(*still[:3])
        for number, stage, entered, lasted, finish in zip(
            *(c.tolist() for c in (*still, finishes)), strict=True
        ):
            at = place.get(ids[number])
            if at is None or not window.holds(entered):
                continue
            code, waited = charged[number]
            yield OpenCase(
                cases.ids[at],
                number,
                stage,
                entered,
                lasted / WORKING_DAY,
                cases.waiting_on[at] or names[code],
                waited,
                finish,
                late.misses(finish[0], cases.needed_by[at]),
            )

    def _finishes(
        self, case: NDArray[np.int64], stage: NDArray[np.int64], entered: Microseconds
    ) -> Microseconds:
        """Return by when cases will likely be over, a row for each."""
        opened = self._log.cases.opened[case]
        return LikelyFinish(self._log, self._visits, self._as_of).of_each(stage, entered, opened, self._as_of)

    def _urgency(self, each: OpenCase) -> tuple[bool, float, float]:
        """Return the order of acting: what misses its day, then how far beyond what is usual it is."""
        _, _, usual = self._usual.get(each.stage, NOTHING_USUAL)
        beyond = each.in_stage / usual if usual else 0.0
        return not each.misses, -beyond, -each.in_stage

    def _row(self, each: OpenCase, case: WaitingCase, habits: StageExits, changes: int) -> dict[str, Any]:
        n, p50, p85 = self._usual.get(each.stage, NOTHING_USUAL)
        finish = [None if at == NEVER else day_in_london(instant_at(at)) for at in each.finish]
        return {
            **_who(case),
            "waiting_on": each.waiting_on,
            "in_stage_since": instant_at(each.entered),
            "working_days_in_stage": each.in_stage,
            "stage_n": n,
            "stage_p50_working_days": p50,
            "stage_p85_working_days": p85,
            "working_days_waited_on": each.waited / WORKING_DAY,
            "needed_by": case.needed_by,
            **dict(zip(LIKELY, finish, strict=True)),
            "misses_needed_by": each.misses,
            "why": [
                *_why(case, self._queues[case.stage, case.whom], changes),
                *habits.reasons(each.in_stage, approval=case.waiting_on in DECIDING),
            ],
            "opens": f"/v1/rfps/{case.id}",
        }


class MissedDays:
    """Says which days will be missed, as of an instant."""

    def __init__(self, as_of: int) -> None:
        """Go by London's days."""
        self._today = day_in_london(instant_at(as_of))
        self._ends: dict[date, int] = {}

    def misses(self, finish: int, needed_by: date | None) -> bool | None:
        """Return whether a case will likely be over after the day it is needed; none if nobody can say."""
        if needed_by is None:
            return None
        if self._today > needed_by:
            return True
        return None if finish == NEVER else finish >= self._end(needed_by)

    def _end(self, day: date) -> int:
        """Return the instant at which a day is over, in microseconds."""
        if day not in self._ends:
            self._ends[day] = microseconds(start_of(day + timedelta(days=1)))
        return self._ends[day]


def past_usual(log: FlowLog, now: int, working: WorkingTime) -> list[tuple[str, int]]:
    """Return the live cases that have been in their stage for longer than 85% of those before them were.

    Each with the instant at which it entered, in microseconds. The last step counts as now where a clock
    that was ahead dated it later.
    """
    visits = stage_waits(log, last_known(log, now), working)
    usual = _usual(visits)
    found = []
    for row in np.flatnonzero(visits.open).tolist():
        _, _, p85 = usual.get(int(visits.place.codes[row]), (0, None, None))
        if p85 is not None and int(visits.working[row]) / WORKING_DAY > p85:
            found.append((log.cases.ids[int(visits.case[row])], int(visits.began[row])))
    return found


def _charged(steps: Waits, as_of: int, working: WorkingTime) -> dict[int, tuple[int, int]]:
    """Return of each open case whom it waits on, and for how long it has without a break."""
    found = lasting(steps, Charging.IN_FORCE)
    until = working.microseconds(np.array([as_of], np.int64))
    ages = (until - working.microseconds(found.began)).tolist()
    return dict(
        zip(steps.case[steps.open].tolist(), zip(found.party.tolist(), ages, strict=True), strict=True)
    )


def _changes_of_hands(visits: Waits, steps: Waits) -> Counter[int]:
    """Return of each open case how often it went to another party since it entered its stage."""
    entered = np.full(len(steps.case) and int(steps.case.max()) + 1, STILL_OPEN)
    entered[visits.case[visits.open]] = visits.began[visits.open]
    changed = (np.diff(steps.case, prepend=-1) == 0) & (np.diff(steps.party.codes, prepend=-1) != 0)
    return Counter(steps.case[changed & (steps.began > entered[steps.case])].tolist())


def _usual(visits: Waits) -> dict[int, tuple[int, float | None, float | None]]:
    """Return how many visits of stages are over, and by how many working days half and 85% of them were.

    Of too few, nobody can say what is usual.
    """
    found: dict[int, tuple[int, float | None, float | None]] = {}
    for stage in np.unique(visits.place.codes[visits.left]).tolist():
        over = Ordered.of(visits.working[visits.left & (visits.place.codes == stage)]).values
        p50, p85, _ = (at * SECOND / WORKING_DAY for at in percentiles(over))
        found[stage] = (len(over), p50, p85) if len(over) >= FEW else (len(over), None, None)
    return found


def _who(case: WaitingCase) -> dict[str, Any]:
    return {
        "id": case.id,
        "reference": case.reference,
        "title": case.title,
        "service_area": case.service_area,
        "stage": case.stage,
        "whom": case.whom or None,
        "clock_ends_at": case.clock_ends_at,
    }


def _why(case: WaitingCase, queue: int, changes: int) -> list[str]:
    """Return why a case waits, as far as the record says it."""
    why = []
    if case.waiting_on == CLOCK:
        why.append("A period runs that nobody can shorten.")
    if case.whom and queue >= QUEUE:
        why.append(f"It is one of {queue} in this stage that wait on the same one.")
    if case.rework_loops:
        why.append(f"It was returned for rework: {case.rework_loops}.")
    if changes:
        why.append(f"It was handed from one party to another in this stage: {changes}.")
    if case.waiting_on in CHASED and not case.whom:
        why.append("Nobody in particular is asked for it.")
    return why


def cost_of_waiting(cases: Iterable[OpenCase], links: CaseLinks, window: Window) -> list[dict[str, Any]]:
    """Return for each party what waits on it now: cases, working days, those that will miss their day."""
    narrowed = {} if window.everything else {"figure": str(NamedFigure("waits", window=window))}
    by_party: dict[str, list[OpenCase]] = {}
    for case in cases:
        by_party.setdefault(case.waiting_on, []).append(case)
    waited = {party: sum(case.waited for case in of_party) for party, of_party in by_party.items()}
    found: list[dict[str, Any]] = [
        {
            "party": party,
            "cases": len(by_party[party]),
            "working_days": waited[party] / WORKING_DAY,
            "miss_needed_by": sum(bool(case.misses) for case in by_party[party]),
            "opens": links.to(waiting_on=party, **narrowed),
        }
        for party in sorted(by_party, key=lambda party: (-waited[party], party))
    ]
    return [{**cost, "sentence": sentence(cost)} for cost in found]


def sentence(cost: Mapping[str, Any]) -> str:
    """Return what waiting on a party costs, in words."""
    one, days = cost["cases"] == 1, round(cost["working_days"])
    said = f"{cost['cases']} {'RFP waits' if one else 'RFPs wait'} on {cost['party'].replace('_', ' ')},"
    said += f" {days} working {'day' if days == 1 else 'days'}"
    missing = cost["miss_needed_by"]
    return f"{said}, {missing} will miss {'its' if missing == 1 else 'their'} needed-by date."
