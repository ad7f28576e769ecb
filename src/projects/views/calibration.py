"""Back-testing: what the forecasts would have said of finished projects when they began, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass

from projects.views.forecasts import QUANTILES, Finished, SlipHistory

TESTED_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of so many projects, the share that finished by each quantile's day; the share itself is the aim."""

    finished: int
    tested: int
    within: tuple[float | None, ...]


def calibrate(finished: Sequence[Finished]) -> Calibration:
    """Test the latest finished projects, each against what had finished before it began."""
    in_order = sorted(finished, key=lambda project: (project.finished_on, project.start))
    hits, tested = [0] * len(QUANTILES), 0
    for project in in_order[-TESTED_LIMIT:]:
        known = SlipHistory.of([past for past in in_order if past.finished_on < project.start])
        first = project.forecasts[0] if project.forecasts else None
        odds = known.odds(project.path, project.start, first, project.start, None)
        if not odds.ends:
            continue
        tested += 1
        for number, end in enumerate(odds.ends):
            hits[number] += project.finished_on <= end
    return Calibration(len(in_order), tested, tuple(hit / tested if tested else None for hit in hits))
