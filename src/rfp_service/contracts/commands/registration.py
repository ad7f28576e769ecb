"""Putting a contract in the register, putting right what it says, and answering what is flagged."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field

from rfp_service.contracts.commands.clock import clock_for, contract_rules, is_reviewed, unchanged
from rfp_service.contracts.commands.duties import duties_on
from rfp_service.contracts.commands.rules import must_be_registered, must_run
from rfp_service.contracts.commands.terms import TermsSaid
from rfp_service.contracts.domain.contract import Contract, ContractStage, FlagCode, ValueBasis
from rfp_service.contracts.domain.events import (
    ClockSet,
    ContractAmended,
    ContractEvent,
    ContractFlagAnswered,
    ContractFlagged,
    ContractRegistered,
    ContractTermsCorrected,
    StatedTerms,
)
from rfp_service.contracts.domain.flags import flags_of
from rfp_service.contracts.domain.refusals import (
    ContractReferenceTaken,
    NoSuchFlag,
    NothingToCorrect,
    StillFlagged,
)
from shared.kernel.contract_rules import DutyTrigger
from shared.kernel.fields import Code, Day, LongText, Pence, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import KPIS_LIMIT, ContractKind
from shared.kernel.suppliers import Supplier


class RegisterContract(Command[Contract]):
    """Put a contract in the register. What is missing or looks wrong is flagged for a person."""

    by_the_contract_rules = True

    reference: ShortText = Field(examples=["C-2024-017"])
    title: ShortText = Field(examples=["Network support"])
    supplier: Supplier
    terms: TermsSaid
    department: ShortText | None = None
    description: LongText | None = None
    value_pence: Pence | None = Field(None, description="Without VAT.", examples=[36_000_000])
    value_basis: ValueBasis = ValueBasis.TOTAL
    value_with_vat_pence: Pence | None = Field(None, description="Of the whole term, as thresholds count it.")
    irrecoverable_vat_pence: Pence | None = None
    contract_kind: ContractKind | None = None
    regime: Code | None = Field(
        None, description="Follows from when the procurement began, where it is left out."
    )
    procurement_begun_on: Day | None = None
    concluded_on: Day | None = Field(
        None, description="Of a contract newly entered into: what must be published is due from it."
    )
    tendered: bool | None = None
    review_on: Day | None = None
    service_area: ShortText | None = None
    owner: PersonId | None = None
    held_by_outgoing_supplier: bool = False
    needs_novation: bool | None = Field(
        None, description="Whether moving it is a novation, as the council's lawyers say."
    )
    kpis: list[ShortText] = Field([], max_length=KPIS_LIMIT)

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_new(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Register a reference once."""
        said = {
            name: value
            for name in type(self).model_fields
            if name not in ("terms", "concluded_on") and (value := getattr(self, name)) is not None
        }
        said["regime"] = self.regime or regime_for(self.procurement_begun_on, stamp)
        return registered(said, self.terms.stated(), self.concluded_on, contract, stamp)


def registered(
    said: dict[str, Any], terms: StatedTerms, concluded_on: date | None, before: Contract, stamp: Stamp
) -> Sequence[ContractEvent]:
    """Return what happens when a contract comes into the register, by whichever way."""
    stage = ContractStage.IN_FORCE
    begun = with_clock(said, terms, before, stamp)
    contract = begun.apply(Contract())
    flags = [ContractFlagged(stage=stage, code=code) for code in flags_of(contract)]
    if concluded_on is None:
        return [begun, *flags]
    return [begun, *flags, *duties_on(contract, DutyTrigger.CONCLUDED, concluded_on, stamp)]


def must_be_new(contract: Contract) -> None:
    """Refuse what is in the register already."""
    if not contract.is_new:
        raise ContractReferenceTaken(reference=contract.about.reference)


def with_clock(
    said: dict[str, Any],
    terms: StatedTerms,
    before: Contract,
    stamp: Stamp,
    flagged: Sequence[FlagCode] | None = None,
) -> ContractRegistered:
    """Return a registration with its clock; what was taken off goes on counting where it stopped.

    With some flags, it says these and its own in the same event.
    """
    number = ClockSet(number=before.clock.number)
    blank = ContractRegistered(stage=ContractStage.IN_FORCE, clock=number, terms=terms, **said)
    contract = blank.apply(Contract())
    changes: dict[str, Any] = {"clock": clock_for(contract, stamp)}
    if flagged is not None:
        changes["flagged"] = (*flagged, *flags_of(contract))
    return blank.model_copy(update=changes)


def regime_for(begun_on: date | None, stamp: Stamp) -> str:
    """Return the regime of a procurement begun on a day; blank if the day is not known."""
    rules = contract_rules(stamp)
    if rules is None or begun_on is None:
        return ""
    return rules.act_regime if begun_on >= rules.act_begins else rules.earlier_regime


class AmendContract(Command[Contract]):
    """Correct the details of a contract; leave out what stays as it is."""

    by_the_contract_rules = True

    decision: Literal["amend"] = "amend"
    title: ShortText | None = None
    department: ShortText | None = None
    description: LongText | None = None
    supplier: Supplier | None = None
    value_pence: Pence | None = None
    value_basis: ValueBasis | None = None
    value_with_vat_pence: Pence | None = None
    irrecoverable_vat_pence: Pence | None = None
    contract_kind: ContractKind | None = None
    regime: Code | None = None
    procurement_begun_on: Day | None = None
    tendered: bool | None = None
    review_on: Day | None = None
    service_area: ShortText | None = None
    owner: PersonId | None = None
    held_by_outgoing_supplier: bool | None = None
    needs_novation: bool | None = None
    reason: Reason

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Amend it, and flag what is then missing; flags about what it corrects are answered."""
        said = {
            name: value
            for name in type(self).model_fields
            if name not in ("decision", "reason") and (value := getattr(self, name)) is not None
        }
        if not said:
            raise NothingToCorrect
        if self.regime is None and self.procurement_begun_on is not None:
            said["regime"] = regime_for(self.procurement_begun_on, stamp)
        amended = self._amended(contract, said, stamp)
        return [amended, *flags_anew(contract, amended.apply(contract), stamp, self.reason)]

    def _amended(self, contract: Contract, said: dict[str, Any], stamp: Stamp) -> ContractAmended:
        blank = ContractAmended(stage=contract.stage, clock=unchanged(contract), reason=self.reason, **said)
        reviewed = is_reviewed(contract) and self.review_on is None
        clock = clock_for(blank.apply(contract), stamp, reviewed=reviewed)
        return blank.model_copy(update={"clock": clock})


class CorrectTerms(Command[Contract]):
    """Correct the terms: say all of them, as they are now known to be."""

    by_the_contract_rules = True

    decision: Literal["correct-terms"] = "correct-terms"
    terms: TermsSaid
    reason: Reason

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_run(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Set the dates again, and arm every alert again; a confirmed date that changed is in doubt again."""
        stated = self.terms.stated()
        blank = ContractTermsCorrected(
            stage=contract.stage, clock=unchanged(contract), terms=stated, reason=self.reason
        )
        clock = clock_for(blank.apply(contract), stamp)
        corrected = blank.model_copy(update={"clock": clock})
        return [corrected, *flags_anew(contract, corrected.apply(contract), stamp, self.reason)]


def flags_anew(before: Contract, after: Contract, stamp: Stamp, reason: str) -> Sequence[ContractEvent]:
    """Return what is flagged after a change, and what it has answered."""
    found = flags_of(after)
    known = [flag.code for flag in before.flags]
    opened = [ContractFlagged(stage=after.stage, code=code) for code in found if code not in known]
    answered = [
        ContractFlagAnswered(stage=after.stage, code=code, answer=reason, answered_by=stamp.by)
        for code in before.open_flags
        if code not in found and code is not FlagCode.REFERENCE_REPEATED
    ]
    return [*opened, *answered]


class AnswerFlag(Command[Contract]):
    """Say why what was flagged is right as it stands."""

    decision: Literal["answer-flag"] = "answer-flag"
    code: FlagCode
    answer: Reason = Field(examples=["A framework without any commitment: its value is nothing."])

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)
        if not contract.open_flags:
            raise NoSuchFlag(open=[])

    def decide(self, contract: Contract, stamp: Stamp) -> ContractFlagAnswered:
        """Answer what is open."""
        if self.code not in contract.open_flags:
            raise NoSuchFlag(open=list(contract.open_flags))
        return ContractFlagAnswered(
            stage=contract.stage, code=self.code, answer=self.answer, answered_by=stamp.by
        )


class FlagContract(Command[Contract]):
    """Flag something about a contract for a person."""

    decision: Literal["flag"] = "flag"
    code: FlagCode

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)

    def decide(self, contract: Contract, stamp: Stamp) -> ContractFlagged:
        """Flag what is not flagged already."""
        if self.code in contract.open_flags:
            raise StillFlagged(code=self.code)
        return ContractFlagged(stage=contract.stage, code=self.code)
