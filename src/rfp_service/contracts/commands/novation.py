"""Moving a contract from the outgoing supplier to the council, step by step."""

from typing import ClassVar, Literal

from rfp_service.contracts.commands.duties import must_be_announced
from rfp_service.contracts.commands.rules import must_have_come, must_run
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.novation_events import (
    ContractNovated,
    NovationAgreed,
    NovationAsked,
    NovationEvent,
    NovationRefused,
    NovationSigned,
)
from rfp_service.contracts.domain.refusals import NotRecommendedSo, NovationNotSoFar
from rfp_service.contracts.domain.renewal import NovationStage, RenewalOutcome
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.fields import Day, Reason
from shared.kernel.messages import Command, Stamp


class NovationStep(Command[Contract]):
    """One step of a novation: the day, and what shows it."""

    after: ClassVar[tuple[NovationStage, ...]]

    on: Day
    note: Reason

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_run(contract)
        if contract.novation.stage not in cls.after:
            raise NovationNotSoFar(novation=contract.novation.stage, allowed_after=list(cls.after))

    def step(self, contract: Contract, stamp: Stamp, event: type[NovationEvent]) -> NovationEvent:
        """Return the step, no earlier than the step before it."""
        must_have_come(self.on, stamp)
        novation = contract.novation
        if novation.on is not None and self.on < novation.on:
            raise NovationNotSoFar(novation=novation.stage, on=novation.on)
        return event(stage=contract.stage, on=self.on, note=self.note)


class AskNovation(NovationStep):
    """Say that the supplier was asked to let the contract move; also after a refusal."""

    after = (NovationStage.NONE, NovationStage.REFUSED)
    decision: Literal["ask-novation"] = "ask-novation"

    def decide(self, contract: Contract, stamp: Stamp) -> NovationEvent:
        """Ask."""
        return self.step(contract, stamp, NovationAsked)


class AgreeNovation(NovationStep):
    """Say that the supplier agreed."""

    after = (NovationStage.ASKED,)
    decision: Literal["agree-novation"] = "agree-novation"

    def decide(self, contract: Contract, stamp: Stamp) -> NovationEvent:
        """Agree to what was asked."""
        return self.step(contract, stamp, NovationAgreed)


class RefuseNovation(NovationStep):
    """Say that the supplier refused."""

    after = (NovationStage.ASKED, NovationStage.AGREED)
    decision: Literal["refuse-novation"] = "refuse-novation"

    def decide(self, contract: Contract, stamp: Stamp) -> NovationEvent:
        """Refuse what is not signed; where the novation was decided, the contract is reviewed again."""
        refused = self.step(contract, stamp, NovationRefused)
        if contract.renewal.outcome is not RenewalOutcome.NOVATE:
            return refused
        return refused.model_copy(update={"stage": ContractStage.IN_REVIEW})


class SignNovation(NovationStep):
    """Say that the deed was signed, as approved."""

    after = (NovationStage.AGREED,)
    decision: Literal["sign-novation"] = "sign-novation"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        super().guard(contract, stamp)
        must_be_decided(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> NovationEvent:
        """Sign only what was approved, and announced where the law wants that first."""
        return self.step(contract, stamp, NovationSigned)


class CompleteNovation(NovationStep):
    """Say from which day on the council is a party to the contract."""

    after = (NovationStage.SIGNED,)
    decision: Literal["complete-novation"] = "complete-novation"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        super().guard(contract, stamp)
        must_be_decided(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> NovationEvent:
        """Move what was signed; the contract is in force as before."""
        moved = self.step(contract, stamp, ContractNovated)
        return moved.model_copy(update={"stage": ContractStage.IN_FORCE})


def must_be_decided(contract: Contract) -> None:
    """Refuse what was not approved as a novation, or not announced first."""
    if contract.renewal.outcome is not RenewalOutcome.NOVATE or not contract.renewal.is_approved:
        raise NotRecommendedSo(approved=contract.renewal.outcome)
    must_be_announced(contract, DutyTrigger.NOVATED)
