"""What can have happened to a contract in the register: found, corrected, flagged, its dates confirmed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rfp_service.contracts.domain.contract import (
    Contract,
    ContractAbout,
    ContractStage,
    DateClock,
    Flag,
    FlagCode,
    ValueBasis,
)
from rfp_service.contracts.domain.terms import Continuation, Stated, TermDay, TermOption, Terms
from rfp_service.contracts.domain.terms import NoticePeriod as Period
from shared.kernel.messages import Event
from shared.kernel.states import fields_of, replace, state_of
from shared.kernel.suppliers import Supplier

# Where else what a supplier is, or what terms say, shows of a contract.
OF_SUPPLIER = ("supplier_number", "small_or_medium", "voluntary_or_community")
OF_TERMS = (
    *("start", "term_months", "initial_end", "current_end", "ends_on", "last_day", "last_safe", "new_end"),
    *("notice_by", "alert_on", "due_on", "due_order", "continuation", "clock", "dates", "ledger", "readings"),
    *("day", "earlier_cycles", "unconfirmed_dates", "missed"),
)


SINCE = {"notice_given_on": None, "ended_on": None}  # of terms: what is not said of them, but happens
OF_ABOUT = frozenset(ContractAbout.__dataclass_fields__)
BLANK = Contract()


class ClockSet(BaseModel):
    """What the clock waits for from an event on."""

    model_config = ConfigDict(frozen=True)

    number: int
    alert_on: date | None = None
    last_safe: date | None = None
    notice_by: date | None = None
    ends_on: date | None = None
    kpis_on: date | None = None

    def clock(self) -> DateClock:
        """Return it as the state keeps it."""
        return state_of(DateClock, fields_of(self))


class ContractEvent(Event[Contract]):
    """Something that happened to a contract: the stage that it is at from then on."""

    kind: ClassVar[str] = "contract"
    body_of_work: ClassVar[str] = "contracts"

    stage: ContractStage

    def apply(self, contract: Contract) -> Contract:
        """Return the contract at the stage that this event says."""
        return replace(contract, stage=self.stage)


class ClockedEvent(ContractEvent):
    """Something that changes what the clock waits for."""

    clock: ClockSet

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its clock set again."""
        return replace(contract, stage=self.stage, clock=self.clock.clock())


class StatedTerms(BaseModel):
    """The terms of a contract as they were said."""

    model_config = ConfigDict(frozen=True)

    start: date | None = None
    term_months: int | None = None
    continuation: Continuation = Continuation.EXPRESS
    options: tuple[TermOption, ...] = ()
    exercised: int = 0
    maximum_months: int | None = None
    roll_months: int = 0
    notice: Period = Period()
    service_working_days: int = 0
    served_on_working_days: bool = False
    term_day: TermDay | None = None
    initial_end: date | None = None
    last_safe: date | None = None

    def terms(self) -> Terms:
        """Return them as the dates are computed from them."""
        given = fields_of(self)
        stated = Stated(given.pop("initial_end"), given.pop("last_safe"))
        return state_of(Terms, given | SINCE | {"stated": stated})


def stated_of(terms: Terms) -> StatedTerms:
    """Return terms as the record keeps them, to be corrected in part."""
    kept = {name: getattr(terms, name) for name in StatedTerms.model_fields if hasattr(terms, name)}
    return StatedTerms(**kept, initial_end=terms.stated.initial_end, last_safe=terms.stated.last_safe)


class ContractRegistered(ClockedEvent):
    """A contract came into the register: by hand, or from a concluded RFP. What is not known is blank."""

    wholes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "supplier": OF_SUPPLIER,
        "terms": OF_TERMS,
        "kpis": (),
        "unread": (),
    }

    reference: str
    title: str
    supplier: Supplier | None = None
    terms: StatedTerms
    department: str = ""
    description: str = ""
    value_pence: int | None = None
    value_basis: ValueBasis = ValueBasis.TOTAL
    value_with_vat_pence: int | None = None
    irrecoverable_vat_pence: int | None = None
    contract_kind: str = ""
    regime: str = ""
    procurement_begun_on: date | None = None
    tendered: bool | None = None
    review_on: date | None = None
    service_area: str = ""
    owner: str = ""
    held_by_outgoing_supplier: bool = False
    needs_novation: bool | None = None
    kpis: tuple[str, ...] = ()
    rfp_id: UUID | None = None
    unread: dict[str, str] = Field({})
    source: str = ""
    flagged: tuple[FlagCode, ...] = ()

    def apply(self, contract: Contract) -> Contract:
        said = {name: value for name, value in fields_of(self).items() if name in OF_ABOUT}
        return replace(
            BLANK,
            stage=self.stage,
            about=state_of(ContractAbout, said | {"unread": tuple(self.unread.items())}),
            terms=self.terms.terms(),
            clock=self.clock.clock(),
            flags=tuple(Flag(code) for code in self.flagged),
        )


class ContractAmended(ClockedEvent):
    """Details of  were corrected; fields that were not given keep their values."""

    title: str | None = None
    department: str | None = None
    description: str | None = None
    supplier: Supplier | None = None
    value_pence: int | None = None
    value_basis: ValueBasis | None = None
    value_with_vat_pence: int | None = None
    irrecoverable_vat_pence: int | None = None
    contract_kind: str | None = None
    regime: str | None = None
    procurement_begun_on: date | None = None
    tendered: bool | None = None
    review_on: date | None = None
    service_area: str | None = None
    owner: str | None = None
    held_by_outgoing_supplier: bool | None = None
    needs_novation: bool | None = None
    reason: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with the given fields replaced."""
        given: dict[str, Any] = {
            name: value
            for name in ContractAbout.__dataclass_fields__
            if (value := getattr(self, name, None)) is not None
        }
        changed = ClockedEvent.apply(self, contract)
        return replace(changed, about=replace(contract.about, **given))


class ContractTermsCorrected(ClockedEvent):
    """The terms were corrected: all of them, as they are now known to be."""

    terms: StatedTerms
    reason: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with its terms, what was served and ended staying as it was."""
        terms = replace(
            self.terms.terms(),
            notice_given_on=contract.terms.notice_given_on,
            ended_on=contract.terms.ended_on,
        )
        return replace(ClockedEvent.apply(self, contract), terms=terms)


class ContractFlagged(ContractEvent):
    """Something about a contract needs a person; nothing was guessed."""

    code: FlagCode

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with the flag, open."""
        others = tuple(flag for flag in contract.flags if flag.code is not self.code)
        return replace(contract, stage=self.stage, flags=(*others, Flag(self.code)))


class ContractFlagAnswered(ContractEvent):
    """Somebody answered a flag: what it is about stands, or was corrected."""

    code: FlagCode
    answer: str
    answered_by: str

    def apply(self, contract: Contract) -> Contract:
        """Return the contract with the flag answered."""
        flags = tuple(
            Flag(self.code, self.answer, self.answered_by) if flag.code is self.code else flag
            for flag in contract.flags
        )
        return replace(contract, stage=self.stage, flags=flags)


CONTRACT_EVENTS = (
    ContractRegistered,
    ContractAmended,
    ContractTermsCorrected,
    ContractFlagged,
    ContractFlagAnswered,
)
