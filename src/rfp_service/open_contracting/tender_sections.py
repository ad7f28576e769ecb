"""The sections of a release about the asking: what was planned, and the tender."""

from typing import Any

from rfp_service.open_contracting.parties import BUYER
from rfp_service.open_contracting.process import Amendment, ContractingProcess
from rfp_service.open_contracting.public_facts import (
    OF_CRITERIA,
    OF_ESTIMATE,
    PublicFacts,
    first_moment,
    moment,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage

METHODS = {
    Route.OPEN_TENDER: "open",
    Route.RESTRICTED_TENDER: "selective",
    Route.MINI_COMPETITION: "selective",
    Route.QUOTATIONS: "limited",
    Route.EXISTING_CONTRACT: "limited",
    Route.DIRECT_CALL_OFF: "direct",
    Route.DIRECT_AWARD: "direct",
}
CATEGORIES = {"goods": "goods", "works": "works", "services": "services", "light_touch": "services"}
FAILED = {Stage.UNSUCCESSFUL: "unsuccessful", Stage.TERMINATED: "cancelled", Stage.REJECTED: "cancelled"}
AWARDED = (Stage.STANDSTILL, Stage.CHALLENGED, Stage.CONTRACTING, Stage.CONTRACTED)


def planning_section(process: ContractingProcess, facts: PublicFacts) -> dict[str, Any]:
    """Return what was planned: what may be spent, and what was announced."""
    return {
        "budget": {"amount": facts.amount(process.rfp.need.estimate_pence, *OF_ESTIMATE)},
        "documents": _papers(process, facts, "planning"),
    }


def tender_section(process: ContractingProcess, facts: PublicFacts) -> dict[str, Any]:
    """Return what is asked for, of whom, until when, and how far it has come."""
    rfp, need = process.rfp, process.rfp.need
    tender = rfp.tender
    criteria = ", ".join(f"{each.name}: {each.weight}%" for each in tender.criteria)
    asked = process.asked_at is not None
    return {
        "id": str(process.rfp_id),
        "title": facts.text(need.title, "title"),
        "description": facts.text(need.description, "description"),
        "status": _tender_status(process),
        "procuringEntity": BUYER,
        "value": facts.amount(need.estimate_pence, *OF_ESTIMATE),
        "procurementMethod": facts.told(METHODS.get(rfp.route) if rfp.route else None, "route"),
        "procurementMethodDetails": facts.told((rfp.route or "").replace("_", " "), "route"),
        "mainProcurementCategory": facts.told(CATEGORIES.get(rfp.contract_kind or ""), "contract_kind"),
        "awardCriteriaDetails": facts.told(criteria, *OF_CRITERIA) if asked else None,
        "tenderPeriod": {
            "startDate": moment(process.asked_at),
            "endDate": facts.told(moment(tender.responses_by), "responses_by") if asked else None,
        },
        "numberOfTenderers": facts.told(len(tender.timely) or None, "bids") if process.awards else None,
        "documents": _papers(process, facts, "tender"),
        "amendments": [amendment(each, facts) for each in process.extensions],
    }


def _tender_status(process: ContractingProcess) -> str:
    """Return how far the asking has come, in the standard's words."""
    rfp: Rfp = process.rfp
    asked = process.asked_at is not None or rfp.award.announced
    if rfp.stage in FAILED:
        return FAILED[rfp.stage]
    if rfp.stage is Stage.WITHDRAWN or rfp.route is Route.IN_HOUSE:
        return "cancelled" if asked else "withdrawn"
    if rfp.stage in AWARDED:
        return "complete"
    return "active" if asked else "planned"


def _papers(process: ContractingProcess, facts: PublicFacts, section: str) -> list[dict[str, Any]]:
    papers = [paper for paper in process.papers if paper.section == section]
    return [
        {
            "id": f"{section}-{number}",
            "documentType": paper.type,
            "title": paper.title,
            "description": facts.text(paper.reference, "reference"),
            "datePublished": first_moment(paper.on),
        }
        for number, paper in enumerate(papers, 1)
    ]


def amendment(change: Amendment, facts: PublicFacts) -> dict[str, Any]:
    """Return a change of a tender, or of a contract."""
    return {
        "id": str(change.position),
        "date": moment(change.at),
        "description": change.what,
        "rationale": facts.text(change.reason, "reason"),
    }
