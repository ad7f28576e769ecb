"""What can have happened to a renewal that nobody of its tier could decide: it went to another tier."""

from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.events import ContractEvent
from shared.kernel.states import replace


class RenewalTierPassedUp(ContractEvent):
    """Nobody of the tier whose turn it was could decide: the next one's grant counts for both."""

    tier: str
    next_tier: str
    after_working_days: int
    tiers: tuple[str, ...]  # that must decide from now on
    scheme_version: int

    def apply(self, contract: Contract) -> Contract:
        """Return the contract whose recommendation waits for the other tier."""
        return replace(contract, stage=self.stage, renewal=replace(contract.renewal, tiers=self.tiers))
