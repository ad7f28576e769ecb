"""What is to become of a contract: looked at, recommended, approved or refused by the scheme's tiers."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.contracts.commands.clock import clock_for, computed
from rfp_service.contracts.commands.duties import duties_on
from rfp_service.contracts.commands.rules import must_run, must_stand_at
from rfp_service.contracts.commands.terms import MONTHS_LIMIT
from rfp_service.contracts.domain.contract import MONTHS_A_YEAR, Contract, ContractStage
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.exposure import exposure_pence, yearly_pence
from rfp_service.contracts.domain.refusals import NoOptionLeft, OwnRecommendation
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import (
    RenewalDecisionApproved,
    RenewalDecisionRefused,
    RenewalRecommended,
    ReviewFallsDue,
    ReviewStarted,
)
from shared.governance.scheme.tiers import NoScheme, must_be_of_tier, must_have_granted_none, tiers_for
from shared.kernel.calendar import day_in_london
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.fields import WHOLE, Pence, PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.record.deadlines.deadline import DeadlineCommand

CHANGES = {
    RenewalOutcome.EXTEND: DutyTrigger.CHANGED,
    RenewalOutcome.RENEW: DutyTrigger.CHANGED,
    RenewalOutcome.NOVATE: DutyTrigger.NOVATED,
}


class AlertReview(DeadlineCommand[Contract]):
    """Say that the time has come to look at a contract."""

    by_the_contract_rules = True

    def decide(self, contract: Contract, stamp: Stamp) -> ReviewFallsDue | tuple[()]:
        """Alert of what runs, on the day that its clock says."""
        due = contract.clock.alert_on
        if not contract.runs or contract.clock.number != self.number or due is None:
            return ()
        if due > day_in_london(stamp.at):
            return ()
        undecided = contract.stage is ContractStage.IN_FORCE
        return ReviewFallsDue(
            stage=ContractStage.REVIEW_DUE if undecided else contract.stage,
            clock=clock_for(contract, stamp, reviewed=True),
            due_on=due,
            last_safe=contract.clock.last_safe,
            exposure_pence=exposure_pence(contract),
        )


class StartReview(Command[Contract]):
    """Begin the review of a contract, even before it falls due."""

    decision: Literal["start-review"] = "start-review"
    reason: Reason | None = None

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_stand_at(contract, ContractStage.IN_FORCE, ContractStage.REVIEW_DUE)

    def decide(self, contract: Contract, stamp: Stamp) -> ReviewStarted:
        """Start one, or start again where nothing was executed yet."""
        return ReviewStarted(stage=ContractStage.IN_REVIEW, reviewer=stamp.by, reason=self.reason or "")


class RecommendRenewal(Command[Contract]):
    """Recommend what to do with a contract, and what that commits."""

    by_the_rules = True
    by_the_contract_rules = True

    decision: Literal["recommend"] = "recommend"
    outcome: RenewalOutcome
    value_pence: Pence = Field(
        description="What the decision commits, without VAT; an extension counts at least its part.",
        examples=[12_000_000],
    )
    months: Annotated[int, Field(ge=0, le=MONTHS_LIMIT), WHOLE] = 0
    reason: Reason

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_stand_at(contract, ContractStage.IN_REVIEW)
        if not stamp.known.tiers:
            raise NoScheme

    def decide(self, contract: Contract, stamp: Stamp) -> RenewalRecommended:
        """Name the tiers that the value needs by the scheme in force, lowest first."""
        months, value = self.months, self.value_pence
        if self.outcome is RenewalOutcome.EXTEND:
            if computed(contract, stamp).next_option_end is None:
                raise NoOptionLeft(options=len(contract.terms.options))
            months = contract.terms.options[contract.terms.exercised].months
            yearly = yearly_pence(contract) or 0
            value = max(value, -(-yearly * months // MONTHS_A_YEAR))
        return RenewalRecommended(
            stage=ContractStage.RECOMMENDED,
            outcome=self.outcome,
            value_pence=value,
            months=months,
            reason=self.reason,
            recommended_by=stamp.by,
            tiers=tiers_for(value, stamp.known),
            scheme_version=stamp.known.scheme_version,
        )


class RenewalApproving(Command[Contract]):
    """What an approver decides, for themselves or for somebody who has delegated it to them."""

    by_the_rules = True
    by_the_contract_rules = True

    acting_for: PersonId | None = Field(
        None, description="Whom you stand in for, where they have delegated this to you."
    )
    reason: Reason

    @property
    def on_behalf_of(self) -> str:
        """Return whom the approver stands in for."""
        return self.acting_for or ""

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        may_decide(contract, stamp)


class ApproveRenewal(RenewalApproving):
    """Approve the recommendation for your tier."""

    decision: Literal["approve-renewal"] = "approve-renewal"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        super().guard(contract, stamp)
        must_have_granted_none(contract.renewal.granted_by, contract.renewal.waiting_for, stamp)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Grant the tier whose turn it is; the last one decides, and says what must be announced first."""
        renewal = contract.renewal
        following, today = renewal.tiers[renewal.granted + 1 :], day_in_london(stamp.at)
        approved = RenewalDecisionApproved(
            stage=ContractStage.RECOMMENDED if following else ContractStage.APPROVED,
            tier=renewal.waiting_for,
            next_tier=following[0] if following else "",
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            decided_on=None if following else today,
            yearly_pence=None if following else yearly_pence(contract),
        )
        trigger = CHANGES.get(renewal.outcome) if renewal.outcome else None
        if following or trigger is None:
            return [approved]
        after, change = approved.apply(contract), (renewal.value_pence, renewal.months)
        return [approved, *duties_on(after, trigger, today, stamp, change, before=True)]


class RefuseRenewal(RenewalApproving):
    """Refuse the recommendation for your tier."""

    decision: Literal["refuse-renewal"] = "refuse-renewal"

    def decide(self, contract: Contract, stamp: Stamp) -> RenewalDecisionRefused:
        """Send it back into review."""
        return RenewalDecisionRefused(
            stage=ContractStage.IN_REVIEW,
            tier=contract.renewal.waiting_for,
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
        )


def may_decide(contract: Contract, stamp: Stamp) -> None:
    """Refuse all but whoever is of the tier whose turn it is, and recommended nothing in this review."""
    must_run(contract)
    must_stand_at(contract, ContractStage.RECOMMENDED)
    for person in contract.renewal.recommenders:
        if stamp.is_from(person):
            raise OwnRecommendation(recommended_by=person)
    must_be_of_tier(contract.renewal.waiting_for, contract.renewal.value_pence, stamp)
