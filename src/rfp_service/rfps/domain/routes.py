"""The paths an RFP can take, and the law it runs under."""

from enum import StrEnum

from rfp_service.rfps.domain.stages import Stage


class Regime(StrEnum):
    """The law that a procurement runs under."""

    PROCUREMENT_ACT_2023 = "procurement_act_2023"
    PUBLIC_CONTRACTS_REGULATIONS_2015 = "public_contracts_regulations_2015"
    BELOW_THRESHOLD = "below_threshold"


class Route(StrEnum):
    """The path an RFP takes once approved."""

    OPEN_TENDER = "open_tender"
    RESTRICTED_TENDER = "restricted_tender"
    MINI_COMPETITION = "mini_competition"
    QUOTATIONS = "quotations"
    EXISTING_CONTRACT = "existing_contract"
    DIRECT_CALL_OFF = "direct_call_off"
    DIRECT_AWARD = "direct_award"
    IN_HOUSE = "in_house"


TENDERS = frozenset({Route.OPEN_TENDER, Route.RESTRICTED_TENDER})
DIRECT = frozenset({Route.DIRECT_CALL_OFF, Route.DIRECT_AWARD})

AFTER_APPROVAL = {
    Route.OPEN_TENDER: Stage.READY_TO_ISSUE,
    Route.RESTRICTED_TENDER: Stage.READY_TO_ISSUE,
    Route.MINI_COMPETITION: Stage.READY_TO_ISSUE,
    Route.QUOTATIONS: Stage.READY_TO_ISSUE,
    Route.EXISTING_CONTRACT: Stage.READY_TO_ISSUE,
    Route.DIRECT_CALL_OFF: Stage.AWARD_APPROVAL,
    Route.DIRECT_AWARD: Stage.AWARD_APPROVAL,
    Route.IN_HOUSE: Stage.CONTRACTING,
}
