"""What is answered about a contract: its row in the register, and all that was said of it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from rfp_service.contracts.domain.contract import Contract, FlagCode, LedgerDate
from rfp_service.contracts.domain.date_steps import Standing
from rfp_service.contracts.domain.dates import AgainstTransition, ContractDates
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.savings import RenewalSaving, SavingStanding
from rfp_service.contracts.views.register import ContractRow, register
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.web.decisions.next_decisions import Next


class DatesSeen(BaseModel):
    """The dates as they stand on the day, with the steps they follow from."""

    initial_end: date | None
    current_end: date | None
    rolls: int
    last_safe: date | None
    next_option_end: date | None
    exercise_by: date | None
    standing: Standing
    transition: AgainstTransition
    transition_last_safe: date | None
    steps: list[str]


class ReadingSeen(BaseModel):
    """A date as it was read in a document, and who confirmed it."""

    name: LedgerDate
    day: date
    document: str
    clause: TextOrNull
    page: int
    read_by: TextOrNull
    read_on: date | None
    confirmed_by: TextOrNull
    confirmed_on: date | None


class LedgerSeen(BaseModel):
    """A date that holds now: from a clause, or unconfirmed."""

    name: LedgerDate
    day: date
    confirmed: bool


class AnsweredFlag(BaseModel):
    """A flag, and what a person answered it with; null while it is open."""

    code: FlagCode
    answer: TextOrNull
    answered_by: TextOrNull


class CycleSeen(BaseModel):
    """An earlier cycle."""

    outcome: str
    value_pence: int | None
    last_day: date | None
    start: date | None
    term_months: int | None


class DutySeen(BaseModel):
    """A notice that the law wants, and how it stands."""

    number: int
    notice: str
    section: str
    trigger: str
    due_on: date | None
    standing: str
    reference: TextOrNull
    published_on: date | None


class SavingSeen(BaseModel):
    """An approved decision, and what it was claimed, and confirmed, to save a year, in pence."""

    number: int
    outcome: RenewalOutcome
    decided_on: date
    standing: SavingStanding
    yearly_before_pence: int | None
    yearly_after_pence: int | None
    claimed_by: TextOrNull
    confirmed_before_pence: int | None
    confirmed_after_pence: int | None
    confirmed_by: TextOrNull


class MissedSeen(BaseModel):
    """A last safe date that passed without a decision, and what that committed."""

    last_safe: date
    exposure_pence: int | None


class ContractSeen(ContractRow):
    """One contract with everything that was said of it."""

    next: Next = None

    description: TextOrNull
    kpis: list[str]
    procurement_begun_on: date | None
    value_with_vat_pence: int | None
    rfp_id: UUID | None
    waiting_for_tier: TextOrNull
    dates: DatesSeen
    ledger: list[LedgerSeen]
    readings: list[ReadingSeen]
    all_flags: list[AnsweredFlag]
    earlier_cycles: list[CycleSeen]
    duties: list[DutySeen]
    savings: list[SavingSeen]
    missed: list[MissedSeen]
    unread: dict[str, str]


def shown(stream: Stream[Contract], dates: ContractDates) -> ContractSeen:
    """Return one contract with everything that was said of it, and its dates on a day."""
    contract, row = stream.state, register.whole(stream)
    about = contract.about
    return ContractSeen.model_validate(
        row
        | {
            "unread": dict(about.unread),
            "kpis": list(about.kpis),
            "procurement_begun_on": about.procurement_begun_on,
            "value_with_vat_pence": about.value_with_vat_pence,
            "waiting_for_tier": contract.asked_tier,
            "dates": {name: getattr(dates, name) for name in DatesSeen.model_fields},
            "ledger": _ledger(contract),
            "readings": [_plain(each, ReadingSeen) for each in contract.readings],
            "all_flags": [_plain(flag, AnsweredFlag) for flag in contract.flags],
            "earlier_cycles": [
                {
                    "outcome": cycle.outcome,
                    "value_pence": cycle.value_pence,
                    "last_day": cycle.last_day,
                    "start": cycle.terms.start,
                    "term_months": cycle.terms.term_months,
                }
                for cycle in contract.cycles
            ],
            "duties": [_plain(duty, DutySeen) for duty in contract.duties],
            "savings": [_saving(saving) for saving in contract.savings],
            "missed": [{"last_safe": day, "exposure_pence": pence} for day, pence in contract.missed],
        }
    )


def _plain(value: object, model: type[BaseModel]) -> dict[str, object]:
    return {name: getattr(value, name) for name in model.model_fields}


def _saving(saving: RenewalSaving) -> dict[str, object]:
    """Return a decision's saving; what nobody has said, or the register knew, is null."""
    claimed, confirmed = saving.claimed, saving.confirmed
    return {
        "number": saving.number,
        "outcome": saving.outcome,
        "decided_on": saving.decided_on,
        "standing": saving.standing,
        "yearly_before_pence": claimed.before_pence if claimed.said_by else saving.yearly_pence,
        "yearly_after_pence": claimed.after_pence if claimed.said_by else None,
        "claimed_by": claimed.said_by,
        "confirmed_before_pence": confirmed.before_pence if confirmed.said_by else None,
        "confirmed_after_pence": confirmed.after_pence if confirmed.said_by else None,
        "confirmed_by": confirmed.said_by,
    }


def _ledger(contract: Contract) -> list[dict[str, object]]:
    return [
        {"name": name, "day": day, "confirmed": contract.is_confirmed(name)}
        for name in LedgerDate
        if (day := contract.day(name)) is not None
    ]
