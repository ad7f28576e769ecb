"""A renewal whose tier nobody of can act in: it goes to the next tier, so that nothing waits for nobody."""

from collections.abc import Sequence

from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.unreachable_events import RenewalTierPassedUp
from shared.governance.scheme.passing_up import StepDeadline, tiers_without_the_next
from shared.kernel.messages import Stamp


class PassRenewalUp(StepDeadline[Contract]):
    """Let the next tier decide what nobody of its own tier can; look again while it waits."""

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[RenewalTierPassedUp]:
        """Pass it up, by the scheme in force; nothing while somebody can act, or the contract is over."""
        if not contract.runs or (days := self.days_waited(stamp)) is None:
            return ()
        renewal = contract.renewal
        tiers = tiers_without_the_next(renewal.tiers, renewal.granted, renewal.value_pence, stamp.known)
        if not tiers:
            return ()
        return [
            RenewalTierPassedUp(
                stage=contract.stage,
                tier=renewal.waiting_for,
                next_tier=tiers[renewal.granted],
                after_working_days=days,
                tiers=tiers,
                scheme_version=stamp.known.scheme_version,
            )
        ]


def kept_from_deciding(contract: Contract) -> list[str]:
    """Return whoever may not take the step that a renewal waits for."""
    return sorted({*contract.renewal.recommenders, *contract.renewal.granted_by})


def renewal_step_of(contract: Contract) -> tuple[str, int]:
    """Return what tells one step that waits for a tier from the next; its tier is blank where none waits."""
    return contract.asked_tier, contract.renewal.granted
