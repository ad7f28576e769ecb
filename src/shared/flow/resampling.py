"""How sure the first rank is: whether it stays first where cases are drawn again."""

import numpy as np

from shared.flow.addends import Level
from shared.flow.bottlenecks import FlowQuery
from shared.flow.log import FlowLog
from shared.flow.waits import activity_waits, stage_waits
from shared.kernel.calendar import WorkingTime

RESAMPLINGS = 200
SEED = 20_260_301


def stayed_first(log: FlowLog, question: FlowQuery, working: WorkingTime) -> int:
    """Return in how many of 200 resamplings of cases the edge with most working wait has most.

    Each case counts as often as a Poisson number of mean 1 says, which is the bootstrap for many cases
    (Hanley and MacGibbon 2006); the numbers are seeded, so that the same log gives the same answer.
    """
    then = log.until(question.as_of_us)
    by_stage = question.manner.level is Level.STAGE
    waits = (stage_waits if by_stage else activity_waits)(then, question.as_of_us, working)
    rows = np.flatnonzero(waits.ended_in(question.window.start, question.window.end))
    if not len(rows):
        return 0
    size = len(waits.place.names)
    edges = waits.place.codes[rows] * size + waits.place.codes[rows + 1]
    _, edge = np.unique(edges, return_inverse=True)
    _, case = np.unique(waits.case[rows], return_inverse=True)
    worked = waits.working[rows].astype(np.float64)
    first = int(np.argmax(np.bincount(edge, weights=worked)))
    dice, count, stayed = np.random.default_rng(SEED), int(case.max()) + 1, 0
    for _ in range(RESAMPLINGS):
        drawn = np.bincount(edge, weights=worked * dice.poisson(1.0, count)[case])
        stayed += int(np.argmax(drawn)) == first
    return stayed
