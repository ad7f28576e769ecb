"""Who is waited for: every closed wait is charged to one party, and open waits are shown beside them.

A wait that still lasts is open from its beginning, and counted as such only, also where steps happened
inside it: closed and open waits add up to all the time that cases were in work.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from shared.flow.log import Codes
from shared.flow.waits import Mask, Waits
from shared.kernel.calendar import Microseconds

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


@dataclass(frozen=True)
class Lasting:
    """The waits that still last: whose they are, when they began, and the steps within all of them."""

    party: Codes
    began: Microseconds
    within: Mask


def lasting(steps: Waits, charging: Charging) -> Lasting:
    """Return the waits that still last: on one party without a break, whatever happened meanwhile.

    A log that only says afterwards who was waited for can't say it of open waits: nobody known is
    charged with those, and each is from the last step on.
    """
    last = np.flatnonzero(steps.open)
    if charging is Charging.WAITED_FOR:
        unknown = np.full(len(last), len(steps.party.names))
        return Lasting(unknown, steps.began[last], np.zeros(len(steps.case), np.bool_))
    changes = np.diff(steps.case, prepend=-1) != 0
    changes |= np.diff(steps.party.codes, prepend=-1) != 0
    changes |= ~np.concatenate(([True], steps.visit[:-1]))[: len(changes)]
    run = np.maximum.accumulate(np.where(changes, np.arange(len(changes)), 0))
    still = np.zeros(len(changes), np.bool_)
    still[run[last]] = True
    return Lasting(steps.party.codes[last], steps.began[run[last]], still[run])
