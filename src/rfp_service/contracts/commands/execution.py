"""Doing what was decided about a contract: extended, renewed, procured again, ended."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from rfp_service.contracts.commands.clock import clock_for, computed, stopped, unchanged
from rfp_service.contracts.commands.duties import duties_on, must_be_announced
from rfp_service.contracts.commands.rules import must_have_come, must_run, must_stand_at
from rfp_service.contracts.commands.terms import TermsSaid
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.refusals import (
    NoNoticeSent,
    NoOptionLeft,
    NoSuchRfpToOpen,
    NoticeAlreadySent,
    NotRecommendedSo,
    OptionDatePassed,
)
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import (
    ContractNoticeAcknowledged,
    ContractNoticeSent,
    ContractRenewed,
    ContractTerminated,
    ExtensionExecuted,
    ReprocurementStarted,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.fields import Day, Pence, Reason, ShortText
from shared.kernel.messages import Command, Stamp

ENDING = (RenewalOutcome.TERMINATE, RenewalOutcome.LET_LAPSE, RenewalOutcome.REPROCURE)


def must_be_approved(contract: Contract, *outcomes: RenewalOutcome) -> None:
    """Refuse unless one of these outcomes was approved."""
    must_stand_at(contract, ContractStage.APPROVED)
    if contract.renewal.outcome not in outcomes:
        raise NotRecommendedSo(approved=contract.renewal.outcome)


def _to_publish(
    before: Contract, after: Contract, on: date, stamp: Stamp, change: tuple[int, int]
) -> Sequence[ContractEvent]:
    """Return what must be published of a change that was made; nothing where it needed no announcing."""
    if before.change_excused:
        return ()
    return duties_on(after, DutyTrigger.CHANGED, on, stamp, change)


class ExecuteExtension(Command[Contract]):
    """Exercise the next option to extend, as approved."""

    by_the_contract_rules = True

    decision: Literal["execute-extension"] = "execute-extension"

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_approved(contract, RenewalOutcome.EXTEND)
        must_be_announced(contract, DutyTrigger.CHANGED)
        dates = computed(contract, stamp)
        if dates.next_option_end is None or dates.exercise_by is None:
            raise NoOptionLeft(options=len(contract.terms.options))
        if dates.exercise_by < day_in_london(stamp.at):
            raise OptionDatePassed(exercise_by=dates.exercise_by)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Exercise it in time, once what must be announced was; the next dates hold at once."""
        dates, today = computed(contract, stamp), day_in_london(stamp.at)
        months, renewal = contract.terms.options[contract.terms.exercised].months, contract.renewal
        blank = ExtensionExecuted(
            stage=ContractStage.IN_FORCE, clock=unchanged(contract), months=months, last_day=dates.current_end
        )
        executed = blank.model_copy(update={"clock": clock_for(blank.apply(contract), stamp)})
        change = (renewal.value_pence, months)
        after = executed.apply(contract)
        return [executed, *_to_publish(contract, after, today, stamp, change)]


class RenewContract(Command[Contract]):
    """Renew the contract with its supplier, as approved: new terms, and a new value."""

    by_the_contract_rules = True

    decision: Literal["renew"] = "renew"
    terms: TermsSaid
    value_pence: Pence

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_approved(contract, RenewalOutcome.RENEW)
        must_be_announced(contract, DutyTrigger.CHANGED)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Begin a new cycle within the approved value."""
        renewal, today = contract.renewal, day_in_london(stamp.at)
        if self.value_pence > renewal.value_pence:
            raise NotRecommendedSo(approved_pence=renewal.value_pence)
        blank = ContractRenewed(
            stage=ContractStage.IN_FORCE,
            clock=unchanged(contract),
            terms=self.terms.stated(),
            value_pence=self.value_pence,
            last_day=computed(contract, stamp).current_end,
        )
        renewed = blank.model_copy(update={"clock": clock_for(blank.apply(contract), stamp)})
        change = (renewal.value_pence, renewal.months)
        after = renewed.apply(contract)
        return [renewed, *_to_publish(contract, after, today, stamp, change)]


class StartReprocurement(Command[Contract]):
    """Say which RFP was opened for what follows the contract."""

    decision: Literal["start-reprocurement"] = "start-reprocurement"
    rfp_id: UUID

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_approved(contract, RenewalOutcome.REPROCURE)

    def decide(self, contract: Contract, stamp: Stamp) -> ReprocurementStarted:
        """Name an RFP that there is; the roof looks it up."""
        if stamp.known.facts.get("rfp") is not True:
            raise NoSuchRfpToOpen
        return ReprocurementStarted(stage=ContractStage.APPROVED, rfp_id=self.rfp_id)


class SendContractNotice(Command[Contract]):
    """Say that the notice to end the contract was sent, and what shows it."""

    by_the_contract_rules = True

    decision: Literal["send-notice"] = "send-notice"
    sent_on: Day
    evidence: ShortText = Field(examples=["Recorded delivery, item AB 1234 5678 9GB"])

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_approved(contract, *ENDING)
        if contract.terms.notice_given_on is not None:
            raise NoticeAlreadySent(sent_on=contract.notice.sent_on)

    def decide(self, contract: Contract, stamp: Stamp) -> ContractNoticeSent:
        """Send it once, where an end was approved; what it ends follows from the day."""
        must_have_come(self.sent_on, stamp)
        blank = ContractNoticeSent(
            stage=ContractStage.APPROVED,
            clock=unchanged(contract),
            sent_on=self.sent_on,
            evidence=self.evidence,
        )
        return blank.model_copy(update={"clock": clock_for(blank.apply(contract), stamp)})


class AcknowledgeContractNotice(Command[Contract]):
    """Say that the supplier acknowledged the notice, and what shows it."""

    decision: Literal["acknowledge-notice"] = "acknowledge-notice"
    acknowledged_on: Day
    evidence: ShortText

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_run(contract)
        if contract.notice.sent_on is None:
            raise NoNoticeSent(sent_on=None)
        if contract.notice.acknowledged_on is not None:
            raise NoticeAlreadySent(acknowledged_on=contract.notice.acknowledged_on)

    def decide(self, contract: Contract, stamp: Stamp) -> ContractNoticeAcknowledged:
        """Acknowledge what was sent, once, and no sooner."""
        must_have_come(self.acknowledged_on, stamp)
        sent = contract.notice.sent_on
        if sent is None or self.acknowledged_on < sent:
            raise NoNoticeSent(sent_on=sent)
        return ContractNoticeAcknowledged(
            stage=contract.stage, acknowledged_on=self.acknowledged_on, evidence=self.evidence
        )


class TerminateContract(Command[Contract]):
    """Say that the contract was ended, as approved."""

    by_the_contract_rules = True

    decision: Literal["terminate"] = "terminate"
    ended_on: Day
    reason: Reason

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_approved(contract, RenewalOutcome.TERMINATE)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """End it; the law may want that published."""
        must_have_come(self.ended_on, stamp)
        ended = ContractTerminated(
            stage=ContractStage.ENDED, clock=stopped(contract), ended_on=self.ended_on, reason=self.reason
        )
        after = ended.apply(contract)
        return [ended, *duties_on(after, DutyTrigger.ENDED, self.ended_on, stamp)]
