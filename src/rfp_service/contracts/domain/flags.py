"""What of a contract a person must look at: it is flagged, and never guessed."""

from collections.abc import Iterator

from rfp_service.contracts.domain.contract import Contract, FlagCode
from rfp_service.contracts.domain.day_counts import anchor_of
from rfp_service.contracts.domain.terms import Continuation

ONE_POUND = 100
WITH_AN_END = (Continuation.EXPRESS, Continuation.TACIT)


def flags_of(contract: Contract) -> list[FlagCode]:
    """Return what is missing from a contract, or looks wrong."""
    return [*_about_values(contract), *_about_dates(contract), *_about_others(contract)]


def _about_values(contract: Contract) -> Iterator[FlagCode]:
    match contract.about.value_pence:
        case None:
            yield FlagCode.VALUE_MISSING
        case 0:
            yield FlagCode.VALUE_ZERO
        case value if value <= ONE_POUND:
            yield FlagCode.VALUE_ONE_POUND
        case _:
            pass


def _about_dates(contract: Contract) -> Iterator[FlagCode]:
    terms = contract.terms
    if contract.about.review_on is None:
        yield FlagCode.REVIEW_DATE_MISSING
    if terms.continuation in WITH_AN_END and anchor_of(terms) is None:
        yield FlagCode.END_MISSING
    if terms.continuation is not Continuation.PERPETUAL and terms.notice.count == 0:
        yield FlagCode.NOTICE_MISSING
    if terms.continuation is Continuation.TACIT and terms.roll_months == 0:
        yield FlagCode.ROLL_MISSING


def _about_others(contract: Contract) -> Iterator[FlagCode]:
    if not contract.about.regime:
        yield FlagCode.REGIME_UNKNOWN
    if contract.about.supplier is None:
        yield FlagCode.SUPPLIER_MISSING
    if not contract.about.owner:
        yield FlagCode.OWNER_MISSING
