"""A contract as it stands: what it is, its dates and where they stand, and how its renewal is going."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha1
from typing import ClassVar
from uuid import UUID

from rfp_service.contracts.domain.day_counts import anchor_of
from rfp_service.contracts.domain.renewal import Novation, Renewal, ServedNotice
from rfp_service.contracts.domain.savings import RenewalSaving
from rfp_service.contracts.domain.terms import Terms
from shared.kernel.suppliers import Supplier

CONTRACTS = UUID("b51f3f4c-2e7a-4f0e-9d5d-0a3cf2b7c601")
MONTHS_A_YEAR = 12


class ContractStage(StrEnum):
    """How far a contract has come in its present cycle."""

    ABSENT = "absent"
    IN_FORCE = "in_force"
    REVIEW_DUE = "review_due"
    IN_REVIEW = "in_review"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    ENDED = "ended"


class HowEnded(StrEnum):
    """How a contract came to its end."""

    EXPIRED = "expired"
    LAPSED = "lapsed"
    TERMINATED = "terminated"
    TAKEN_OFF = "taken_off"  # it had come in a register that was taken back


class ValueBasis(StrEnum):
    """Whether a value is that of the whole term, or of each year."""

    TOTAL = "total"
    YEARLY = "yearly"


class FlagCode(StrEnum):
    """What a person must look at before a register can be trusted."""

    REVIEW_DATE_MISSING = "review_date_missing"
    END_MISSING = "end_missing"
    NOTICE_MISSING = "notice_missing"
    ROLL_MISSING = "roll_missing"
    VALUE_MISSING = "value_missing"
    VALUE_ZERO = "value_zero"
    VALUE_ONE_POUND = "value_one_pound"
    VALUE_REPEATED = "value_repeated"
    REFERENCE_REPEATED = "reference_repeated"
    SUPPLIER_MISSING = "supplier_missing"
    REGIME_UNKNOWN = "regime_unknown"
    OWNER_MISSING = "owner_missing"


class LedgerDate(StrEnum):
    """A date of a contract that somebody can have read in a document."""

    START = "start"
    INITIAL_END = "initial_end"
    LAST_SAFE = "last_safe"
    REVIEW = "review"


@dataclass(frozen=True)
class DateReading:
    """A date as it was read: in which document, clause and page; by whom, and who confirmed it when."""

    name: LedgerDate
    day: date
    document: str = ""
    clause: str = ""
    page: int = 0
    read_by: str = ""
    read_on: date | None = None
    confirmed_by: str = ""
    confirmed_on: date | None = None


@dataclass(frozen=True)
class ContractAbout:
    """What a contract is. Values are in pence, without VAT but where they say so."""

    reference: str = ""
    title: str = ""
    department: str = ""
    description: str = ""
    supplier: Supplier | None = None
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
    unread: tuple[tuple[str, str], ...] = ()  # cells of a register that could not be read
    source: str = ""


@dataclass(frozen=True)
class DateClock:
    """What the clock waits for, computed when something last changed it; each has a higher number."""

    number: int = 0
    alert_on: date | None = None
    last_safe: date | None = None
    notice_by: date | None = None  # whose passing commits the council, or loses it an option
    ends_on: date | None = None
    kpis_on: date | None = None


@dataclass(frozen=True)
class Flag:
    """Something that a person must answer; the answer is kept beside it."""

    code: FlagCode
    answer: str = ""
    answered_by: str = ""


class DutyStanding(StrEnum):
    """How a duty to publish stands."""

    DUE = "due"
    PUBLISHED = "published"
    MISSED = "missed"


@dataclass(frozen=True)
class StatutoryDuty:
    """A notice that must be published, by when, and where it was; without a day, before the change."""

    number: int
    notice: str
    section: str
    trigger: str
    due_on: date | None = None
    standing: DutyStanding = DutyStanding.DUE
    reference: str = ""
    published_on: date | None = None


@dataclass(frozen=True)
class ContractCycle:
    """An earlier cycle: its terms as they were, and what was decided at its end."""

    terms: Terms
    outcome: str
    value_pence: int | None
    last_day: date | None


@dataclass(frozen=True)
class Contract:
    """One contract, from its registration to its end."""

    kind: ClassVar[str] = "contract"

    stage: ContractStage = ContractStage.ABSENT
    about: ContractAbout = ContractAbout()
    terms: Terms = Terms()
    clock: DateClock = DateClock()
    flags: tuple[Flag, ...] = ()
    readings: tuple[DateReading, ...] = ()
    cycles: tuple[ContractCycle, ...] = ()
    renewal: Renewal = Renewal()
    notice: ServedNotice = ServedNotice()
    novation: Novation = Novation()
    duties: tuple[StatutoryDuty, ...] = ()
    excused: tuple[tuple[int, int], ...] = ()  # small changes: pence and months of each
    change_excused: bool = False  # the change that was approved last is one of them
    missed: tuple[tuple[date, int | None], ...] = ()  # last safe dates and their exposure
    savings: tuple[RenewalSaving, ...] = ()  # of each decision approved, by its number
    how_ended: HowEnded | None = None

    def called(self, _first_position: int) -> str:
        """Return what people call it: its reference."""
        return self.about.reference

    @property
    def is_new(self) -> bool:
        """Say whether it is not in the register, or no longer."""
        return self.stage is ContractStage.ABSENT or self.how_ended is HowEnded.TAKEN_OFF

    @property
    def runs(self) -> bool:
        """Say whether the contract is registered and has not ended."""
        return self.stage not in (ContractStage.ABSENT, ContractStage.ENDED)

    @property
    def asked_tier(self) -> str:
        """Return the tier that is asked to approve what was recommended; blank while none is."""
        return self.renewal.waiting_for if self.stage is ContractStage.RECOMMENDED else ""

    @property
    def open_flags(self) -> tuple[FlagCode, ...]:
        """Return the flags that nobody has answered yet."""
        return tuple(flag.code for flag in self.flags if not flag.answer)

    def is_confirmed(self, name: LedgerDate) -> bool:
        """Say whether a date was confirmed from a document, and not put in doubt since."""
        day = self.day(name)
        return day is not None and any(
            r.name is name and r.day == day and r.confirmed_by for r in self.readings
        )

    def day(self, name: LedgerDate) -> date | None:
        """Return a date as it holds now."""
        match name:
            case LedgerDate.START:
                return self.terms.start
            case LedgerDate.INITIAL_END:
                anchor = anchor_of(self.terms)
                return anchor.first_end if anchor else None
            case LedgerDate.LAST_SAFE:
                return self.clock.last_safe
            case LedgerDate.REVIEW:
                return self.about.review_on


def contract_id(reference: str) -> UUID:
    """Return the id of the contract of a reference: one reference, one contract, however it is written."""
    name = " ".join(reference.split()).casefold().encode()
    digest = sha1(CONTRACTS.bytes + name, usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)
