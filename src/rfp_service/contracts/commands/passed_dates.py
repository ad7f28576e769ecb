"""What time does to a contract: a last safe day passes, an end comes."""

from collections.abc import Sequence

from rfp_service.contracts.commands.clock import clock_for, computed, stopped
from rfp_service.contracts.commands.duties import duties_on
from rfp_service.contracts.commands.execution import ENDING
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.date_steps import Standing
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.exposure import confidence, exposure_pence, months_committed
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import (
    ContractExpired,
    ContractLapsed,
    ContractRolledOver,
    NoticeDayPassed,
    NoticeDeadlineMissed,
)
from rfp_service.contracts.domain.terms import Continuation
from shared.kernel.calendar import end_of
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.messages import Stamp
from shared.record.deadlines.deadline import DeadlineCommand

GOING_ON = (RenewalOutcome.EXTEND, RenewalOutcome.RENEW, RenewalOutcome.NOVATE)


class PassNoticeDay(DeadlineCommand[Contract]):
    """Say that the last day for a notice, or for exercising an option, has passed."""

    by_the_contract_rules = True

    def decide(self, contract: Contract, stamp: Stamp) -> ContractEvent | tuple[()]:
        """Miss it, with what that commits; of what follows by itself, and was approved, nothing is missed."""
        last_safe = contract.clock.notice_by
        if not contract.runs or contract.clock.number != self.number or last_safe is None:
            return ()
        if end_of(last_safe) > stamp.at:
            return ()
        rolls = contract.terms.continuation is not Continuation.EXPRESS
        if rolls and not months_committed(contract):
            return ()  # its maximum term is reached: it ends
        said = {
            "stage": ContractStage.IN_FORCE if rolls else contract.stage,
            "clock": clock_for(contract, stamp, reviewed=not rolls, passed=True),
            "last_safe": last_safe,
            "rolls": rolls,
            "new_end": computed(contract, stamp).current_end if rolls else None,
        }
        if contract.renewal.is_approved:
            if rolls and contract.renewal.outcome in GOING_ON:
                return ContractRolledOver.model_validate(said)
            if not rolls and contract.renewal.outcome in ENDING:
                return NoticeDayPassed.model_validate(said)
        return NoticeDeadlineMissed.model_validate(
            said
            | {
                "exposure_pence": exposure_pence(contract),
                "confidence": confidence(contract),
                "late": self.is_late(stamp),
                "asked_tier": contract.asked_tier if rolls else "",
            }
        )


class EndContract(DeadlineCommand[Contract]):
    """Say that a contract has come to its end."""

    by_the_contract_rules = True

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """End what has no roll-over before it; the law may want that published."""
        if not contract.runs or contract.clock.number != self.number:
            return ()
        dates = computed(contract, stamp)
        if dates.standing is not Standing.EXPIRED or dates.current_end is None:
            return ()
        said = {"stage": ContractStage.ENDED, "clock": stopped(contract), "ended_on": dates.current_end}
        lapses = contract.renewal.outcome is RenewalOutcome.LET_LAPSE
        ended: ContractEvent = (
            ContractLapsed.model_validate(said)
            if lapses and contract.renewal.is_approved
            else ContractExpired.model_validate(
                said | {"late": self.is_late(stamp), "asked_tier": contract.asked_tier}
            )
        )
        after = ended.apply(contract)
        return [ended, *duties_on(after, DutyTrigger.ENDED, dates.current_end, stamp)]
