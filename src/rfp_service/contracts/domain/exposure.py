"""What a missed notice would commit, in pence, and how far that can be trusted."""

from rfp_service.contracts.domain.contract import MONTHS_A_YEAR, Contract, FlagCode, LedgerDate, ValueBasis
from rfp_service.contracts.domain.date_events import with_day
from rfp_service.contracts.domain.day_counts import anchor_of, roll_after
from rfp_service.contracts.domain.terms import Continuation

DOUBTFUL_VALUE = {FlagCode.VALUE_MISSING, FlagCode.VALUE_ZERO, FlagCode.VALUE_ONE_POUND}
DAYS_A_MONTH = 365.2425 / MONTHS_A_YEAR  # of the Gregorian calendar, on average
CONFIRMED, UNCONFIRMED, UNKNOWN = "confirmed", "unconfirmed", "unknown"


def months_committed(contract: Contract) -> int:
    """Return for how many months the next roll-over commits the council; none if nothing rolls."""
    match contract.terms.continuation:
        case Continuation.TACIT:
            end = contract.clock.ends_on
            return contract.terms.roll_months if end is None else roll_after(contract.terms, end)
        case Continuation.ROLLING if contract.terms.term_day is not None:
            return MONTHS_A_YEAR
        case _:
            return 0


def term_months(contract: Contract) -> int | None:
    """Return the months of the first term, as its two ends lead to, or as recorded."""
    start, anchor = contract.terms.start, anchor_of(contract.terms)
    if start is None or anchor is None:
        return contract.terms.term_months
    return anchor.months or max(1, round((anchor.first_end - start).days / DAYS_A_MONTH))


def whole_pence(contract: Contract) -> int | None:
    """Return what a contract is worth in all; nothing if only a year's value is known, and no term."""
    value = contract.about.value_pence
    if value is None or contract.about.value_basis is ValueBasis.TOTAL:
        return value
    months = term_months(contract)
    return None if months is None else value * months // MONTHS_A_YEAR


def yearly_pence(contract: Contract) -> int | None:
    """Return what a contract costs a year; nothing if its value is not known, or in doubt."""
    value = contract.about.value_pence
    if value is None or DOUBTFUL_VALUE & set(contract.open_flags):
        return None
    if contract.about.value_basis is ValueBasis.YEARLY:
        return value
    months = term_months(contract)
    return None if not months else -(-value * MONTHS_A_YEAR // months)


def _of_one_reading(contract: Contract) -> int | None:
    yearly = yearly_pence(contract)
    if yearly is None:
        return None
    return -(-yearly * months_committed(contract) // MONTHS_A_YEAR)


def exposure_pence(contract: Contract) -> int | None:
    """Return what the next roll-over commits, rounded up; of dates in doubt, by the larger reading."""
    doubted = [
        with_day(contract, reading)
        for reading in contract.readings
        if reading.name in (LedgerDate.START, LedgerDate.INITIAL_END)
        and not contract.is_confirmed(reading.name)
    ]
    found = [_of_one_reading(each) for each in (contract, *doubted)]
    return max((each for each in found if each is not None), default=None)


def has_confirmed_dates(contract: Contract) -> bool:
    """Say whether the dates that a missed notice hangs on were confirmed from a document."""
    return contract.is_confirmed(LedgerDate.INITIAL_END) and (
        contract.clock.last_safe is None or contract.is_confirmed(LedgerDate.LAST_SAFE)
    )


def confidence(contract: Contract) -> str:
    """Return whether an exposure is known at all, and rests on confirmed dates."""
    if exposure_pence(contract) is None:
        return UNKNOWN
    return CONFIRMED if has_confirmed_dates(contract) else UNCONFIRMED
