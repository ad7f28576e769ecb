"""What the clock waits for after a change: computed from the terms, today, and the scheme's lead times."""

from collections.abc import Sequence
from datetime import date, timedelta

from rfp_service.contracts.domain.contract import MONTHS_A_YEAR, Contract, ContractStage
from rfp_service.contracts.domain.date_steps import Standing
from rfp_service.contracts.domain.dates import ContractDates, Moment, dates_on
from rfp_service.contracts.domain.day_counts import end_after, roll_after
from rfp_service.contracts.domain.events import ClockSet
from rfp_service.contracts.domain.terms import Continuation
from shared.kernel.calendar import WorkingDays, day_in_london
from shared.kernel.contract_rules import ContractRules, DutyTrigger
from shared.kernel.messages import Stamp

YEARS_LIMIT = 100


def contract_rules(stamp: Stamp) -> ContractRules | None:
    """Return the scheme's rules of contracts as known to this decision; nothing without a scheme."""
    return stamp.known.rules.contracts if stamp.known.rules else None


def computed(contract: Contract, stamp: Stamp, on: date | None = None) -> ContractDates:
    """Return a contract's dates as a decision knows them, on its own day or another, without words."""
    closed = stamp.known.rules.closed_days if stamp.known.rules else ()
    moment = Moment(on or day_in_london(stamp.at), WorkingDays(frozenset(closed)), in_words=False)
    return dates_on(contract.terms, moment)


def is_reviewed(contract: Contract) -> bool:
    """Say whether the review of this cycle has fallen due already."""
    return contract.stage is not ContractStage.IN_FORCE


def unchanged(contract: Contract) -> ClockSet:
    """Return a contract's clock as it stands: what an event carries until its own is computed from it."""
    return ClockSet(**{name: getattr(contract.clock, name) for name in ClockSet.model_fields})


def stopped(contract: Contract) -> ClockSet:
    """Return the clock of a contract that has ended: it waits for nothing, and still says what it did."""
    return ClockSet(number=contract.clock.number + 1, last_safe=contract.clock.last_safe)


def clock_for(
    contract: Contract,
    stamp: Stamp,
    *,
    reviewed: bool = False,
    passed: bool = False,
    kpi_year_ended: bool = False,
) -> ClockSet:
    """Return the clock of a contract as it has just become; its alerts are armed again.

    Once a review has fallen due (`reviewed`), only the alerts to come are armed. A day for notice that went
    by unnoticed, as while the service was away, is still waited for until it is said to have `passed`; so
    is the end of a year of indicators.
    """
    today = day_in_london(stamp.at)
    pending = None if passed else _pending(contract, today)
    given_on = contract.terms.notice_given_on
    dates = computed(contract, stamp, today if given_on else pending or today)
    if dates.standing is Standing.ENDED_EARLY or contract.terms.ended_on is not None:
        return stopped(contract)
    notice_by = _notice_by(contract, dates)
    leads = rules.lead_days if (rules := contract_rules(stamp)) else []
    review_on = _review_on(contract, today, gone_by=passed)
    alert_on = _alert_on(
        review_on, notice_by or dates.last_safe or dates.current_end, leads, today, reviewed=reviewed
    )
    if given_on is not None:
        notice_by = pending if pending is not None and pending < given_on else None
    elif notice_by is not None and notice_by < (pending or today):
        notice_by = None
    return ClockSet(
        number=contract.clock.number + 1,
        alert_on=alert_on if given_on is None else None,
        last_safe=dates.last_safe,
        notice_by=notice_by,
        ends_on=dates.current_end,
        kpis_on=_kpis_on(contract, stamp, ended=kpi_year_ended),
    )


def _pending(contract: Contract, today: date) -> date | None:
    """Return the day for notice that went by and of which nobody has said so yet."""
    waited_for = contract.clock.notice_by
    return waited_for if waited_for is not None and waited_for < today else None


def _notice_by(contract: Contract, dates: ContractDates) -> date | None:
    """Return the day whose passing commits the council to a roll-over, or loses it an option."""
    if contract.terms.continuation is Continuation.EXPRESS:
        return dates.exercise_by
    end = dates.current_end
    rolls = contract.terms.roll_months if end is None else roll_after(contract.terms, end)
    return dates.last_safe if rolls or contract.terms.term_day is not None else None


def _review_on(contract: Contract, today: date, *, gone_by: bool) -> date | None:
    """Return the day of a contract's review; none where it has passed, and was of an earlier cycle."""
    day = contract.about.review_on
    if day is None or day >= today or day == contract.clock.alert_on:
        return day
    return None if contract.cycles or gone_by else day


def _alert_on(
    review_on: date | None, before: date | None, leads: Sequence[int], today: date, *, reviewed: bool
) -> date | None:
    """Return when the contract is next to be looked at; today where a lead time has begun already."""
    alerts = [before - timedelta(days=lead) for lead in leads] if before else []
    if review_on is not None:
        alerts.append(review_on)
    to_come = [alert for alert in alerts if alert > today]
    if not reviewed and len(to_come) < len(alerts):
        return today
    return min(to_come, default=None)


def _kpis_on(contract: Contract, stamp: Stamp, *, ended: bool) -> date | None:
    """Return the last day of the year for which indicators must next be assessed."""
    rules, start = contract_rules(stamp), contract.terms.start
    wanted = rules is not None and any(
        duty.trigger is DutyTrigger.YEAR_OF_KPIS and duty.regime == contract.about.regime
        for duty in rules.duties
    )
    if not wanted or start is None or not contract.about.kpis:
        return None
    waited_for, today = contract.clock.kpis_on, day_in_london(stamp.at)
    if waited_for is not None and waited_for < today and not ended:
        return waited_for
    years = (end_after(start, MONTHS_A_YEAR * n) for n in range(1, YEARS_LIMIT))
    if waited_for is not None and ended:
        return next((year for year in years if year > waited_for), None)
    return next((year for year in years if year >= today), None)
