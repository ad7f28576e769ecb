"""Forecasts as they are told: those of the cases a reader sees, beside how good such forecasts were."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shared.flow.cases import WaitingCase
from shared.flow.completion import weekly_throughput, weeks_until_done
from shared.flow.forecasts import CaseForecast, ForecastScore, back_test, forecasts
from shared.flow.likely_finish import SHARES
from shared.flow.log import FlowLog
from shared.flow.requests import instant_at
from shared.kernel.calendar import DAY, WorkingTime, day_in_london, end_of, microseconds

COUNTS = (10, 25, 50, 100)


def forecast_figures(
    log: FlowLog, as_of: int, within_days: int, working: WorkingTime, cases: Mapping[str, WaitingCase]
) -> dict[str, Any]:
    """Return the forecasts of some open cases, the least likely to be in time first, and their back-test.

    Where the back-test says that they are worse than the base rate, or than a case's age, none is told.
    """
    within = within_days * DAY
    score = back_test(log, as_of, within, working)
    rows = _rows(log, as_of, within, working, cases) if score.is_worth_showing else []
    return {
        "back_test": told_score(score, within_days),
        "items": sorted(rows, key=_least_likely),
        "completions": _completions(log, as_of, len(cases)),
    }


def _rows(
    log: FlowLog, as_of: int, within: int, working: WorkingTime, cases: Mapping[str, WaitingCase]
) -> list[dict[str, Any]]:
    found = []
    for made in forecasts(log, as_of, within, working, [_needed(cases.get(i)) for i in log.cases.ids]):
        case = cases.get(log.cases.ids[made.case])
        if case is not None:
            found.append(_row(case, made))
    return found


def _needed(case: WaitingCase | None) -> int | None:
    """Return when the day is over on which a case is needed."""
    return None if case is None or case.needed_by is None else microseconds(end_of(case.needed_by))


def _row(case: WaitingCase, made: CaseForecast) -> dict[str, Any]:
    names = (f"likely_finish_p{round(100 * share)}" for share in SHARES)
    days = [None if at is None else day_in_london(instant_at(at)) for at in made.finish]
    return {
        "id": case.id,
        "reference": case.reference,
        "title": case.title,
        "stage": case.stage,
        "needed_by": case.needed_by,
        "done_by_needed": made.chance_by_needed,
        "done_within": made.chance,
        **dict(zip(names, days, strict=True)),
        "opens": f"/v1/rfps/{case.id}",
    }


def _least_likely(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    chance = row["done_by_needed"]
    return chance is None, chance or 0.0, row["reference"]


def told_score(score: ForecastScore, within_days: int) -> dict[str, Any]:
    """Return a back-test with what it says in a sentence."""
    covered = (f"covered_p{round(100 * share)}" for share in SHARES)
    return {
        "within_days": within_days,
        "n": score.n,
        "brier": score.brier,
        "brier_base_rate": score.brier_base_rate,
        "brier_case_age": score.brier_case_age,
        **dict(zip(covered, score.coverage, strict=True)),
        "shown": score.is_worth_showing,
        "sentence": _sentence(score),
    }


def told_record(score: ForecastScore, within_days: int) -> dict[str, Any]:
    """Return how good forecasts were that were really made."""
    told = told_score(score, within_days)
    del told["shown"]
    if score.brier is None or score.brier_base_rate is None:
        told["sentence"] = (
            "Of no forecast of this horizon that was really made is it known yet how good it was."
        )
    else:
        told["sentence"] = (
            f"The {score.n} forecasts that were really made were off by {score.brier:.3f},"
            f" against {score.brier_base_rate:.3f} for the base rate."
        )
    return told


def _sentence(score: ForecastScore) -> str:
    if score.brier is None or score.brier_base_rate is None or score.brier_case_age is None:
        return "Too little is over yet to say how good forecasts would be, so none is shown."
    than = (
        f"{score.brier:.3f} against {score.brier_base_rate:.3f} for the base rate and"
        f" {score.brier_case_age:.3f} for a case's age, on {score.n} forecasts"
    )
    if score.is_worth_showing:
        return f"Forecasts were off by {than}."
    return f"Forecasts were off by {than}: they are not shown."


def _completions(log: FlowLog, as_of: int, open_cases: int) -> list[dict[str, Any]]:
    """Return when so many cases will be over, and when all those open now."""
    throughput, today = weekly_throughput(log, as_of), day_in_london(instant_at(as_of))
    counts = sorted({*COUNTS, open_cases} - {0})
    names = ("by_p50", "by_p85", "by_p95")
    return [
        {"cases": count, **dict(zip(names, _days(throughput, count, today), strict=True))} for count in counts
    ]


def _days(throughput: Sequence[int], count: int, today: date) -> list[date | None]:
    weeks = weeks_until_done(throughput, count)
    return [None if week is None else today + timedelta(weeks=week) for week in weeks]
