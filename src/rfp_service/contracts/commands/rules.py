"""The checks that several commands about contracts share."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.refusals import ContractOver, DateNotYetCome, WrongContractStage
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
