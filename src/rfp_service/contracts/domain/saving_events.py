"""What can have happened to the saving of a decision: claimed, and confirmed by somebody else."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.savings import RenewalSaving, YearlyChange
from shared.kernel.states import replace


class _SavingSaid(ContractEvent):
    number: int
    decided_on: date
    yearly_before_pence: int
    yearly_after_pence: int
    reason: str

    def change(self, by: str, on: date) -> YearlyChange:
        """Return the yearly values as they were said."""
        return YearlyChange(self.yearly_before_pence, self.yearly_after_pence, by, on, self.reason)


class SavingClaimed(_SavingSaid):
    """Somebody said what a decision saves a year; until it is confirmed, a later claim stands instead."""

    claimed_by: str
    claimed_on: date

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with this claim."""
        claim = self.change(self.claimed_by, self.claimed_on)
        return _with(contract, self, replace(contract.savings[self.number - 1], claimed=claim))


class SavingConfirmed(_SavingSaid):
    """Another person confirmed what a decision saves a year, with the values that they found."""

    confirmed_by: str
    confirmed_on: date

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with the confirmed saving beside its claim."""
        found = self.change(self.confirmed_by, self.confirmed_on)
        return _with(contract, self, replace(contract.savings[self.number - 1], confirmed=found))


def _with(contract: Contract, event: ContractEvent, said: RenewalSaving) -> Contract:
    """Return a contract with what was said of the saving of one decision."""
    savings = tuple(said if said.number == saving.number else saving for saving in contract.savings)
    return replace(contract, stage=event.stage, savings=savings)


SAVING_EVENTS: tuple[type[ContractEvent], ...] = (SavingClaimed, SavingConfirmed)
