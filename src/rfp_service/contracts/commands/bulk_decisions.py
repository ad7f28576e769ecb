"""What is decided on many contracts at once and on one alike: owners, notice periods, recommendations."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.contracts.commands.register_rows import corrected
from rfp_service.contracts.commands.registration import AmendContract, flags_anew
from rfp_service.contracts.commands.reviews import RecommendRenewal, StartReview
from rfp_service.contracts.commands.rules import must_run
from rfp_service.contracts.commands.terms import NOTICE_LIMIT, SERVICE_LIMIT
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.events import ContractEvent, stated_of
from rfp_service.contracts.domain.terms import NoticePeriod, NoticeUnit
from shared.kernel.fields import WHOLE, PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.states import replace


class NameContractOwner(Command[Contract]):
    """Name who looks after a contract."""

    by_the_contract_rules = True

    decision: Literal["name-owner"] = "name-owner"
    owner: PersonId
    reason: Reason

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Amend the owner; that one was missing is answered by it."""
        amend = AmendContract(owner=self.owner, reason=self.reason)
        amended, *flags = amend.decide(contract, stamp)
        return [*flags, amended]


class SetNoticePeriod(Command[Contract]):
    """Say how long before its end notice of a contract must be given."""

    by_the_contract_rules = True

    decision: Literal["set-notice-period"] = "set-notice-period"
    notice_count: Annotated[int, Field(ge=1, le=NOTICE_LIMIT), WHOLE] = Field(examples=[3])
    notice_unit: NoticeUnit = Field(NoticeUnit.MONTHS, examples=["months"])
    service_working_days: Annotated[int, Field(ge=0, le=SERVICE_LIMIT), WHOLE] | None = Field(
        None, description="Before a notice counts as given, if that is to be corrected, too."
    )
    reason: Reason

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Set the dates again, and arm every alert again; a clause on the last day no longer holds.

        An option without a period of its own is exercised by that of the contract.
        """
        must_run(contract)
        notice, options = NoticePeriod(self.notice_count, self.notice_unit), contract.terms.options
        said: dict[str, object] = {
            "notice": notice,
            "options": tuple(one if one.notice.count else replace(one, notice=notice) for one in options),
            "last_safe": None,
        }
        if self.service_working_days is not None:
            said["service_working_days"] = self.service_working_days
        terms = stated_of(contract.terms).model_copy(update=said)
        event = corrected(contract, terms, stamp, self.reason)
        return [*flags_anew(contract, event.apply(contract), stamp, self.reason), event]


class PutRecommendation(RecommendRenewal):
    """Recommend what to do with a contract, its review begun by that where none is under way."""

    decision: Literal["put-recommendation"] = "put-recommendation"  # type: ignore[assignment]  # its own word

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        if contract.stage is ContractStage.IN_REVIEW:
            super().guard(contract, stamp)
        else:
            StartReview.guard(contract, stamp)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:  # type: ignore[override]  # two
        """Start the review and recommend."""
        if contract.stage is ContractStage.IN_REVIEW:
            return [super().decide(contract, stamp)]
        started = StartReview(reason=self.reason).decide(contract, stamp)
        return [started, super().decide(started.apply(contract), stamp)]
