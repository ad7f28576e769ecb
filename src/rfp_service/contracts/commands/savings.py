"""Saying what an approved decision saves a year, and confirming what somebody else said."""

from typing import Annotated, Any, Literal

from pydantic import Field

from rfp_service.contracts.commands.rules import must_be_registered
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.refusals import (
    NoSavingClaimed,
    NoSuchDecision,
    OwnSaving,
    SavingConfirmedAlready,
    YearlyValueUnknown,
)
from rfp_service.contracts.domain.saving_events import SavingClaimed, SavingConfirmed
from rfp_service.contracts.domain.savings import RenewalSaving, SavingStanding
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Pence, Reason
from shared.kernel.messages import Command, Stamp

DECISIONS_A_CONTRACT = 400


class SavingSaid(Command[Contract]):
    """What somebody says of the saving of one decision."""

    number: Annotated[int, Field(ge=1, le=DECISIONS_A_CONTRACT), WHOLE] = Field(
        description="The decision's, on this contract."
    )
    yearly_after_pence: Pence = Field(description="What it costs a year after the decision, without VAT.")
    reason: Reason = Field(description="What shows it.", examples=["The supplier's offer, page 3."])

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)
        if not contract.savings:
            raise NoSuchDecision(numbers=[])
        if all(saving.standing is SavingStanding.CONFIRMED for saving in contract.savings):
            raise SavingConfirmedAlready(confirmed_by=contract.savings[-1].confirmed.said_by)

    def saving_of(self, contract: Contract) -> RenewalSaving:
        """Return the decision that is meant, of which nothing is confirmed yet."""
        found = next((saving for saving in contract.savings if saving.number == self.number), None)
        if found is None:
            raise NoSuchDecision(numbers=[saving.number for saving in contract.savings])
        if found.standing is SavingStanding.CONFIRMED:
            raise SavingConfirmedAlready(confirmed_by=found.confirmed.said_by)
        return found

    def said(self, contract: Contract, saving: RenewalSaving) -> dict[str, Any]:
        """Return what both events say."""
        return {
            "stage": contract.stage,
            "number": saving.number,
            "decided_on": saving.decided_on,
            "yearly_after_pence": self.yearly_after_pence,
            "reason": self.reason,
        }


class ClaimSaving(SavingSaid):
    """Say what a contract cost a year before an approved decision, and costs after it."""

    decision: Literal["claim-saving"] = "claim-saving"
    yearly_before_pence: Pence | None = Field(
        None, description="What it cost a year before; left out, what the register knew on the day."
    )

    def decide(self, contract: Contract, stamp: Stamp) -> SavingClaimed:
        """Claim it, or claim it again where nobody has confirmed it."""
        saving = self.saving_of(contract)
        before = saving.yearly_pence if self.yearly_before_pence is None else self.yearly_before_pence
        if before is None:
            raise YearlyValueUnknown(number=saving.number)
        return SavingClaimed(
            **self.said(contract, saving),
            yearly_before_pence=before,
            claimed_by=stamp.by,
            claimed_on=day_in_london(stamp.at),
        )


class ConfirmSaving(SavingSaid):
    """Confirm what a decision saves, claimed by somebody else, with the values that you found."""

    decision: Literal["confirm-saving"] = "confirm-saving"
    yearly_before_pence: Pence = Field(description="What it cost a year before, without VAT.")

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        super().guard(contract, stamp)
        claimed = [saving for saving in contract.savings if saving.standing is SavingStanding.CLAIMED]
        if not claimed:
            raise NoSavingClaimed(number=contract.savings[-1].number)
        if all(stamp.is_from(saving.claimed.said_by) for saving in claimed):
            raise OwnSaving(claimed_by=claimed[-1].claimed.said_by)

    def decide(self, contract: Contract, stamp: Stamp) -> SavingConfirmed:
        """Confirm once; what is confirmed may be less than what was claimed, or more."""
        saving = self.saving_of(contract)
        if saving.standing is SavingStanding.UNCLAIMED:
            raise NoSavingClaimed(number=saving.number)
        if stamp.is_from(saving.claimed.said_by):
            raise OwnSaving(claimed_by=saving.claimed.said_by)
        return SavingConfirmed(
            **self.said(contract, saving),
            yearly_before_pence=self.yearly_before_pence,
            confirmed_by=stamp.by,
            confirmed_on=day_in_london(stamp.at),
        )
