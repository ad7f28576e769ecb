"""Taking back what a batch decided on a contract, wherever it still stands."""

from uuid import UUID

from rfp_service.contracts.commands.clock import clock_for, is_reviewed, stopped, unchanged
from rfp_service.contracts.commands.rules import must_run
from rfp_service.contracts.domain.contract import Contract, ContractStage, HowEnded
from rfp_service.contracts.domain.refusals import ContractDecidedSince
from rfp_service.contracts.domain.restatement import ContractRestated, snapshot
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.restatement import STAGE, Restated, taken_back


class UndoContractBatch(Command[Contract]):
    """Take back what a batch decided on a contract."""

    by_the_contract_rules = True

    undone: UUID
    reason: Reason

    def decide(self, contract: Contract, stamp: Stamp) -> ContractRestated:
        """Restore what the batch changed and nobody has decided since; take off what it put here."""
        back = taken_back(_as_decided(contract), stamp)
        if back is None or contract.is_new:
            raise ContractDecidedSince
        if back.taken_off:
            said = {"stage": ContractStage.ENDED, "clock": stopped(contract), "restored": {}}
            return ContractRestated(**said, undone=self.undone, taken_off=True, reason=self.reason)
        must_run(contract)
        if not {*back.restored} - {"flags", "stage"}:
            raise ContractDecidedSince
        return restated(contract, back.restored, stamp, self.reason, self.undone)


def _as_decided(contract: Contract) -> Restated:
    """Return all that a batch can change of a contract, without what only its clock has made of it since."""
    now = snapshot(contract)
    by_its_clock = contract.stage is ContractStage.REVIEW_DUE or contract.how_ended is HowEnded.EXPIRED
    return now | {STAGE: ContractStage.IN_FORCE.value} if by_its_clock else now


def restated(
    contract: Contract, restored: Restated, stamp: Stamp, reason: str, undone: UUID | None = None
) -> ContractRestated:
    """Return parts of a contract as they are to be, with its clock set by them."""
    stage = ContractStage(str(restored.get("stage", contract.stage)))
    said = {"stage": stage, "restored": restored, "undone": undone, "reason": reason}
    blank = ContractRestated.model_validate(said | {"clock": unchanged(contract)})
    after = blank.apply(contract)
    return blank.model_copy(update={"clock": clock_for(after, stamp, reviewed=is_reviewed(after))})
