"""Finding what a decision on an RFP must know: areas, people, delegations and closed days."""

from pydantic import JsonValue

from rfp_service.rfps.api.listed_areas import whether_its_area_is_listed, whether_the_copied_area_is_listed
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
from shared.governance.delegations.facts import what_a_principal_delegated
from shared.governance.people.facts import whether_known
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.record.eventstore.store import EventStore
from shared.web.facts import FactFinders, together


async def what_was_closed(store: EventStore, _: EndHold) -> dict[str, JsonValue]:
    """Return the council's own closed days, by which a hold's working days are counted."""
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    return {"closed_days": [day.isoformat() for day in sorted(scheme.closed_days())]}


FACTS: FactFinders = {
    **dict.fromkeys((RaiseRfp, AmendRfp), whether_its_area_is_listed),
    CopyRfp: whether_the_copied_area_is_listed,
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
        what_a_principal_delegated,
    ),
    AppointEvaluator: together(what_a_principal_delegated, whether_known("evaluator")),
    EndHold: what_was_closed,
    SelectRoute: whether_known("lead"),
    ReassignLead: whether_known("lead"),
    ReplaceRequester: whether_known("requester"),
    RequestApproval: whether_known("conflicted"),
    RequestWaiver: whether_known("conflicted"),
}
