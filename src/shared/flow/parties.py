"""Who is waited for: every closed wait is charged to one party, and open waits are shown beside them."""

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

    A log that only says afterwards who was waited for can't say it of open waits: those are unknown's.
    """
    names = [UNKNOWN if name in MEANS_UNKNOWN else name for name in steps.party.names] + [UNKNOWN]
    rows = np.flatnonzero(counted)
    party = steps.party.codes[rows + 1 if charging is Charging.WAITED_FOR else rows]
    elapsed = sums(party, steps.elapsed[rows], len(names))
    worked = sums(party, steps.working[rows], len(names))
    open_party, ages = _open_ages(steps, charging, as_of, working, unknown=len(names) - 1)
    still = groups(open_party)
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
            open_working=open_wait(
                np.concatenate([ages[still[c]] for c in codes if c in still] or [ages[:0]])
            ),
        )
        for name, codes in found.items()
    ]
    return sorted(parties, key=lambda row: (-row.working_seconds, row.party))


def _open_ages(
    steps: Waits, charging: Charging, as_of: int, working: WorkingTime, *, unknown: int
) -> tuple[Codes, Microseconds]:
    """Return the party of each open wait, and for how long it has been waited on without a break."""
    still = np.flatnonzero(steps.open)
    if charging is Charging.WAITED_FOR:
        return np.full(len(still), unknown), steps.working[still]
    changes = np.diff(steps.case, prepend=-1) != 0
    changes |= np.diff(steps.party.codes, prepend=-1) != 0
    changes |= ~np.concatenate(([True], steps.visit[:-1]))[: len(changes)]
    run = np.maximum.accumulate(np.where(changes, np.arange(len(changes)), 0))
    began = steps.began[run[still]]
    until = np.full(len(still), as_of)
    return steps.party.codes[still], working.microseconds(until) - working.microseconds(began)
