"""The register of contracts: one row for each, of facts; queries conclude what follows on a day."""

from datetime import date

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Integer, Text, Uuid

from rfp_service.contracts.domain.contract import Contract, DutyStanding, LedgerDate, StatutoryDuty
from rfp_service.contracts.domain.exposure import (
    confidence,
    exposure_pence,
    has_confirmed_dates,
    yearly_pence,
)
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

NEVER = date(2200, 1, 1)  # after every day on which something of a contract can be due

contracts = state_table(
    "contracts",
    Column("reference", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("service_area", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("supplier_number", Text, nullable=False),
    Column("small_or_medium", Boolean),
    Column("voluntary_or_community", Boolean),
    Column("stage", Text, nullable=False),
    Column("runs", Boolean, nullable=False),
    Column("how_ended", Text),
    Column("ended_on", Date),
    Column("value_pence", BigInteger),
    Column("value_basis", Text, nullable=False),
    Column("yearly_pence", BigInteger),
    Column("irrecoverable_vat_pence", BigInteger),
    Column("regime", Text, nullable=False),
    Column("contract_kind", Text, nullable=False),
    Column("tendered", Boolean),
    Column("held_by_outgoing_supplier", Boolean, nullable=False),
    Column("needs_novation", Boolean),
    Column("novation", Text, nullable=False),
    Column("continuation", Text, nullable=False),
    Column("start", Date),
    Column("current_end", Date),
    Column("last_safe", Date),
    Column("notice_by", Date),
    Column("review_on", Date),
    Column("due_on", Date),
    Column("due_order", BigInteger, nullable=False),
    Column("exposure_pence", BigInteger),
    Column("confidence", Text, nullable=False),
    Column("dates_confirmed", Boolean, nullable=False),
    Column("unconfirmed_dates", ARRAY(Text), nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("has_flag", Boolean, nullable=False),
    Column("outcome", Text),
    Column("decided", Boolean, nullable=False),
    Column("notice_sent_on", Date),
    Column("notice_acknowledged_on", Date),
    Column("duties_open", Integer, nullable=False),
    Column("next_duty_on", Date),
    Column("missed_notices", Integer, nullable=False),
    Column("cycles", Integer, nullable=False),
    Column("executed_cycles", Integer, nullable=False),
    Column("rfp_id", Uuid),
)


def register(stream: Stream[Contract]) -> Row:
    """Return a contract's row in the register."""
    contract = stream.state
    due_on = first_due(contract)
    return {
        "stage": contract.stage,
        "runs": contract.runs,
        "how_ended": contract.how_ended,
        "ended_on": contract.terms.ended_on,
        "due_on": due_on,
        "due_order": ((due_on or NEVER) - date(1990, 1, 1)).days << 40 | stream.first_position,
        "flags": list(contract.open_flags),
        "has_flag": bool(contract.open_flags),
        "missed_notices": len(contract.missed),
        "cycles": len(contract.cycles),
        "executed_cycles": sum(cycle.outcome != "rolled_over" for cycle in contract.cycles),
        **_described(contract),
        **_dated(contract),
        **_renewed(contract),
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


def _described(contract: Contract) -> Row:
    about, supplier = contract.about, contract.about.supplier
    plain = (
        "reference",
        "title",
        "department",
        "description",
        "service_area",
        "owner",
        "value_pence",
        "value_basis",
        "irrecoverable_vat_pence",
        "regime",
        "contract_kind",
        "tendered",
        "held_by_outgoing_supplier",
        "needs_novation",
        "review_on",
        "rfp_id",
    )
    return {
        **{name: getattr(about, name) for name in plain},
        "supplier": supplier.name if supplier else "",
        "supplier_number": (supplier.number or "") if supplier else "",
        "small_or_medium": supplier.small_or_medium if supplier else None,
        "voluntary_or_community": supplier.voluntary_or_community if supplier else None,
        "yearly_pence": yearly_pence(contract),
    }


def _dated(contract: Contract) -> Row:
    return {
        "continuation": contract.terms.continuation,
        "start": contract.terms.start,
        "current_end": contract.clock.ends_on,
        "last_safe": contract.clock.last_safe,
        "notice_by": contract.clock.notice_by,
        "exposure_pence": exposure_pence(contract) if contract.runs else 0,
        "confidence": confidence(contract),
        "dates_confirmed": has_confirmed_dates(contract),
        "unconfirmed_dates": unconfirmed(contract),
    }


def _renewed(contract: Contract) -> Row:
    duties = open_duties(contract)
    days = [duty.due_on for duty in duties if duty.due_on is not None]
    return {
        "outcome": contract.renewal.outcome,
        "decided": contract.renewal.is_approved,
        "novation": contract.novation.stage,
        "notice_sent_on": contract.notice.sent_on,
        "notice_acknowledged_on": contract.notice.acknowledged_on,
        "duties_open": len(duties),
        "next_duty_on": min(days, default=None),
    }


CONTRACT_REGISTER = StateView(
    contracts,
    register,
    Contract(),
    indexes=(
        f"(due_order) WHERE valid_to = {STILL_VALID}",
        f"(notice_by) WHERE valid_to = {STILL_VALID} AND runs",
    ),
)
