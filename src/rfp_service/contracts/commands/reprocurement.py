"""Saying on a contract which RFP was opened by itself for what follows it."""

from uuid import UUID

from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import ReprocurementStarted
from shared.kernel.messages import Stamp
from shared.record.deadlines.deadline import DeadlineCommand


class NameReprocurementRfp(DeadlineCommand[Contract]):
    """Name the RFP that the approval has opened."""

    def decide(self, contract: Contract, stamp: Stamp) -> ReprocurementStarted | tuple[()]:
        """Name it once, where to re-procure still stands approved and nobody has named another."""
        rfp, renewal = stamp.known.facts.get("rfp_id"), contract.renewal
        stands = contract.stage is ContractStage.APPROVED and renewal.outcome is RenewalOutcome.REPROCURE
        if not stands or renewal.executed or not isinstance(rfp, str):
            return ()
        return ReprocurementStarted(stage=ContractStage.APPROVED, rfp_id=UUID(rfp))
