"""What can have happened to the move of a contract from the outgoing supplier to the council."""

from datetime import date

from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.renewal import Novation, NovationStage, Renewal, RenewalOutcome
from shared.kernel.states import replace


class NovationEvent(ContractEvent):
    """A step of moving the contract from the outgoing supplier to the council."""

    on: date
    note: str

    def moved(self, contract: Contract, to: NovationStage) -> Contract:
        """Return the contract with its novation at this step."""
        return replace(contract, stage=self.stage, novation=Novation(to, self.on, self.note))


class NovationAsked(NovationEvent):
    """The supplier was asked to agree to the move."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its novation asked for."""
        return self.moved(contract, NovationStage.ASKED)


class NovationAgreed(NovationEvent):
    """The supplier agreed."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its novation agreed."""
        return self.moved(contract, NovationStage.AGREED)


class NovationSigned(NovationEvent):
    """The deed was signed."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its novation signed."""
        return self.moved(contract, NovationStage.SIGNED)


class NovationRefused(NovationEvent):
    """The supplier refused: something else must become of the contract."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its novation refused, and no recommendation left for it."""
        refused = self.moved(contract, NovationStage.REFUSED)
        novating = contract.renewal.outcome is RenewalOutcome.NOVATE
        return replace(refused, renewal=Renewal()) if novating else refused


class ContractNovated(NovationEvent):
    """The council is a party to the contract from a day on."""

    def apply(self, contract: Contract) -> Contract:
        """Return the contract, the council's own."""
        moved = self.moved(contract, NovationStage.EFFECTIVE)
        renewal = contract.renewal
        if renewal.outcome is RenewalOutcome.NOVATE:
            renewal = replace(renewal, executed=True)
        about = replace(contract.about, held_by_outgoing_supplier=False)
        return replace(moved, about=about, renewal=renewal)


NOVATION_EVENTS: tuple[type[ContractEvent], ...] = (
    NovationAsked,
    NovationAgreed,
    NovationSigned,
    NovationRefused,
    ContractNovated,
)
