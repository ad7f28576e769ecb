"""What is shown of an RFP, on lists and by itself; amounts in pence, without VAT if not said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from rfp_service.rfps.api.particulars import Particulars
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.board import RfpRow, board
from rfp_service.rfps.views.targets import TargetDue, Targets, targets_of
from shared.flow.case_waits import CaseWaits
from shared.flow.cases import CaseFilters
from shared.flow.counted_cases import cases_counted
from shared.flow.figure_names import read_figure
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.kernel.rules import ContractKind
from shared.record.eventstore.store import EventStore
from shared.web.core_service import core_service
from shared.web.decisions.next_decisions import Next
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading


class TakenOverSeen(BaseModel):
    """What was told of an RFP in flight: its wait before the take-over is the supplier's word."""

    reference: str
    source: TextOrNull
    stage: Stage
    party: Party
    since: date
    documents: TextOrNull


class RfpSeen(Particulars, RfpRow):
    """One RFP with everything that was said of it."""

    description: str
    contract_kind: ContractKind | None
    near_duplicate_of: UUID | None
    taken_over: TakenOverSeen | None = Field(
        description="What the outgoing supplier told of it; null where it was raised here."
    )
    same_need: list[UUID] = Field(description="Open RFPs that asked for the same when it was raised.")
    after_order: UUID | None = Field(description="The order from the catalogue that failed for this need.")
    category: str | None
    likely_supplier: str | None
    split_with: list[UUID] = Field(
        description="Others of its area, category and supplier within twelve months, when it was routed."
    )
    split_passes: list[str] = Field(
        description="The tier or thresholds that it reaches with them, and not alone."
    )
    catalogue_check_id: UUID | None
    approval_value_pence: int | None
    approval_tiers: list[str]
    approvals_granted: int | None
    award_tiers: list[str]
    award_approvals_granted: int | None
    criteria: list[dict[str, Any]]
    evaluators: list[str]
    responses_by: datetime | None
    bids: int | None = Field(description="How many bids came in time; null until the market is asked.")
    late_bids: int | None
    bids_set_aside: int | None
    unanswered: list[int]
    closes_with_unanswered: bool = Field(
        description="A warning: bids are asked for by `responses_by`, and questions have no answer yet."
    )
    kept_open: bool = Field(description="Whether such questions keep the bids closed after that.")
    standstill_ends: datetime | None
    waits: CaseWaits
    next: Next = None


async def targets(store: EventStore, reading: Reading) -> Targets:
    """Return the scheme's targets as they stood for a reading."""
    scheme = await store.load(SCHEME_ID, Scheme(), reading.until)
    return targets_of(scheme.state, reading.as_of)


@dataclass(frozen=True)
class ListFacts:
    """What a list of RFPs is read by: the scheme's targets, and the cases of the figure asked for."""

    targets: Targets
    counted: frozenset[UUID]


async def list_facts(query: ListQuery, reading: Reading) -> ListFacts:
    """Return what a list is read by; which cases a figure counted is asked only where one is named."""
    by = await targets(core_service(query.request).store, reading)
    if query.asked["figure"] is None:
        return ListFacts(by, frozenset())
    figure = read_figure(query.asked["figure"])
    return ListFacts(by, await cases_counted(query.request, reading, figure, _filters(query.asked)))


def _filters(asked: Mapping[str, Any]) -> CaseFilters:
    """Return what the figure was narrowed to: a figure knows one value of each filter, at most."""

    def only(name: str) -> str | None:
        values = asked[name] or []
        return values[0] if len(values) == 1 else None

    return CaseFilters(
        service_area=only("service_area"),
        route=only("route"),
        supplier=only("awarded_to"),
        value_from=asked["value_from"],
        value_to=asked["value_to"],
        requester_kind=asked["requester_kind"],
    )


async def add_due(_: Reading, by: ListFacts, items: list[dict[str, Any]]) -> None:
    """Add to each row of a list when it is due."""
    with_due(items, by.targets)


def with_due(items: list[dict[str, Any]], by: Targets) -> None:
    """Add to each item what follows from its stage and today."""
    for item in items:
        due = by.of(item["stage"], item["stage_since"], item["extra_days"], paused=item["target_paused"])
        item.update(due._asdict())


def as_seen(stream: Stream[Rfp], said: Particulars) -> dict[str, Any]:
    """Return one RFP as it is shown by itself, as far as its events tell: blank is what the day adds."""
    rfp = stream.state
    row = board.whole(stream)
    seen = RfpSeen.model_validate(
        {
            **row,
            **TargetDue()._asdict(),
            "description": rfp.need.description,
            "contract_kind": rfp.contract_kind,
            "near_duplicate_of": rfp.near_duplicate_of,
            "taken_over": told if (told := _taken_over(rfp))["reference"] else None,
            "same_need": rfp.same_need,
            "after_order": rfp.after_order,
            "category": rfp.category or None,
            "likely_supplier": rfp.likely_supplier or None,
            "split_with": rfp.split.with_rfps,
            "split_passes": rfp.split.passes,
            "catalogue_check_id": rfp.check.id,
            "waits": {"as_of": stream.changed_at, "items": [], "parties": []},
            **said.model_dump(),
            **_approvals(rfp),
            **_tender(rfp),
        }
    )
    return seen.model_dump(by_alias=True)


def due(stream: Stream[Rfp], by: Targets) -> dict[str, Any]:
    """Return when one RFP should leave its stage, as a field of what is shown of it."""
    rfp = stream.state
    assert stream.stage_since is not None, "what happened is in a stage"
    return by.of(rfp.stage, stream.stage_since, rfp.extra_days, paused=rfp.target_pauses)._asdict()


def _taken_over(rfp: Rfp) -> dict[str, Any]:
    told = rfp.taken_over
    names = ("reference", "source", "stage", "party", "since", "documents")
    return {name: getattr(told, name) for name in names}


def _approvals(rfp: Rfp) -> dict[str, Any]:
    """Return how far the approvals have come; none of what nobody has been asked for yet."""
    asked, award = rfp.approval, rfp.award.approval
    return {
        "approval_value_pence": asked.value_pence if asked.tiers else None,
        "approval_tiers": asked.tiers,
        "approvals_granted": asked.granted if asked.tiers else None,
        "award_tiers": award.tiers,
        "award_approvals_granted": award.granted if award.tiers else None,
    }


def _tender(rfp: Rfp) -> dict[str, Any]:
    tender = rfp.tender
    asked = tender.responses_by is not None or bool(tender.bids)
    return {
        "criteria": [criterion.model_dump() for criterion in tender.criteria],
        "evaluators": list(tender.evaluators),
        "responses_by": tender.responses_by,
        "bids": len(tender.timely) if asked else None,
        "late_bids": len(tender.bids) - len(tender.timely) if asked else None,
        "bids_set_aside": len(tender.set_aside) if asked else None,
        "unanswered": list(tender.unanswered),
        "closes_with_unanswered": rfp.stage is Stage.OPEN and bool(tender.unanswered),
        "kept_open": tender.kept_open and rfp.stage is Stage.OPEN,
        "standstill_ends": rfp.award.standstill_ends,
    }
