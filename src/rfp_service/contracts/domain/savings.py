"""What decisions about contracts save: a yearly value before and after each, claimed, then confirmed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rfp_service.contracts.domain.renewal import RenewalOutcome


class SavingStanding(StrEnum):
    """How far the saving of a decision has come."""

    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class YearlyChange:
    """What a contract costs a year before a decision and after it, as one person says it."""

    before_pence: int = 0
    after_pence: int = 0
    said_by: str = ""
    said_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class RenewalSaving:
    """An approved decision, by its number on this contract, and what it was said to save."""

    number: int
    outcome: RenewalOutcome
    decided_on: date
    yearly_pence: int | None = None  # what the register knew of it on that day
    claimed: YearlyChange = YearlyChange()
    confirmed: YearlyChange = YearlyChange()

    @property
    def standing(self) -> SavingStanding:
        """Return how far it has come."""
        if self.confirmed.said_by:
            return SavingStanding.CONFIRMED
        return SavingStanding.CLAIMED if self.claimed.said_by else SavingStanding.UNCLAIMED
