"""When so many cases will be done, by drawing weeks of the past at random, each time the same."""

from collections.abc import Sequence

import numpy as np

from shared.flow.likely_finish import SHARES
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.spans import weeks_of

DRAWS, SEED = 2_000, 20
WEEKS_DRAWN_FROM, WEEKS_AHEAD = 26, 520
WEEKS_NEEDED = 8


def weekly_throughput(log: FlowLog, as_of: int) -> list[int]:
    """Return how many cases closed in each of the last weeks that are over, the earliest first."""
    [this_week] = weeks_of(np.array([as_of], np.int64)).tolist()
    there = log.cases.opened[log.cases.opened != STILL_OPEN]
    if not len(there):
        return []
    first = max(int(weeks_of(there).min()) + 1, this_week - WEEKS_DRAWN_FROM)
    closed = log.cases.closed
    weeks = weeks_of(closed[closed <= as_of])
    return [int((weeks == week).sum()) for week in range(first, this_week)]


def weeks_until_done(throughput: Sequence[int], count: int) -> list[int | None]:
    """Return within how many weeks so many are done, in half, 85% and 95% of draws; `None` for never.

    Of too few weeks, or of weeks in which nothing was done, nobody can say.
    """
    if len(throughput) < WEEKS_NEEDED or not any(throughput):
        return [None] * len(SHARES)
    dice = np.random.default_rng(SEED)
    done = np.zeros(DRAWS, np.int64)
    taken = np.full(DRAWS, WEEKS_AHEAD + 1)
    weeks = np.array(throughput, np.int64)
    for week in range(1, WEEKS_AHEAD + 1):
        done += dice.choice(weeks, DRAWS)
        taken = np.where((done >= count) & (taken > WEEKS_AHEAD), week, taken)
        if (taken <= WEEKS_AHEAD).all():
            break
    found = np.quantile(taken, SHARES, method="inverted_cdf").astype(np.int64).tolist()
    return [None if week > WEEKS_AHEAD else week for week in found]
