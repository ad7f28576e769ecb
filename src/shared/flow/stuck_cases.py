"""The list to act on: each open case, how it stands against others in its stage, and what waiting costs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from shared.flow.addends import ALL_TIME, Window
from shared.flow.case_links import CaseLinks
from shared.flow.cases import WaitingCase
from shared.flow.figure_names import NamedFigure
from shared.flow.likely_finish import SHARES, LikelyFinish
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.parties import Charging, known_names, lasting
from shared.flow.requests import instant_at
from shared.flow.stage_exits import NO_HABITS, StageExits, stage_exits
from shared.flow.statistics import FEW, Ordered, percentiles
from shared.flow.waits import Waits, activity_waits, stage_waits
from shared.kernel.calendar import SECOND, WORKING_DAY, WorkingTime, day_in_london

QUEUE = 3  # so many that wait on one person are a queue
DECIDING = frozenset({"approver", "member"})
CHASED = frozenset({"requester", "procurement", *DECIDING})
CLOCK = "statutory_clock"
LIKELY = tuple(f"likely_finish_p{round(100 * share)}" for share in SHARES)
NOTHING_USUAL = (0, None, None)


class OpenCase(NamedTuple):
    """An open case as the list is ordered by; what else is told of it is worked out where it is shown."""

    case: WaitingCase
    number: int  # of the case in the log
    stage: int
    entered: int
    in_stage: float  # working days
    waiting_on: str
    waited: float  # working days
    misses: bool | None


class StuckList:
    """The open cases of those given, the longest in its stage against others first, as of an instant."""

    def __init__(
        self,
        log: FlowLog,
        as_of: int,
        working: WorkingTime,
        cases: Mapping[str, WaitingCase],
        window: Window = ALL_TIME,
    ) -> None:
        """Put in order the cases that came to their stage within a window."""
        then = log.until(as_of)
        self._as_of, self._working, self._log = as_of, working, then
        self._visits = stage_waits(then, as_of, working)
        self._steps = activity_waits(then, as_of, working)
        self._likely, self._usual = LikelyFinish(then, self._visits, as_of), _usual(self._visits)
        self._queues = Counter((case.stage, case.whom) for case in cases.values() if case.whom)
        self.cases = sorted(self._open(cases, window), key=self._urgency)

    def rows(self, limit: int) -> list[dict[str, Any]]:
        """Return what is told of the first so many."""
        habits = stage_exits(self._visits, self._as_of, self._working)
        changes = _changes_of_hands(self._visits, self._steps)
        return [
            self._row(each, habits.get(each.stage, NO_HABITS), changes[each.number])
            for each in self.cases[:limit]
        ]

    def _open(self, cases: Mapping[str, WaitingCase], window: Window) -> Iterator[OpenCase]:
        visits, ids = self._visits, self._log.cases.ids
        charged = _charged(self._steps, self._as_of, self._working)
        names, today = known_names(self._steps.party.names), day_in_london(instant_at(self._as_of))
        columns = (visits.case, visits.place.codes, visits.began, visits.working)
        still = (column[visits.open].tolist() for column in columns)
        for number, stage, entered, lasted in zip(*still, strict=True):
            case = cases.get(ids[number])
            if case is None or not window.holds(entered):
                continue
            code, waited = charged[number]
            on, misses = case.waiting_on or names[code], None
            if case.needed_by is not None:
                misses = _misses(self._finish(number, stage, entered)[0], case.needed_by, today)
            yield OpenCase(
                case, number, stage, entered, lasted / WORKING_DAY, on, waited / WORKING_DAY, misses
            )

    def _finish(self, number: int, stage: int, entered: int) -> list[date | None]:
        """Return by which days a case will likely be over."""
        opened = int(self._log.cases.opened[number])
        found = self._likely.of(stage, entered, opened, self._as_of)
        return [None if at is None else day_in_london(instant_at(at)) for at in found]

    def _urgency(self, each: OpenCase) -> tuple[bool, float, float]:
        """Return the order of acting: what misses its day, then how far beyond what is usual it is."""
        _, _, usual = self._usual.get(each.stage, NOTHING_USUAL)
        beyond = each.in_stage / usual if usual else 0.0
        return not each.misses, -beyond, -each.in_stage

    def _row(self, each: OpenCase, habits: StageExits, changes: int) -> dict[str, Any]:
        case, (n, p50, p85) = each.case, self._usual.get(each.stage, NOTHING_USUAL)
        finish = self._finish(each.number, each.stage, each.entered)
        return {
            **_who(case),
            "waiting_on": each.waiting_on,
            "in_stage_since": instant_at(each.entered),
            "working_days_in_stage": each.in_stage,
            "stage_n": n,
            "stage_p50_working_days": p50,
            "stage_p85_working_days": p85,
            "working_days_waited_on": each.waited,
            "needed_by": case.needed_by,
            **dict(zip(LIKELY, finish, strict=True)),
            "misses_needed_by": each.misses,
            "why": [
                *_why(case, self._queues[case.stage, case.whom], changes),
                *habits.reasons(each.in_stage, approval=case.waiting_on in DECIDING),
            ],
            "opens": f"/v1/rfps/{case.id}",
        }


def past_usual(log: FlowLog, as_of: int, working: WorkingTime) -> list[tuple[str, int]]:
    """Return the cases that have been in their stage for longer than 85 % of those before them were.

    Each with the instant at which it entered, in microseconds.
    """
    then = log.until(as_of)
    visits = stage_waits(then, as_of, working)
    usual = _usual(visits)
    found = []
    for row in np.flatnonzero(visits.open).tolist():
        _, _, p85 = usual.get(int(visits.place.codes[row]), (0, None, None))
        if p85 is not None and int(visits.working[row]) / WORKING_DAY > p85:
            found.append((then.cases.ids[int(visits.case[row])], int(visits.began[row])))
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
    """Return how many visits of stages are over, and by how many working days half and 85 % of them were.

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
        "whom": case.whom,
        "clock_ends_at": case.clock_ends_at,
    }


def _misses(finish: date | None, needed_by: date, today: date) -> bool | None:
    """Return whether a case will likely be over after the day it is needed; none where nobody can say."""
    if max(today, finish or today) > needed_by:
        return True
    return None if finish is None else False


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
    found: list[dict[str, Any]] = [
        {
            "party": party,
            "cases": len(of_party),
            "working_days": sum(case.waited for case in of_party),
            "miss_needed_by": sum(bool(case.misses) for case in of_party),
            "opens": links.to(waiting_on=party, **narrowed),
        }
        for party, of_party in by_party.items()
    ]
    found.sort(key=lambda cost: (-cost["working_days"], cost["party"]))
    return [{**cost, "sentence": sentence(cost)} for cost in found]


def sentence(cost: Mapping[str, Any]) -> str:
    """Return what waiting on a party costs, in words."""
    one, days = cost["cases"] == 1, round(cost["working_days"])
    said = f"{cost['cases']} {'RFP waits' if one else 'RFPs wait'} on {cost['party'].replace('_', ' ')},"
    said += f" {days} working {'day' if days == 1 else 'days'}"
    missing = cost["miss_needed_by"]
    return f"{said}, {missing} will miss {'its' if missing == 1 else 'their'} needed-by date."
