"""Taking back what a batch decided on a contract, wherever it still stands."""

from uuid import UUID

from rfp_service.contracts.commands.clock import clock_for, is_reviewed, stopped, unchanged
from rfp_service.contracts.commands.rules import must_run
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.refusals import ContractDecidedSince
from rfp_service.contracts.domain.restatement import ContractRestated, Restated, snapshot
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp


class UndoContractBatch(Command[Contract]):
    """Take back what a batch decided on a contract."""

    by_the_contract_rules = True

    undone: UUID
    reason: Reason

    def decide(self, contract: Contract, stamp: Stamp) -> ContractRestated:
        """Restore what the batch changed and nobody has decided since; take off what it put here.

        What the contract was before the batch, and became by it, is known of its own past.
        """
        was, became, now = _known(stamp, "was"), _known(stamp, "became"), snapshot(contract)
        if not became or contract.is_new:
            raise ContractDecidedSince
        must_run(contract)
        if was["stage"] == ContractStage.ABSENT:
            if now != became:
                raise ContractDecidedSince
            return ContractRestated(
                stage=ContractStage.ENDED,
                clock=stopped(contract),
                restored={},
                undone=self.undone,
                taken_off=True,
                reason=self.reason,
            )
        restored = {n: was[n] for n in was if was[n] != became[n] and now[n] == became[n]}
        if not {*restored} - {"flags", "stage"}:
            raise ContractDecidedSince
        return restated(contract, restored, stamp, self.reason, self.undone)


def restated(
    contract: Contract, restored: Restated, stamp: Stamp, reason: str, undone: UUID | None = None
) -> ContractRestated:
    """Return parts of a contract as they are to be, with its clock set by them."""
    stage = ContractStage(str(restored.get("stage", contract.stage)))
    blank = ContractRestated(
        stage=stage, clock=unchanged(contract), restored=restored, undone=undone, reason=reason
    )
    after = blank.apply(contract)
    return blank.model_copy(update={"clock": clock_for(after, stamp, reviewed=is_reviewed(after))})


def _known(stamp: Stamp, name: str) -> Restated:
    found = stamp.known.facts.get(name)
    return found if isinstance(found, dict) else {}
