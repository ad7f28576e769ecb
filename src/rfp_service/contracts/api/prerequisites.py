"""How a contract stands, for whatever waits for it: it ends when its terms do, or has ended."""

from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.views.register import contracts
from shared.web.offers.prerequisites import Prerequisites
from shared.web.reads.prerequisite_states import expected_in

PREREQUISITES = (
    Prerequisites(
        "contract",
        "read-contracts",
        expected_in(
            contracts,
            "ended_on",
            "current_end",
            ends=lambda row: (row["stage"] == ContractStage.ENDED, row["ended_on"] or row["current_end"]),
        ),
    ),
)
