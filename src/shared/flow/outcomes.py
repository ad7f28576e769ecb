"""By when visits and cases end, those that still last counted too; and how cases end that don't complete."""

from typing import Any

from shared.flow.statistics import NONE, Ordered
from shared.flow.survival import incidence_quantiles, quantiles
from shared.flow.tally import Tally
from shared.kernel.calendar import DAY, Microseconds

COMPLETED = "completed"
VISIT_SHARES = (0.50, 0.85, 0.95)
CASE_SHARES = (0.50, 0.70, 0.85, 0.95)


def survival(ended: Ordered, began: Ordered, as_of: int) -> dict[str, float | None]:
    """Return the days by which shares of visits end, over those left and those that still last."""
    return _days(VISIT_SHARES, quantiles(ended.values, _ages(began, as_of), VISIT_SHARES))


def cases_survival(tally: Tally, as_of: int) -> dict[str, Any]:
    """Return by when cases end in any way, and by when they complete, to which other ends compete."""
    lasting, every = _ages(tally.opened, as_of), tally.ended.values
    done = tally.durations.get(COMPLETED, NONE).values
    if len(done) == len(every):
        done = every  # nothing competes
    return {
        "cases": len(every) + len(lasting),
        "closed": len(every),
        **_days(CASE_SHARES, quantiles(every, lasting, CASE_SHARES)),
        "completed": {
            "closed": len(done),
            **_days(CASE_SHARES, incidence_quantiles(done, every, lasting, CASE_SHARES)),
        },
        "outcomes": {name: len(values) for name, values in sorted(tally.durations.items())},
    }


def _ages(began: Ordered, as_of: int) -> Microseconds:
    """Return how long what began then has lasted, in rising order."""
    return as_of - began.values[::-1]


def _days(shares: tuple[float, ...], found: list[int | None]) -> dict[str, float | None]:
    names = (f"p{round(100 * share)}_days" for share in shares)
    return {name: None if at is None else at / DAY for name, at in zip(names, found, strict=True)}
