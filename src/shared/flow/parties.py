"""Who is waited for: every closed wait is charged to one party, and open waits are shown beside them."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from shared.flow.answers import PartyRow
from shared.flow.log import Codes
from shared.flow.statistics import groups, open_wait, sums
from shared.flow.waits import Mask, Waits
from shared.kernel.calendar import SECOND, Microseconds, WorkingTime

UNKNOWN = "unknown"
MEANS_UNKNOWN = frozenset({"", "EMPTY", "MISSING"})


class Charging(StrEnum):
    """Whom a wait between two steps is charged to."""

    IN_FORCE = "in_force"  # live: the party that the step before said is waited on
    WAITED_FOR = "waited_for"  # imported: the party of the step that ended the wait


def party_rows(
    steps: Waits, counted: Mask, charging: Charging, as_of: int, working: WorkingTime
) -> list[PartyRow]:
    """Return each party's waiting, most working wait first.

    A wait that still lasts is open from its beginning, and counted as such only, also where steps
    happened inside it: closed and open waits add up to all the time that cases were in work. A log that
    only says afterwards who was waited for can't say it of open waits: those are unknown's.
    """
    names = [UNKNOWN if name in MEANS_UNKNOWN else name for name in steps.party.names] + [UNKNOWN]
    lasting = _lasting(steps, charging)
    rows = np.flatnonzero(counted & ~lasting.within)
    party = steps.party.codes[rows + 1 if charging is Charging.WAITED_FOR else rows]
    known = charging is Charging.IN_FORCE
    open_party = np.where(known, steps.party.codes[lasting.last], len(names) - 1)
    until = np.full(len(lasting.began), as_of)
    ages = until - lasting.began
    worked_ages = working.microseconds(until) - working.microseconds(lasting.began)
    size = len(names)
    elapsed, worked = sums(party, steps.elapsed[rows], size), sums(party, steps.working[rows], size)
    still, open_elapsed = groups(open_party), sums(open_party, ages, size)
    total = int(worked.sum())
    found: dict[str, list[int]] = {}
    for code in {*party.tolist(), *still}:
        found.setdefault(names[code], []).append(code)
    parties = [
        PartyRow(
            party=name,
            elapsed_seconds=int(elapsed[codes].sum()) / SECOND,
            working_seconds=int(worked[codes].sum()) / SECOND,
            share_working=int(worked[codes].sum()) / total if total else 0.0,
            open_elapsed_seconds=int(open_elapsed[codes].sum()) / SECOND,
            open_working=open_wait(
                np.concatenate([worked_ages[still[c]] for c in codes if c in still] or [ages[:0]])
            ),
        )
        for name, codes in found.items()
    ]
    return sorted(parties, key=lambda row: (-row.working_seconds, row.party))


@dataclass(frozen=True)
class Lasting:
    """The waits that still last: the last step of each, when it began, and the steps within all of them."""

    last: Codes
    began: Microseconds
    within: Mask


def _lasting(steps: Waits, charging: Charging) -> Lasting:
    """Return the waits that still last: on one party without a break, whatever happened meanwhile."""
    last = np.flatnonzero(steps.open)
    if charging is Charging.WAITED_FOR:
        return Lasting(last, steps.began[last], np.zeros(len(steps.case), np.bool_))
    changes = np.diff(steps.case, prepend=-1) != 0
    changes |= np.diff(steps.party.codes, prepend=-1) != 0
    changes |= ~np.concatenate(([True], steps.visit[:-1]))[: len(changes)]
    run = np.maximum.accumulate(np.where(changes, np.arange(len(changes)), 0))
    within = np.isin(run, run[last])
    return Lasting(last, steps.began[run[last]], within)
