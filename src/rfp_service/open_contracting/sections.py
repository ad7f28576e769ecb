"""All sections of a release, drawn from a process as it stands; here those of awards and contracts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rfp_service.contracts.domain.contract import (
    Contract,
    ContractStage,
    DutyStanding,
    HowEnded,
    StatutoryDuty,
)
from rfp_service.contracts.domain.day_counts import anchor_of, end_after
from rfp_service.contracts.domain.exposure import whole_pence
from rfp_service.contracts.domain.terms import Stated, TermOption, Terms
from rfp_service.open_contracting.parties import (
    BUYER,
    COUNCIL,
    UNKNOWN_SIZE,
    supplier_party,
    supplier_reference,
)
from rfp_service.open_contracting.process import ContractingProcess, PublicContract, PublishedAward
from rfp_service.open_contracting.public_facts import (
    OF_PERIOD,
    OF_VALUE,
    PublicFacts,
    first_moment,
    last_moment,
    without_blanks,
)
from rfp_service.open_contracting.tender_sections import amendment, planning_section, tender_section
from rfp_service.rfps.domain.award_events import ContractConcluded
from shared.kernel.contract_rules import DutyTrigger

MILESTONES = {DutyStanding.DUE: "scheduled", DutyStanding.PUBLISHED: "met", DutyStanding.MISSED: "notMet"}

Ocid = Callable[[UUID], str]


def sections_of(process: ContractingProcess, facts: PublicFacts, ocid: Ocid) -> dict[str, Any]:
    """Return all that is public of a process just now; nothing while nothing of it is."""
    if not (process.begun or process.contracts):
        return {}
    said = {
        "buyer": BUYER,
        "parties": [COUNCIL, *_suppliers(process, facts)],
        "planning": planning_section(process, facts) if process.begun else None,
        "tender": tender_section(process, facts) if process.begun else None,
        "awards": _awards(process, facts),
        "contracts": [_contract(each, number, facts, ocid) for number, each in _numbered(process)],
        "withheld": dict(sorted(facts.marks.items())),
    }
    return without_blanks(said)


def _numbered(process: ContractingProcess) -> list[tuple[int, PublicContract]]:
    """Return the contracts, each with the number of its award; the register's own follow the RFP's."""
    own = len(process.awards)
    numbered = []
    for each in process.contracts:
        own += not each.award
        numbered.append((each.award or own, each))
    return numbered


def _suppliers(process: ContractingProcess, facts: PublicFacts) -> list[dict[str, Any] | None]:
    registered = dict(_numbered(process))
    parties = []
    for number, award in enumerate(process.awards, 1):
        about = registered[number].state.about if number in registered else None
        if about is not None and about.supplier is not None:
            continue  # the register knows it best
        size = _size(registered[number].concluded) if number in registered else UNKNOWN_SIZE
        parties.append(supplier_party(facts, number, award.supplier, award.supplier_number, size))
    for number, contract in registered.items():
        if supplier := contract.state.about.supplier:
            size = {name: getattr(supplier, name) for name in UNKNOWN_SIZE}
            parties.append(supplier_party(facts, number, supplier.name, supplier.number or "", size))
    return [party for party in parties if party]


def _size(concluded: ContractConcluded | None) -> dict[str, bool | None]:
    return {name: getattr(concluded, name) for name in UNKNOWN_SIZE} if concluded else UNKNOWN_SIZE


def _awards(process: ContractingProcess, facts: PublicFacts) -> list[dict[str, Any]]:
    """Return the awards that were published, and those that only a contract tells of."""
    registered = dict(_numbered(process))
    awards = []
    for number, award in enumerate(process.awards, 1):
        contract = registered.get(number)
        about = contract.state.about if contract else None
        name = about.supplier.name if about and about.supplier else award.supplier
        awards.append(_award(number, award, name, process, facts))
    for number, contract in registered.items():
        if not contract.award:
            awards.append(_registered_award(number, contract.state, facts))
    return awards


def _award(
    number: int, award: PublishedAward, supplier: str, process: ContractingProcess, facts: PublicFacts
) -> dict[str, Any]:
    paper = {
        "id": f"award-{number}-notice",
        "documentType": "awardNotice",
        "title": "Award notice",
        "description": facts.text(award.notice, "reference"),
        "datePublished": first_moment(award.on),
    }
    return {
        "id": f"award-{number}",
        "title": facts.text(process.rfp.need.title, "title"),
        "status": award.standing,
        "date": first_moment(award.on),
        "value": facts.amount(award.value_pence, *OF_VALUE),
        "suppliers": supplier_reference(facts, number, supplier),
        "documents": [paper] if award.notice else [],
    }


def _registered_award(number: int, contract: Contract, facts: PublicFacts) -> dict[str, Any]:
    about = contract.about
    return {
        "id": f"award-{number}",
        "title": facts.text(about.title, "title"),
        "status": "cancelled" if contract.how_ended is HowEnded.TAKEN_OFF else "active",
        "suppliers": supplier_reference(facts, number, about.supplier.name if about.supplier else ""),
    }


def _contract(each: PublicContract, award: int, facts: PublicFacts, ocid: Ocid) -> dict[str, Any]:
    concluded = each.concluded
    if each.state.stage is ContractStage.ABSENT and concluded is not None:
        said = _as_concluded(concluded, facts)
    else:
        said = _as_registered(each.state, facts)
    signed_on = concluded.signed_on if concluded else None
    return {
        "id": str(each.id),
        "awardID": f"award-{award}",
        **said,
        "dateSigned": facts.told(first_moment(signed_on), "signed_on"),
        "amendments": [amendment(change, facts) for change in each.amendments],
        "relatedProcesses": [
            {"id": str(number), "relationship": ["renewalProcess"], "scheme": "ocid", "identifier": ocid(rfp)}
            for number, rfp in enumerate(each.followed_by, 1)
        ],
    }


def _as_concluded(concluded: ContractConcluded, facts: PublicFacts) -> dict[str, Any]:
    months = concluded.extension_months
    options = (TermOption(months),) if months else ()
    terms = Terms(concluded.starts_on, options=options, stated=Stated(concluded.ends_on))
    return {
        "title": facts.text(concluded.title, "title"),
        "status": "active",
        "period": _period(Contract(terms=terms), facts),
        "value": facts.amount(concluded.value_pence, *OF_VALUE),
    }


def _as_registered(contract: Contract, facts: PublicFacts) -> dict[str, Any]:
    about = contract.about
    return {
        "title": facts.text(about.title, "title"),
        "description": facts.text(about.description, "description"),
        "status": _contract_status(contract),
        "period": _period(contract, facts),
        "value": facts.amount(whole_pence(contract), *OF_VALUE),
        "documents": [_notice(duty) for duty in contract.duties if duty.published_on is not None],
        "implementation": {
            "milestones": [
                _assessment(duty) for duty in contract.duties if duty.trigger == DutyTrigger.YEAR_OF_KPIS
            ]
        },
    }


def _contract_status(contract: Contract) -> str:
    if contract.how_ended is HowEnded.TAKEN_OFF:
        return "cancelled"
    return "terminated" if contract.stage is ContractStage.ENDED else "active"


def _period(contract: Contract, facts: PublicFacts) -> dict[str, Any] | None:
    """Return when a contract runs, and how long it can at most by its options."""
    terms, anchor = contract.terms, anchor_of(contract.terms)
    first = anchor.first_end if anchor else None
    longest = None
    if anchor is not None and terms.options:
        longest = anchor.end(sum(option.months for option in terms.options))
        if terms.maximum_months is not None and terms.start is not None:
            longest = min(longest, end_after(terms.start, terms.maximum_months))
    period = {
        "startDate": first_moment(terms.start),
        "endDate": last_moment(terms.ended_on or contract.clock.ends_on or first),
        "maxExtentDate": last_moment(longest),
    }
    return facts.told(period, *OF_PERIOD)


def _notice(duty: StatutoryDuty) -> dict[str, Any]:
    return {
        "id": f"notice-{duty.number}",
        "title": duty.notice,
        "description": f"{duty.section}: {duty.reference}",
        "datePublished": first_moment(duty.published_on),
    }


def _assessment(duty: StatutoryDuty) -> dict[str, Any]:
    return {
        "id": f"notice-{duty.number}",
        "title": duty.notice,
        "type": "assessment",
        "dueDate": last_moment(duty.due_on),
        "dateMet": first_moment(duty.published_on),
        "status": MILESTONES[duty.standing],
    }
