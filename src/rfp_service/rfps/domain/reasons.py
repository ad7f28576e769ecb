"""Why people decide against something, in codes that can be counted; each decision has its words beside it.

Events keep the code as text: those from before there was a list hold words of their own.
"""

from enum import StrEnum


class DeclineReason(StrEnum):
    """Why what the catalogue shows does not do."""

    NOT_FOR_OUR_SOFTWARE = "not_for_our_software"
    TOO_SMALL = "too_small"
    OTHER_FUNCTION = "other_function"
    TOO_LATE = "too_late"
    TOO_EXPENSIVE = "too_expensive"
    NOT_ACCESSIBLE = "not_accessible"
    SECURITY = "security"
    OTHER = "other"


class TieReason(StrEnum):
    """Why one of several bids with the same total is put forward."""

    AS_THE_TENDER_SAYS = "as_the_tender_says"
    HIGHER_QUALITY = "higher_quality"
    LOWER_PRICE = "lower_price"
    SOCIAL_VALUE = "social_value"
    DRAWN_BY_LOT = "drawn_by_lot"


class ReworkReason(StrEnum):
    """What is missing before somebody can go on."""

    UNCLEAR = "unclear"
    ESTIMATE_UNCLEAR = "estimate_unclear"
    OPTIONS_MISSING = "options_missing"
    BUDGET_MISSING = "budget_missing"
    SPECIFICATION_INCOMPLETE = "specification_incomplete"
    CONFLICTS_UNDECLARED = "conflicts_undeclared"
    EVALUATION_UNCLEAR = "evaluation_unclear"
    OTHER = "other"
