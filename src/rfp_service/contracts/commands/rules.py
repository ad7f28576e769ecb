"""The checks that several commands about contracts share."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.refusals import ContractOver, DateNotYetCome, WrongContractStage
from rfp_service.contracts.domain.terms import Continuation
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp


def must_be_registered(contract: Contract) -> None:
    """Refuse what is not in the register."""
    if contract.stage is ContractStage.ABSENT:
        raise WrongContractStage(stage=contract.stage)


def must_run(contract: Contract) -> None:
    """Refuse what has ended."""
    must_be_registered(contract)
    if not contract.runs:
        raise ContractOver(ended_on=contract.terms.ended_on)


def must_stand_at(contract: Contract, *stages: ContractStage) -> None:
    """Refuse unless the contract is at one of these stages."""
    must_run(contract)
    if contract.stage not in stages:
        raise WrongContractStage(stage=contract.stage, allowed_in=list(stages))


def must_have_come(day: date, stamp: Stamp) -> None:
    """Refuse a day that is still to come."""
    if day > day_in_london(stamp.at):
        raise DateNotYetCome(day=day)


def resting(contract: Contract) -> ContractStage:
    """Return the stage of a contract about which nothing is under way."""
    return contract.stage if contract.stage is not ContractStage.ABSENT else ContractStage.IN_FORCE


def ends_by_itself(contract: Contract) -> bool:
    """Say whether a contract comes to an end when nobody does anything."""
    if contract.terms.notice_given_on is not None:
        return True
    return contract.terms.continuation is Continuation.EXPRESS
