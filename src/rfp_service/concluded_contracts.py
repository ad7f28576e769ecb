"""From an RFP to the register of contracts: what one room concludes, another one looks after."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from pydantic import JsonValue

from rfp_service.contracts.commands.concluded_rfps import RegisterConcluded
from rfp_service.contracts.commands.execution import StartReprocurement
from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.events import OF_SUPPLIER, OF_TERMS
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.events import RfpRaised
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import TENDERS
from shared.governance.disclosure.domain import Exemption
from shared.governance.disclosure.exemptible_fields import AMOUNT
from shared.governance.disclosure.inheritance import InheritExemption, exempt_fields, exemptions_of, inherited
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Recorded
from shared.record.deadlines.deadline import Deadline
from shared.record.deadlines.table import deadline_row
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row
from shared.web.context import Context


async def reprocurement_facts(store: EventStore, command: StartReprocurement) -> dict[str, JsonValue]:
    """Return whether there is an RFP of the id that a re-procurement names."""
    events = await store.reader.stream(command.rfp_id)
    return {"rfp": bool(events) and events[0].event.kind == Rfp.kind}


FROM_RFP, EXEMPT_BY_RFP = "contract-from-rfp", "contract-exempt-by-rfp"
# What an RFP and its contract call by the same names.
OF_THE_NEED = ("reference", "title", "description", "service_area", "regime", "contract_kind", "kpis")
KEPT_ALIKE = frozenset((*OF_THE_NEED, "supplier", *OF_SUPPLIER))


def register_concluded_contracts(recorded: Recorded) -> Iterable[Row]:
    """Return the deadlines, due at once, at which a concluded contract comes into the register.

    What is exempt of its RFP is exempt of it before it does. Their number is the position of the event that
    they follow from.
    """
    if not isinstance(recorded.event, ContractConcluded):
        return ()
    contract, position, at = contract_id(recorded.event.reference), recorded.position, recorded.happened_at
    exemption = uuid5(contract, f"exempt as concluded at {position}")
    return (
        deadline_row(exemption, EXEMPT_BY_RFP, position, at),
        deadline_row(contract, FROM_RFP, position, at),
    )


async def exemption_facts(store: EventStore, _exemption: UUID, position: int) -> dict[str, JsonValue]:
    """Return what is exempt of a contract, for it is of the RFP that concluded it at a position."""
    [recorded] = await store.reader.at([position])
    concluded = recorded.event
    assert isinstance(concluded, ContractConcluded), "the policy above names it"
    exemptions = await exemptions_of(store, recorded.stream_id)
    exempt = exempt_fields(exemptions)
    fields = exempt & KEPT_ALIKE
    if any(name.endswith(AMOUNT) for name in exempt):
        fields |= {"value_pence"}
    if "supplier" in fields:
        fields |= {*OF_SUPPLIER}
    if exempt & {"extension_months", "notice_days"}:
        fields |= {"terms", *OF_TERMS}
    return inherited(exemptions, contract_id(concluded.reference), Contract.kind, fields)


async def concluded_facts(store: EventStore, _contract: UUID, position: int) -> dict[str, JsonValue]:
    """Return what an RFP knows of the contract that it concluded at a position."""
    [recorded] = await store.reader.at([position])
    concluded = recorded.event
    assert isinstance(concluded, ContractConcluded), "the policy above names it"
    events = await store.reader.stream(recorded.stream_id)
    rfp = (await store.load(recorded.stream_id, Rfp(), position)).state
    raised = next((e.happened_at for e in events if isinstance(e.event, RfpRaised)), None)
    is_exempt = "details_notice" in exempt_fields(await exemptions_of(store, recorded.stream_id))
    supplier: dict[str, JsonValue] = {
        "name": concluded.supplier,
        "number": concluded.supplier_number or None,
        "small_or_medium": concluded.small_or_medium,
        "voluntary_or_community": concluded.voluntary_or_community,
    }
    return {
        "concluded": {
            "reference": concluded.reference,
            "title": concluded.title or rfp.need.title,
            "service_area": concluded.service_area or rfp.need.service_area,
            "description": rfp.need.description,
            "supplier": supplier,
            "terms": _terms_of(concluded),
            "value_pence": concluded.value_pence,
            "value_with_vat_pence": rfp.need.estimate_with_vat_pence,
            "regime": concluded.regime or "",
            "contract_kind": rfp.contract_kind or "",
            "procurement_begun_on": day_in_london(raised).isoformat() if raised else None,
            "tendered": concluded.route in TENDERS,
            "kpis": list(concluded.kpis),
            "rfp_id": str(recorded.stream_id),
            "signed_on": concluded.signed_on.isoformat(),
            "details_notice": "" if is_exempt else concluded.details_notice,
            "told_on": day_in_london(recorded.happened_at).isoformat(),
        }
    }


def _terms_of(concluded: ContractConcluded) -> dict[str, JsonValue]:
    """Return the terms of a concluded contract; an extension altogether is one option."""
    months, days = concluded.extension_months, concluded.notice_days
    return {
        "start": concluded.starts_on.isoformat(),
        "initial_end": concluded.ends_on.isoformat(),
        "options": [{"months": months}] if months else [],
        "notice": {"count": days, "unit": "days"} if days else None,
    }


CONCLUDED_CONTRACTS = Context(
    reactions=(Reaction("register_concluded_contracts", "deadlines", register_concluded_contracts),),
    deadlines=(
        Deadline(EXEMPT_BY_RFP, InheritExemption, Exemption(), exemption_facts, begins=True),
        Deadline(FROM_RFP, RegisterConcluded, Contract(), concluded_facts, begins=True),
    ),
)
