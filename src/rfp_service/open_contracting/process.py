"""One contracting process as its events tell it: an RFP with the contracts that came of it, or a contract.

It holds what was published, in order; what is drawn from it for publication is chosen elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.novation_events import ContractNovated
from rfp_service.contracts.domain.renewal_events import (
    ContractRenewed,
    ContractRolledOver,
    ExtensionExecuted,
    NoticeDeadlineMissed,
    ReprocurementStarted,
)
from rfp_service.rfps.domain.award_events import (
    AwardNoticePublished,
    ContractConcluded,
    TransparencyNoticePublished,
)
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.key_decision_events import ForwardPlanNoticePublished, GeneralExceptionUsed
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import Award
from rfp_service.rfps.domain.tender_events import DeadlineExtended, InvitationIssued, TenderNoticePublished
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.states import replace

# From here on an RFP is to be procured; before, it is a request that may still come to nothing.
BEGUN = frozenset(
    {
        Stage.READY_TO_ISSUE,
        Stage.OPEN,
        Stage.EVALUATION,
        Stage.AWARD_APPROVAL,
        Stage.AWARD_NOTICE,
        Stage.STANDSTILL,
        Stage.CHALLENGED,
        Stage.CONTRACTING,
        Stage.CONTRACTED,
    }
)

TYPES = {"planning": "plannedProcurementNotice", "tender": "tenderNotice"}
# Events that say that a notice was published: in which section it stands, and as what.
PAPERS: Mapping[type[RfpEvent], tuple[str, str]] = {
    ForwardPlanNoticePublished: ("planning", "Notice of a key decision"),
    GeneralExceptionUsed: ("planning", "General exception notice"),
    TenderNoticePublished: ("tender", "Tender notice"),
    InvitationIssued: ("tender", "Invitation to tender"),
    TransparencyNoticePublished: ("tender", "Transparency notice"),
}


class AwardStanding(StrEnum):
    """How a published award stands, in the standard's words."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class PublishedPaper:
    """A notice that was published about an RFP: of which section, which type, and when."""

    section: str
    type: str
    title: str
    reference: str
    on: date


@dataclass(frozen=True)
class Amendment:
    """A change that was agreed or that came about: when, at which position, and what it was."""

    position: int
    at: datetime
    what: str
    reason: str = ""


@dataclass(frozen=True)
class PublishedAward:
    """An award that was published."""

    supplier: str
    supplier_number: str
    value_pence: int
    on: date
    notice: str = ""
    standing: AwardStanding = AwardStanding.ACTIVE


@dataclass(frozen=True)
class PublicContract:
    """A contract of the process: as it was concluded, and as the register has it."""

    id: UUID
    award: int = 0  # the number of its award; 0 if only the register knows of one
    concluded: ContractConcluded | None = None
    state: Contract = Contract()
    amendments: tuple[Amendment, ...] = ()
    followed_by: tuple[UUID, ...] = ()  # RFPs


@dataclass(frozen=True)
class ContractingProcess:
    """All that was published of one process."""

    rfp_id: UUID | None = None
    rfp: Rfp = Rfp()
    begun: bool = False
    asked_at: datetime | None = None
    papers: tuple[PublishedPaper, ...] = ()
    extensions: tuple[Amendment, ...] = ()
    awards: tuple[PublishedAward, ...] = ()
    contracts: tuple[PublicContract, ...] = ()

    def after(self, recorded: Recorded) -> "ContractingProcess":
        """Return the process once one more event has happened."""
        event = recorded.event
        if isinstance(event, RfpEvent):
            return _after_rfp_event(self, event, recorded)
        if isinstance(event, ContractEvent):
            return _after_contract_event(self, event, recorded)
        return self


def _after_rfp_event(process: ContractingProcess, event: RfpEvent, recorded: Recorded) -> ContractingProcess:
    before = process.rfp.award
    rfp = event.apply(process.rfp)
    begun = process.begun or (rfp.stage in BEGUN and rfp.route is not Route.IN_HOUSE)
    process = replace(process, rfp_id=recorded.stream_id, rfp=rfp, begun=begun)
    if (named := PAPERS.get(type(event))) is not None:
        process = _with_paper(process, *named, recorded)
    match event:
        case TenderNoticePublished() | InvitationIssued():
            return replace(process, asked_at=event.asked_at or recorded.happened_at)
        case DeadlineExtended():
            what = "More time to respond, for everybody."
            extension = Amendment(recorded.position, recorded.happened_at, what, event.reason)
            return replace(process, extensions=(*process.extensions, extension))
        case AwardNoticePublished():
            standing = AwardStanding.PENDING if event.ends_at else AwardStanding.ACTIVE
            award = _award(before, event.reference, standing, day_in_london(recorded.happened_at))
            return replace(process, awards=(*process.awards, award))
        case ContractConcluded():
            return _concluded(process, event)
        case _:
            return _with_last_award(process)


def _with_paper(
    process: ContractingProcess, section: str, title: str, recorded: Recorded
) -> ContractingProcess:
    event: Any = recorded.event
    on = getattr(event, "published_on", None) or day_in_london(recorded.happened_at)
    paper = PublishedPaper(section, TYPES[section], title, event.reference, on)
    return replace(process, papers=(*process.papers, paper))


def _award(award: Award, notice: str, standing: AwardStanding, on: date) -> PublishedAward:
    return PublishedAward(award.supplier, award.supplier_number, award.value_pence, on, notice, standing)


def _with_last_award(process: ContractingProcess) -> ContractingProcess:
    """Return the process with its last award as the RFP's stage has it: in force, or taken back."""
    if not process.awards:
        return process
    *earlier, last = process.awards
    match process.rfp.stage:
        case Stage.STANDSTILL | Stage.CHALLENGED:
            standing = AwardStanding.PENDING
        case Stage.CONTRACTING | Stage.CONTRACTED:
            standing = AwardStanding.ACTIVE
        case _:
            standing = AwardStanding.CANCELLED
    if last.standing is AwardStanding.CANCELLED:  # what was taken back stays so
        return process
    return replace(process, awards=(*earlier, replace(last, standing=standing)))


def _concluded(process: ContractingProcess, event: ContractConcluded) -> ContractingProcess:
    process = replace(_with_last_award(process), begun=True)
    if not process.awards or process.awards[-1].standing is AwardStanding.CANCELLED:
        award = PublishedAward(event.supplier, event.supplier_number, event.value_pence, event.signed_on)
        process = replace(process, awards=(*process.awards, award))
    contract = PublicContract(contract_id(event.reference), len(process.awards), event)
    return replace(process, contracts=(*process.contracts, contract))


def _after_contract_event(
    process: ContractingProcess, event: ContractEvent, recorded: Recorded
) -> ContractingProcess:
    identity = UUID(str(recorded.stream_id))
    known = next((each for each in process.contracts if each.id == identity), None)
    before = known or PublicContract(identity)
    after = replace(before, state=event.apply(before.state))
    if what := _amendment(event):
        made = Amendment(recorded.position, recorded.happened_at, what)
        after = replace(after, amendments=(*after.amendments, made))
    if isinstance(event, ReprocurementStarted):
        after = replace(after, followed_by=(*after.followed_by, event.rfp_id))
    if known is None:
        return replace(process, contracts=(*process.contracts, after))
    contracts = tuple(after if each.id == identity else each for each in process.contracts)
    return replace(process, contracts=contracts)


def _amendment(event: ContractEvent) -> str:
    """Return what was changed of a contract itself; blank if only the register was corrected."""
    match event:
        case ExtensionExecuted():
            return "Extended under an option."
        case ContractRenewed():
            return "Renewed with its supplier."
        case ContractRolledOver() | NoticeDeadlineMissed() if event.rolls:
            return "Rolled over by itself."
        case ContractNovated():
            return "Moved to the council from the outgoing supplier."
        case _:
            return ""
