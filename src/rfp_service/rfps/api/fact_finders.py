"""Finding what a decision on an RFP must know: areas, people, delegations and closed days."""

from pydantic import JsonValue

from rfp_service.rfps.api.listed_areas import copied_area_facts, listed_area_facts
from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.approvals import Approve, Refuse, RequestApproval
from rfp_service.rfps.commands.awards import ApproveAward, RefuseAward
from rfp_service.rfps.commands.copies import CopyRfp
from rfp_service.rfps.commands.evaluation import ModerateScores
from rfp_service.rfps.commands.holds import EndHold, ExtendTarget
from rfp_service.rfps.commands.key_decisions import RefuseKeyDecision, TakeKeyDecision
from rfp_service.rfps.commands.participants import (
    AppointEvaluator,
    ReassignLead,
    RemoveEvaluator,
    ReplaceRequester,
)
from rfp_service.rfps.commands.procurement import ReturnForRework, SelectRoute
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.commands.waivers import GrantWaiver, RefuseWaiver, RequestWaiver
from shared.governance.delegations.facts import principal_facts
from shared.governance.people.facts import facts_of_people
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.record.eventstore.store import EventStore
from shared.web.offers.facts import FactFinders, together


async def closed_day_facts(store: EventStore, _: EndHold) -> dict[str, JsonValue]:
    """Return the council's own closed days, by which a hold's working days are counted."""
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    return {"closed_days": [day.isoformat() for day in sorted(scheme.closed_days())]}


FACTS: FactFinders = {
    **dict.fromkeys((RaiseRfp, AmendRfp), listed_area_facts),
    CopyRfp: copied_area_facts,
    **dict.fromkeys(
        (
            Approve,
            Refuse,
            ReturnForRework,
            GrantWaiver,
            RefuseWaiver,
            TakeKeyDecision,
            RefuseKeyDecision,
            ApproveAward,
            RefuseAward,
            ConfirmTakeover,
            RemoveEvaluator,
            ModerateScores,
            SetBidAside,
            ReadmitBid,
            ExtendTarget,
        ),
        principal_facts,
    ),
    AppointEvaluator: together(principal_facts, facts_of_people("evaluator")),
    EndHold: closed_day_facts,
    SelectRoute: facts_of_people("lead"),
    ReassignLead: facts_of_people("lead"),
    ReplaceRequester: facts_of_people("requester"),
    RequestApproval: facts_of_people("conflicted"),
    RequestWaiver: facts_of_people("conflicted"),
}
