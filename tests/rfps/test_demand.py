"""Deflection: what the catalogue took off the RFP process for good, each need counted once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from rfp_service.rfps.views.demand import (
    DIVERTED,
    FAILED,
    FULFILLED,
    ORDERED,
    RAISED,
    SUBMITTED,
    UNFULFILLED,
    Demand,
    DemandStep,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def demand(*steps: tuple[UUID, str, int]) -> Demand:
    """Return the demand of steps, each so many days after the start."""
    return Demand.of([DemandStep(rfp, None, START + timedelta(days=days), what) for rfp, what, days in steps])


def parts(found: Demand) -> tuple[int, int, int, int, int]:
    chains = found.between(None, None)
    return (
        len(chains),
        sum(c.diverted is not None for c in chains),
        sum(c.failed for c in chains),
        sum(c.submitted for c in chains),
        sum(c.deflected for c in chains),
    )


def test_what_was_diverted_and_did_not_fail_is_deflected() -> None:
    assert parts(demand((A, RAISED, 0), (A, DIVERTED, 1), (B, RAISED, 0), (B, SUBMITTED, 2))) == (
        2,
        1,
        0,
        1,
        1,
    )


def test_what_failed_within_thirty_days_is_not() -> None:
    assert parts(demand((A, DIVERTED, 1), (A, FAILED, 31))) == (1, 1, 1, 0, 0)


def test_what_failed_later_was_deflected_unless_it_was_submitted_after_all() -> None:
    assert parts(demand((A, DIVERTED, 1), (A, FAILED, 32))) == (1, 1, 0, 0, 1)
    assert parts(demand((A, DIVERTED, 1), (A, FAILED, 32), (A, SUBMITTED, 33))) == (1, 1, 0, 1, 0)


def test_a_need_that_was_reopened_counts_once_by_its_last_diversion() -> None:
    again = demand((A, DIVERTED, 1), (A, FAILED, 2), (A, DIVERTED, 3))
    assert parts(again) == (1, 1, 0, 0, 1)
    rework = demand((A, SUBMITTED, 1), (A, SUBMITTED, 9))
    assert parts(rework) == (1, 0, 0, 1, 0)


def test_what_was_ordered_for_a_diversion_that_failed_says_nothing_of_the_next() -> None:
    def steps(*said: tuple[str, UUID | None]) -> Demand:
        return Demand.of([DemandStep(A, None, START, what, order) for what, order in said])

    failed = ((DIVERTED, None), (ORDERED, C), (UNFULFILLED, C), (FAILED, None))
    assert parts(steps(*failed)) == (1, 1, 1, 0, 0)
    assert parts(steps(*failed, (DIVERTED, None))) == (1, 1, 0, 0, 1)
    assert parts(steps(*failed, (DIVERTED, None), (ORDERED, D))) == (1, 1, 0, 0, 0)
    of_no_use = ((DIVERTED, None), (ORDERED, C), (FULFILLED, C), (FAILED, None), (DIVERTED, None))
    assert parts(steps(*of_no_use, (ORDERED, D))) == (1, 1, 0, 0, 0)
    assert parts(steps(*of_no_use, (ORDERED, D), (FULFILLED, D))) == (1, 1, 0, 0, 1)


def test_near_duplicates_are_one_need_with_what_they_repeat() -> None:
    steps = [
        DemandStep(A, None, START, RAISED),
        DemandStep(A, None, START, DIVERTED),
        DemandStep(B, A, START, RAISED),
        DemandStep(C, B, START, RAISED),
        DemandStep(C, None, START, SUBMITTED),
    ]
    assert parts(Demand.of(steps)) == (1, 1, 0, 1, 0)


def test_what_is_still_a_draft_is_no_demand_yet() -> None:
    assert parts(demand((A, RAISED, 0), (D, RAISED, 1))) == (0, 0, 0, 0, 0)


def test_a_need_belongs_to_the_time_it_was_first_met_or_submitted() -> None:
    found = demand((A, DIVERTED, 1), (A, FAILED, 9), (A, SUBMITTED, 20), (B, SUBMITTED, 10))
    day = [START + timedelta(days=n) for n in range(30)]
    assert [len(found.between(day[1], day[2])), len(found.between(day[2], day[10]))] == [1, 0]
    assert [len(found.between(day[10], None)), len(found.between(None, day[10]))] == [1, 1]
