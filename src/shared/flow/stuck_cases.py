"""The list to act on: each open case, how it stands against others in its stage, and what waiting costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from shared.flow.addends import Window
from shared.flow.case_links import CaseLinks
from shared.flow.cases import WaitingCase
from shared.flow.figure_names import NamedFigure
from shared.flow.likely_finish import SHARES, LikelyFinish
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.parties import Charging, known_names, lasting
from shared.flow.requests import instant_at
from shared.flow.stage_exits import NO_HABITS, stage_exits
from shared.flow.statistics import FEW, Ordered, percentiles
from shared.flow.waits import Waits, activity_waits, stage_waits
from shared.kernel.calendar import SECOND, WORKING_DAY, WorkingTime, day_in_london

QUEUE = 3  # so many that wait on one person are a queue
DECIDING = frozenset({"approver", "member"})
CHASED = frozenset({"requester", "procurement", *DECIDING})
CLOCK = "statutory_clock"


def stuck(
    log: FlowLog, as_of: int, working: WorkingTime, cases: Mapping[str, WaitingCase]
) -> list[dict[str, Any]]:
    """Return each open case of those given, the longest in its stage against others first."""
    then = log.until(as_of)
    visits, steps = stage_waits(then, as_of, working), activity_waits(then, as_of, working)
    likely, usual = LikelyFinish(then, visits, as_of), _usual(visits)
    names, charged = known_names(steps.party.names), _charged(steps, as_of, working)
    queues = Counter((case.stage, case.whom) for case in cases.values() if case.whom)
    habits, changes = stage_exits(visits, as_of, working), _changes_of_hands(visits, steps)
    rows = []
    for row in np.flatnonzero(visits.open).tolist():
        number = int(visits.case[row])
        case = cases.get(then.cases.ids[number])
        if case is None:
            continue
        stage, entered = int(visits.place.codes[row]), int(visits.began[row])
        in_stage = int(visits.working[row]) / WORKING_DAY
        code, waited = charged[number]
        n, p50, p85 = usual.get(stage, (0, None, None))
        finish = likely.of(stage, entered, int(then.cases.opened[number]), as_of)
        rows.append(
            {
                **_who(case),
                "waiting_on": case.waiting_on or names[code],
                "in_stage_since": instant_at(entered),
                "working_days_in_stage": in_stage,
                "stage_n": n,
                "stage_p50_working_days": p50,
                "stage_p85_working_days": p85,
                "working_days_waited_on": waited / WORKING_DAY,
                **_finish(finish, case.needed_by, day_in_london(instant_at(as_of))),
                "why": [
                    *_why(case, queues[case.stage, case.whom], changes[number]),
                    *habits.get(stage, NO_HABITS).reasons(in_stage, approval=case.waiting_on in DECIDING),
                ],
                "opens": f"/v1/rfps/{case.id}",
            }
        )
    return sorted(rows, key=_urgency)


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


def _finish(finish: Sequence[int | None], needed_by: date | None, today: date) -> dict[str, Any]:
    """Return by which days a case will likely be over, and whether that is after it is needed."""
    days = [None if at is None else day_in_london(instant_at(at)) for at in finish]
    names = (f"likely_finish_p{round(100 * share)}" for share in SHARES)
    over = max(today, days[0] or today)
    misses = None if needed_by is None else over > needed_by
    if misses is False and days[0] is None:
        misses = None  # nobody can say
    return {"needed_by": needed_by, **dict(zip(names, days, strict=True)), "misses_needed_by": misses}


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


def _urgency(row: Mapping[str, Any]) -> tuple[bool, float, float]:
    """Return the order of acting: what misses its day, then how far beyond its stage's usual time it is."""
    usual = row["stage_p85_working_days"]
    beyond = row["working_days_in_stage"] / usual if usual else 0.0
    return not row["misses_needed_by"], -beyond, -row["working_days_in_stage"]


def cost_of_waiting(
    rows: Sequence[Mapping[str, Any]], links: CaseLinks, window: Window
) -> list[dict[str, Any]]:
    """Return for each party what waits on it now: cases, working days, those that will miss their day."""
    narrowed = {} if window.everything else {"figure": str(NamedFigure("waits", window=window))}
    by_party: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_party.setdefault(row["waiting_on"], []).append(row)
    found = [
        {
            "party": party,
            "cases": len(of_party),
            "working_days": sum(row["working_days_waited_on"] for row in of_party),
            "miss_needed_by": sum(bool(row["misses_needed_by"]) for row in of_party),
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
