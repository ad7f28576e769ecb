"""The register of contracts: one row for each, of facts; queries conclude what follows on a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from rfp_service.contracts.domain.contract import (
    Contract,
    ContractStage,
    DutyStanding,
    FlagCode,
    HowEnded,
    LedgerDate,
    StatutoryDuty,
    ValueBasis,
)
from rfp_service.contracts.domain.exposure import (
    confidence,
    exposure_pence,
    has_confirmed_dates,
    yearly_pence,
)
from rfp_service.contracts.domain.renewal import NovationStage, RenewalOutcome
from rfp_service.contracts.domain.savings import SavingStanding
from rfp_service.contracts.domain.terms import Continuation
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import (
    COMPUTED,
    COUNTED,
    SEARCHED,
    From,
    model_table,
    row_of,
    text_index,
)
from shared.record.projecting.views import STILL_VALID, Row, StateView

NEVER = date(2200, 1, 1)  # after every day on which something of a contract can be due
AMOUNTS = ("value_pence", "exposure_pence")  # by which nothing exempt may be found


class ContractRow(BaseModel):
    """A contract in the register; amounts in pence, without VAT."""

    id: UUID
    version: int
    reference: Annotated[str, From("about.reference"), SEARCHED]
    title: Annotated[str, From("about.title"), SEARCHED]
    department: Annotated[TextOrNull, From("about.department"), SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, From("about.service_area"), SEARCHED, COUNTED]
    owner: Annotated[TextOrNull, From("about.owner"), COUNTED]
    supplier: Annotated[TextOrNull, COMPUTED, SEARCHED, COUNTED]
    supplier_number: Annotated[TextOrNull, COMPUTED]
    stage: ContractStage
    how_ended: HowEnded | None
    ended_on: Annotated[date | None, From("terms.ended_on")]
    value_pence: Annotated[int | None, From("about.value_pence")]
    value_basis: Annotated[ValueBasis, From("about.value_basis")]
    yearly_pence: Annotated[int | None, COMPUTED]
    regime: Annotated[TextOrNull, From("about.regime"), COUNTED]
    contract_kind: Annotated[TextOrNull, From("about.contract_kind"), COUNTED]
    held_by_outgoing_supplier: Annotated[bool, From("about.held_by_outgoing_supplier")]
    needs_novation: Annotated[bool | None, From("about.needs_novation")]
    novation: Annotated[NovationStage, From("novation.stage")]
    continuation: Annotated[Continuation, From("terms.continuation")]
    start: Annotated[date | None, From("terms.start")]
    current_end: Annotated[date | None, From("clock.ends_on")]
    last_safe: Annotated[date | None, From("clock.last_safe")]
    notice_by: Annotated[date | None, From("clock.notice_by")]
    review_on: Annotated[date | None, From("about.review_on")]
    due_on: Annotated[date | None, COMPUTED]
    exposure_pence: Annotated[int | None, COMPUTED]
    confidence: Annotated[str, COMPUTED, COUNTED]
    dates_confirmed: Annotated[bool, COMPUTED]
    flags: Annotated[list[FlagCode], From("open_flags")]
    outcome: Annotated[RenewalOutcome | None, From("renewal.outcome")]
    decided: Annotated[bool, From("renewal.is_approved")]
    notice_sent_on: Annotated[date | None, From("notice.sent_on")]
    notice_acknowledged_on: Annotated[date | None, From("notice.acknowledged_on")]
    duties_open: Annotated[int, COMPUTED]
    missed_notices: Annotated[int, COMPUTED]
    cycles: Annotated[int, COMPUTED]
    first_position: int
    opened_at: datetime
    changed_at: datetime


class StoredContract(ContractRow):
    """A contract's row, with what is not shown of it."""

    description: Annotated[TextOrNull, From("about.description")]
    small_or_medium: Annotated[bool | None, COMPUTED]
    voluntary_or_community: Annotated[bool | None, COMPUTED]
    irrecoverable_vat_pence: Annotated[int | None, From("about.irrecoverable_vat_pence")]
    tendered: Annotated[bool | None, From("about.tendered")]
    is_open: Annotated[bool, From("runs")]
    source: Annotated[str, From("about.source")]
    due_order: Annotated[int, COMPUTED]
    unconfirmed_dates: Annotated[list[LedgerDate], COMPUTED]
    next_duty_on: Annotated[date | None, COMPUTED]
    executed_cycles: Annotated[int, COMPUTED]
    published_duties: Annotated[int, COMPUTED]
    rfp_id: Annotated[UUID | None, From("about.rfp_id")]
    saving_months: Annotated[list[str], COMPUTED]  # of each decision approved, as are the next five
    saving_standings: Annotated[list[SavingStanding], COMPUTED]
    claimed_before: Annotated[list[int], COMPUTED]
    claimed_after: Annotated[list[int], COMPUTED]
    confirmed_before: Annotated[list[int], COMPUTED]
    confirmed_after: Annotated[list[int], COMPUTED]


contracts = model_table("contracts", StoredContract)


def _computed(stream: Stream[Contract]) -> Row:
    """Return what of a contract's row its state does not hold as it is shown."""
    contract = stream.state
    due_on, duties = first_due(contract), open_duties(contract)
    supplier = contract.about.supplier
    return {
        "supplier": supplier.name if supplier else None,
        "supplier_number": supplier.number if supplier else None,
        "small_or_medium": supplier.small_or_medium if supplier else None,
        "voluntary_or_community": supplier.voluntary_or_community if supplier else None,
        "yearly_pence": yearly_pence(contract),
        "due_on": due_on,
        "due_order": ((due_on or NEVER) - date(1990, 1, 1)).days << 40 | stream.first_position,
        "exposure_pence": exposure_pence(contract) if contract.runs else 0,
        "confidence": confidence(contract),
        "dates_confirmed": has_confirmed_dates(contract),
        "unconfirmed_dates": unconfirmed(contract),
        "duties_open": len(duties),
        "next_duty_on": min((duty.due_on for duty in duties if duty.due_on), default=None),
        "missed_notices": len(contract.missed),
        "cycles": len(contract.cycles),
        "published_duties": len(contract.duties) - len(duties),
        "executed_cycles": sum(cycle.outcome != "rolled_over" for cycle in contract.cycles),
        **_savings(contract),
    }


def _savings(contract: Contract) -> Row:
    """Return what each approved decision was claimed, and confirmed, to save, side by side."""
    savings = contract.savings
    return {
        "saving_months": [f"{saving.decided_on:%Y-%m}" for saving in savings],
        "saving_standings": [saving.standing for saving in savings],
        "claimed_before": [saving.claimed.before_pence for saving in savings],
        "claimed_after": [saving.claimed.after_pence for saving in savings],
        "confirmed_before": [saving.confirmed.before_pence for saving in savings],
        "confirmed_after": [saving.confirmed.after_pence for saving in savings],
    }


def first_due(contract: Contract) -> date | None:
    """Return the first day on which something of a contract is due: notice, end, indicators, a duty."""
    clock = contract.clock
    days = [clock.notice_by, clock.ends_on, clock.kpis_on] if contract.runs else []
    days += [duty.due_on for duty in open_duties(contract)]
    return min((day for day in days if day is not None), default=None)


def open_duties(contract: Contract) -> list[StatutoryDuty]:
    """Return the notices that are still to be published, in time or no longer."""
    return [duty for duty in contract.duties if duty.standing is not DutyStanding.PUBLISHED]


def unconfirmed(contract: Contract) -> list[LedgerDate]:
    """Return the dates that a contract has and nobody has confirmed from a document."""
    return [name for name in LedgerDate if contract.day(name) is not None and not contract.is_confirmed(name)]


register = row_of(StoredContract, _computed)
CONTRACT_REGISTER = StateView(
    contracts,
    register,
    Contract(),
    indexes=(
        f"(due_order) WHERE valid_to = {STILL_VALID}",
        f"(notice_by) WHERE valid_to = {STILL_VALID} AND is_open",
        text_index(StoredContract),
        f"(source) WHERE valid_to = {STILL_VALID} AND source <> ''",
    ),
)
