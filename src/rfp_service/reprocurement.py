"""From a contract that is to be procured again to an RFP: what one room approves, another one begins."""

from collections.abc import Collection, Iterable
from uuid import UUID, uuid5

from pydantic import JsonValue

from rfp_service.contracts.commands.reprocurement import NameReprocurementRfp
from rfp_service.contracts.domain.contract import Contract, ContractAbout
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import RenewalDecisionApproved
from rfp_service.rfps.commands.reprocurement import OpenReprocurementRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.disclosure.inheritance import exempt_fields, exemptions_of
from shared.kernel.messages import Recorded
from shared.record.deadlines.deadline import Deadline
from shared.record.deadlines.table import deadline_row
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row
from shared.web.context import Context

COPIED = ("reference", "title", "description", "service_area", "department")
FROM_CONTRACT, TO_CONTRACT = "rfp-from-contract", "contract-reprocured"


def reprocurement_id(contract: UUID, position: int) -> UUID:
    """Return the id of the RFP that follows from an approval of a contract, at its position."""
    return uuid5(contract, f"reprocured at {position}")


def open_reprocurements(recorded: Recorded) -> Iterable[Row]:
    """Return the deadlines, due at once, at which the last approval opens an RFP and is named with it.

    Their number is the position of the approval; what was approved is looked up there.
    """
    event, contract = recorded.event, recorded.stream_id
    if not isinstance(event, RenewalDecisionApproved) or event.next_tier:
        return ()
    rfp, at = reprocurement_id(contract, recorded.position), recorded.happened_at
    return (
        deadline_row(rfp, FROM_CONTRACT, recorded.position, at),
        deadline_row(contract, TO_CONTRACT, recorded.position, at),
    )


async def approved_renewal_facts(store: EventStore, _case: UUID, position: int) -> dict[str, JsonValue]:
    """Return what a contract knows of the need, and its RFP, where it was approved to procure it again."""
    [recorded] = await store.reader.at([position])
    contract = (await store.load(recorded.stream_id, Contract(), position)).state
    if contract.renewal.outcome is not RenewalOutcome.REPROCURE:
        return {}
    exempt = exempt_fields(await exemptions_of(store, recorded.stream_id))
    return {
        "rfp_id": str(reprocurement_id(recorded.stream_id, position)),
        "reprocured": {**_need_of(contract.about, exempt), "raised_by": contract.renewal.recommended_by},
    }


def _need_of(about: ContractAbout, exempt: Collection[str]) -> dict[str, JsonValue]:
    """Return what may be said of the need to whoever sees the RFP: neutral words for what is exempt."""
    said = {name: "" if name in exempt else getattr(about, name) for name in COPIED}
    neutral = f"What follows contract {said['reference']}" if said["reference"] else "What follows a contract"
    return {
        "title": said["title"] or neutral,
        "description": said["description"] or f"{neutral}.",
        "service_area": said["service_area"] or said["department"],
    }


REPROCUREMENT = Context(
    reactions=(Reaction("open_reprocurements", "deadlines", open_reprocurements),),
    deadlines=(
        Deadline(FROM_CONTRACT, OpenReprocurementRfp, Rfp(), approved_renewal_facts, begins=True),
        Deadline(TO_CONTRACT, NameReprocurementRfp, Contract(), approved_renewal_facts),
    ),
)
