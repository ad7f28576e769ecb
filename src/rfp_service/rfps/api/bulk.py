"""What can be decided on many RFPs at once: who leads them, holds, and their ends."""

from pydantic import JsonValue

from rfp_service.rfps.api.registers import RFP_REGISTER, known_people
from rfp_service.rfps.commands.holds import EndHold, StartHold
from rfp_service.rfps.commands.participants import ReassignLead
from rfp_service.rfps.commands.restatement import UndoRfpBatch
from rfp_service.rfps.domain.events import RfpHoldEnded, RfpHoldStarted
from rfp_service.rfps.domain.people_events import LeadReassigned
from rfp_service.rfps.domain.restatement import RfpRestated, snapshot
from rfp_service.rfps.views.board import RfpRow
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.messages import Stamp
from shared.kernel.named_people import PEOPLE
from shared.record.eventstore.store import EventStore
from shared.web.bulk.bulk_decisions import BulkDecision, BulkUndo, CommandFacts, Things, item_of

REFERENCES = "An RFP's reference is `RFP-` and its number, or the supplier's with which it was taken over."


async def people_known(store: EventStore, _stamp: Stamp) -> CommandFacts:
    """Find out whom the directory knows: an unknown person leads nothing."""
    known = await known_people(store)
    return lambda command: {PEOPLE: sorted({command.lead} & known)}  # type: ignore[attr-defined]  # a lead's


async def days_closed(store: EventStore, _stamp: Stamp) -> CommandFacts:
    """Find the council's own closed days, by which a hold's working days are counted."""
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    closed: list[JsonValue] = [day.isoformat() for day in sorted(scheme.closed_days())]
    return lambda _: {"closed_days": closed}


LEADS = BulkDecision(
    path="leads",
    route="reassign_leads",
    summary="Let somebody else lead many RFPs",
    description="Name who leads each from now on. " + REFERENCES,
    item=item_of(ReassignLead, "LeadItem", "An RFP and who is to lead it."),
    command=ReassignLead,
    event=LeadReassigned,
    example={"reference": "RFP-1042", "lead": "paul-procurement", "reason": "Priya has left."},
    facts=people_known,
)
HOLDS = BulkDecision(
    path="holds",
    route="hold_many_rfps",
    summary="Put many RFPs on hold",
    description="Charge the wait of each to somebody else for a time. " + REFERENCES,
    item=item_of(
        StartHold, "HoldItem", "An RFP, whom it waits on for a time, and by which of the scheme's reasons."
    ),
    command=StartHold,
    event=RfpHoldStarted,
    example={"reference": "RFP-1042", "waiting_on": "outgoing_supplier", "reason": "Its data centre moves."},
)
HOLD_ENDS = BulkDecision(
    path="hold-ends",
    route="end_many_holds",
    summary="End the holds of many RFPs",
    description="From now on each waits for whoever's turn it is. This can't be undone. " + REFERENCES,
    item=item_of(EndHold, "HoldEndItem", "An RFP whose hold is over."),
    command=EndHold,
    event=RfpHoldEnded,
    example={"reference": "RFP-1042"},
    facts=days_closed,
)
MANY_RFPS = Things(
    of=RFP_REGISTER,
    row=RfpRow,
    numbered=True,
    decisions=(LEADS, HOLDS, HOLD_ENDS),
    undo=BulkUndo(
        command=UndoRfpBatch,
        events=(RfpRestated,),
        snapshot=snapshot,
        says="""\
What a register took over is taken off; a corrected register can take it over again. Leads are as before, and
holds end.""",
    ),
)
