"""What one thing's command must know of another, often of another room: facts, found on the roof."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from outcomes.api.fact_finders import (
    adopted_priorities,
    outcome_and_priorities,
    whether_the_programme_is_there,
)
from outcomes.commands.engagement import OpenConsultation
from outcomes.commands.milestones import AmendMilestone, ScheduleMilestone
from outcomes.commands.papers import IssuePaper
from outcomes.commands.programme import AddOutcome, AmendOutcome
from outcomes.commands.promised_data import PromiseData
from projects.api.fact_finders import weights_and_rank, what_must_be_confirmed, whether_it_is_named
from projects.commands.assessment import CategoriseProject, PrioritiseProject
from projects.commands.delivery import ConfirmReadiness
from projects.commands.identification import IdentifyProject
from rfp_service.catalogue.commands.items import SearchCatalogue
from rfp_service.catalogue.commands.orders import ApproveOrder, RaiseOrder, RefuseOrder
from rfp_service.catalogue.domain.items import CatalogueCheck, CatalogueItem
from rfp_service.catalogue.domain.synonyms import SYNONYMS_ID, Synonyms
from rfp_service.catalogue.views.items import found
from rfp_service.concluded_contracts import whether_there_is_an_rfp
from rfp_service.contracts.commands.execution import StartReprocurement
from rfp_service.contracts.commands.reviews import ApproveRenewal, RefuseRenewal
from rfp_service.handover.commands import HandWorkOver
from rfp_service.listed_areas import whether_its_area_is_listed, whether_the_copied_area_is_listed
from rfp_service.measures.offered import MEASURES
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
from rfp_service.rfps.commands.requests import CheckCatalogue, RaiseRfp
from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.commands.waivers import GrantWaiver, RefuseWaiver, RequestWaiver
from rfp_service.rfps.domain.events import DemandDiverted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.governance.accounts.commands import IssueApiKey, OpenServiceAccount, RotateApiKey
from shared.governance.comments.commands import MakeComment
from shared.governance.delegations.commands import GiveDelegation
from shared.governance.delegations.views import tiers_of, what_is_delegated
from shared.governance.disclosure.commands import DeclareExempt
from shared.governance.disclosure.facts import what_may_be_exempt
from shared.governance.people.absences import RecordAbsence
from shared.governance.people.commands import ErasePerson, InvitePerson, LinkPersons, UnlinkPerson
from shared.governance.people.facts import ids_of, whether_known, who_is_known
from shared.governance.retention.commands import DisposeOfRecord
from shared.governance.retention.facts import what_is_to_be_disposed_of
from shared.governance.scheme.commands import AdoptScheme
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.four_eyes import FACT, Eyes
from shared.kernel.messages import Command
from shared.record.eventstore.store import EventStore
from shared.web.core_service import FactFinder


async def what_the_catalogue_shows(store: EventStore, command: SearchCatalogue) -> dict[str, JsonValue]:
    """Return what a search finds just now, and the position it was found at."""
    groups = (await store.load(SYNONYMS_ID, Synonyms())).state.groups
    async with store.reader.snapshot() as (connection, position):
        shown = await found(connection, command.query, command.service_area or "", groups=groups)
    return {"catalogue": {"position": position, "shown": [str(item) for item in shown]}}


async def what_a_check_showed(store: EventStore, command: CheckCatalogue) -> dict[str, JsonValue]:
    """Return the catalogue check that a requester hands in; nothing where there is none."""
    try:
        stream = await store.load(command.check_id, CatalogueCheck())
    except NotFound:  # the id is of something else
        return {}
    if stream.version == 0:
        return {}
    check = stream.state
    return {
        "catalogue_check": {
            "query": check.query,
            "made_by": check.made_by,
            "position": check.catalogue_position,
            "shown": [str(item) for item in check.shown],
        }
    }


async def what_is_ordered(store: EventStore, command: RaiseOrder) -> dict[str, JsonValue]:
    """Return the item as it can be had today, and the RFP whose need it is to meet, where one is named."""
    found: dict[str, JsonValue] = {}
    with suppress(NotFound):  # the id is of something else
        stream = await store.load(command.item_id, CatalogueItem())
        if stream.version:
            found["item"] = _as_ordered(stream.state, stream.version)
    if command.rfp_id is None:
        return found
    events = await store.reader.stream(command.rfp_id)
    if events and events[0].event.kind == Rfp.kind:
        rfp, last = Rfp(), None
        for recorded in events:
            rfp = recorded.event.apply(rfp)
            if isinstance(recorded.event, DemandDiverted):
                last = str(recorded.event.item_id)
        diverted = last if rfp.stage is Stage.DIVERTED else None
        found["rfp"] = {"raised_by": rfp.raised_by, "diverted_to": diverted}
    return found


def _as_ordered(item: CatalogueItem, version: int) -> dict[str, JsonValue]:
    today = day_in_london(datetime.now(UTC))
    begun = item.available_from is None or item.available_from <= today
    ended = item.available_until is not None and item.available_until < today
    return {
        "version": version,
        "price_pence": item.price_pence,
        "lead_time_days": item.lead_time_days,
        "approval_above_pence": item.approval_above_pence,
        "service_areas": list(item.service_areas),
        "can_be_had": begun and not ended,
    }


async def what_a_principal_delegated(store: EventStore, command: Command[Any]) -> dict[str, JsonValue]:
    """Return what the person that a caller stands in for has delegated, by whichever account."""
    if not (principal := command.on_behalf_of):
        return {}
    return await what_is_delegated(store, await ids_of(store, principal))


async def what_a_delegator_may(store: EventStore, command: GiveDelegation) -> dict[str, JsonValue]:
    """Return the tiers of a delegator whom the command names, and whether both are known people."""
    people = await whether_known("delegate", "delegator")(store, command)
    if command.delegator is None:
        return people
    tiers = await tiers_of(store, await ids_of(store, command.delegator))
    return {"delegator_tiers": tiers, **people}


async def programme_and_measures(store: EventStore, command: AddOutcome) -> dict[str, JsonValue]:
    """Find out whether there is a programme of an id, and name the measures that are answered."""
    there = await whether_the_programme_is_there(store, command)
    return {**there, "measures": list[JsonValue](MEASURES)}


async def measures_answered(_: EventStore, command: AmendOutcome) -> dict[str, JsonValue]:
    """Name the measures that are answered, where a command names any."""
    return {"measures": list[JsonValue](MEASURES)} if command.measures else {}


async def what_was_closed(store: EventStore, _: EndHold) -> dict[str, JsonValue]:
    """Return the council's own closed days, by which a hold's working days are counted."""
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    return {"closed_days": [day.isoformat() for day in sorted(scheme.closed_days())]}


def facts_for(*, single_administrator: bool) -> Mapping[type[Command[Any]], FactFinder]:
    """Return what each command must know, and with it how many people it takes to give power here."""
    eyes: dict[str, JsonValue] = {FACT: (Eyes.TWO if single_administrator else Eyes.FOUR).value}

    async def with_eyes(store: EventStore, command: Command[Any]) -> dict[str, JsonValue]:
        finder = FACTS.get(type(command))
        return {**(await finder(store, command) if finder else {}), **eyes}

    return {**FACTS, **dict.fromkeys(GIVING, with_eyes)}


# What gives power, and so needs a second person.
GIVING: tuple[type[Command[Any]], ...] = (
    AdoptScheme,
    GiveDelegation,
    HandWorkOver,
    LinkPersons,
    OpenServiceAccount,
    IssueApiKey,
    RotateApiKey,
)

FACTS: Mapping[type[Command[Any]], FactFinder] = {
    **dict.fromkeys((RaiseRfp, AmendRfp), whether_its_area_is_listed),
    CopyRfp: whether_the_copied_area_is_listed,
    SearchCatalogue: what_the_catalogue_shows,
    CheckCatalogue: what_a_check_showed,
    RaiseOrder: what_is_ordered,
    GiveDelegation: what_a_delegator_may,
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
            AppointEvaluator,
            RemoveEvaluator,
            ModerateScores,
            SetBidAside,
            ReadmitBid,
            ExtendTarget,
            ApproveRenewal,
            RefuseRenewal,
            ApproveOrder,
            RefuseOrder,
        ),
        what_a_principal_delegated,
    ),
    EndHold: what_was_closed,
    DeclareExempt: what_may_be_exempt,
    DisposeOfRecord: what_is_to_be_disposed_of,
    LinkPersons: who_is_known,
    UnlinkPerson: who_is_known,
    ErasePerson: who_is_known,
    InvitePerson: who_is_known,
    RecordAbsence: whether_known("person"),
    SelectRoute: whether_known("lead"),
    ReassignLead: whether_known("lead"),
    AppointEvaluator: whether_known("evaluator"),
    ReplaceRequester: whether_known("requester"),
    RequestApproval: whether_known("conflicted"),
    RequestWaiver: whether_known("conflicted"),
    IdentifyProject: whether_it_is_named,
    CategoriseProject: whether_it_is_named,
    PrioritiseProject: weights_and_rank,
    ConfirmReadiness: what_must_be_confirmed,
    AddOutcome: programme_and_measures,
    AmendOutcome: measures_answered,
    PromiseData: whether_the_programme_is_there,
    IssuePaper: whether_the_programme_is_there,
    OpenConsultation: whether_the_programme_is_there,
    ScheduleMilestone: outcome_and_priorities,
    AmendMilestone: adopted_priorities,
    MakeComment: whether_known("mentions"),
    StartReprocurement: whether_there_is_an_rfp,
}
