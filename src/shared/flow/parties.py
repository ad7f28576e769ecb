"""Who is waited for: every closed wait is charged to one party, and open waits are shown beside them."""

from enum import StrEnum

import numpy as np

from shared.flow.log import Codes
from shared.flow.waits import Mask, Waits
from shared.kernel.calendar import Microseconds, WorkingTime

UNKNOWN = "unknown"
MEANS_UNKNOWN = frozenset({"", "EMPTY", "MISSING"})


class Charging(StrEnum):
    """Whom a wait between two steps is charged to."""

    IN_FORCE = "in_force"  # live: the party that the step before said is waited on
    WAITED_FOR = "waited_for"  # imported: the party of the step that ended the wait


def known_names(names: list[str]) -> list[str]:
    """Return the names of parties as they are shown, and behind them that of nobody known."""
    return [UNKNOWN if name in MEANS_UNKNOWN else name for name in names] + [UNKNOWN]


def charged_parties(steps: Waits, counted: Mask, charging: Charging) -> Codes:
    """Return the party that each closed wait counted is charged to."""
    rows = np.flatnonzero(counted)
    return steps.party.codes[rows + 1 if charging is Charging.WAITED_FOR else rows]


def open_parties(
    steps: Waits, charging: Charging, as_of: int, working: WorkingTime
) -> tuple[Codes, Microseconds]:
    """Return the party of each open wait, and for how long it has been waited on without a break.

    A log that only says afterwards who was waited for can't say it of open waits: nobody known is
    charged with those.
    """
    still = np.flatnonzero(steps.open)
    if charging is Charging.WAITED_FOR:
        return np.full(len(still), len(steps.party.names)), steps.working[still]
    changes = np.diff(steps.case, prepend=-1) != 0
    changes |= np.diff(steps.party.codes, prepend=-1) != 0
    changes |= ~np.concatenate(([True], steps.visit[:-1]))[: len(changes)]
    run = np.maximum.accumulate(np.where(changes, np.arange(len(changes)), 0))
    began = steps.began[run[still]]
    until = np.full(len(still), as_of)
    return steps.party.codes[still], working.microseconds(until) - working.microseconds(began)
