"""Back-testing by a split in time: what was known on a day, and what became of all that began later.

What began last is held out, finished or not, and forecast on the day it began from what was known before the
split. A project is tested once its P90 day has come, so that whether it was met is known of all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from projects.views.forecasts import ENOUGH, QUANTILES, Odds, SlipHistory
from projects.views.project_histories import ProjectHistory

HELD_OUT = 1 / 3
TESTED_LIMIT = 2_000
QUESTIONS = (1.0, 1.25, 1.5, 2.0)  # will it be over before so many times its first plan has passed?
SURE = 1.96  # standard errors: 95%

TOO_FEW_PAST = f"not tested: fewer than {ENOUGH} projects had finished before the split"
TOO_FEW_TESTED = f"not tested: fewer than {ENOUGH} projects that began later can be judged yet"
BETTER = "better than the rule"
NO_BETTER = "no better than the rule: go by the forecast and its contingency"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of so many projects, the share that finished by each quantile's day; the share itself is the aim.

    Errors are mean squared differences between what was said to be likely and what came (Brier 1950).
    """

    finished: int
    verdict: str
    split_on: date | None = None
    learnt_from: int = 0
    tested: int = 0
    within: tuple[float | None, ...] = (None,) * len(QUANTILES)
    odds_error: float | None = None
    rule_error: float | None = None
    better: bool | None = None


def calibrate(courses: Sequence[ProjectHistory], today: date) -> Calibration:
    """Test what began last against what was known before it."""
    usable = sorted((c for c in courses if c.planned() > 0), key=lambda course: course.start)
    over = [course for course in usable if course.finished_on is not None]
    if len(over) < ENOUGH:
        return Calibration(len(over), TOO_FEW_PAST)
    split = over[int(len(over) * (1 - HELD_OUT))].start
    known = SlipHistory.of(usable, split - timedelta(days=1))
    found = Calibration(len(over), TOO_FEW_PAST, split, known.size(()))
    if found.learnt_from < ENOUGH:
        return found
    held = [course for course in usable if course.start >= split][:TESTED_LIMIT]
    said = [(course, _odds(known, course, None)) for course in held]
    judged = [(course, odds.ends) for course, odds in said if _has_come(odds, today)]
    if len(judged) < ENOUGH:
        return replace(found, verdict=TOO_FEW_TESTED, tested=len(judged))
    hits = [[_is_over(course, end) for end in ends] for course, ends in judged]
    errors = np.array([_errors(known, course, today) for course, _ in judged])
    odds_error, rule_error = (float(mean) for mean in errors.mean(axis=0))
    gained = errors[:, 0] - errors[:, 1]
    better = bool(gained.mean() + SURE * gained.std(ddof=1) / np.sqrt(len(gained)) < 0)
    return replace(
        found,
        verdict=BETTER if better else NO_BETTER,
        tested=len(judged),
        within=tuple(float(share) for share in np.mean(hits, axis=0)),
        odds_error=odds_error,
        rule_error=rule_error,
        better=better,
    )


def _odds(known: SlipHistory, course: ProjectHistory, day: date | None) -> Odds:
    """Return what would have been said of a project when it began."""
    row = {
        "start": course.start,
        "forecast_end": course.forecasts[0],
        "forecasts": course.forecasts[:1],
        "forecasts_said_on": (),
        "rests": (),
    }
    return known.odds(row, course.path, course.start, day)


def _has_come(odds: Odds, today: date) -> bool:
    return bool(odds.ends) and odds.ends[-1] is not None and odds.ends[-1] <= today


def _is_over(course: ProjectHistory, end: date | None) -> bool:
    return course.finished_on is not None and end is not None and course.finished_on <= end


def _errors(known: SlipHistory, course: ProjectHistory, today: date) -> tuple[float, float]:
    """Return the errors of the odds and of the rule, over the questions whose day has come."""
    odds_errors, rule_errors = [], []
    promised = course.forecasts[0] + timedelta(days=course.contingency_days)
    for times in QUESTIONS:
        day = course.start + timedelta(days=round(course.planned() * times))
        if day > today:
            break
        before = course.finished_on is not None and course.finished_on < day
        odds_errors.append(((_odds(known, course, day).before or 0.0) - before) ** 2)
        rule_errors.append(float((promised < day) != before))
    count = len(odds_errors) or 1
    return sum(odds_errors) / count, sum(rule_errors) / count
